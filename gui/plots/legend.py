"""The legend beside a map: swatches with hatches, lines and dots, names that never run out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QBrush, QColor, QFontMetrics, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from gui import theme as themes


@dataclass(frozen=True)
class Entry:
    """One line of a legend."""

    text: str
    color: str
    mark: Literal["fill", "line", "ring", "dot"] = "fill"
    pattern: Qt.BrushStyle = Qt.BrushStyle.SolidPattern


class Legend(QWidget):
    """A column of entries; those that find no room are counted in the last line."""

    def __init__(self, *, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.entries: tuple[Entry, ...] = ()
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Ignored)
        self.setAccessibleName("Legend")

    def set_entries(self, entries: Sequence[Entry]) -> None:
        """Show these entries, top to bottom."""
        if tuple(entries) != self.entries:
            self.entries = tuple(entries)
            self.setToolTip("\n".join(entry.text for entry in self.entries))
            self.setAccessibleDescription(", ".join(entry.text for entry in self.entries))
            self.updateGeometry()
            self.update()

    def sizeHint(self) -> QSize:
        """Wide enough for the longest text, up to a limit."""
        theme = themes.current()
        metrics = QFontMetrics(theme.font("small"))
        widest = max((metrics.horizontalAdvance(e.text) for e in self.entries), default=0)
        return QSize(min(widest + self._indent() + 6, int(theme.px(132))), 0)

    def shown(self) -> list[Entry]:
        """The entries there is room for; the last one stands for the rest."""
        lines = max(1, self.height() // self._line())
        if len(self.entries) <= lines:
            return list(self.entries)
        kept = self.entries[: lines - 1]
        rest = f"and {len(self.entries) - len(kept)} more"
        return [*kept, Entry(rest, themes.current().surface)]

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint marks and elided texts."""
        theme = themes.current()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setFont(theme.font("small"))
        metrics, line, indent = painter.fontMetrics(), self._line(), self._indent()
        for i, entry in enumerate(self.shown()):
            box = QRectF(1, i * line + 2, indent - 7, line - 4)
            _paint_mark(painter, box, entry)
            painter.setPen(QColor(theme.text))
            room = self.width() - indent
            text = metrics.elidedText(entry.text, Qt.TextElideMode.ElideRight, room)
            where = QRectF(indent, i * line, room, line)
            painter.drawText(where, Qt.AlignmentFlag.AlignVCenter, text)

    def _line(self) -> int:
        return QFontMetrics(themes.current().font("small")).height() + 5

    def _indent(self) -> int:
        return int(themes.current().px(24))


def _paint_mark(painter: QPainter, box: QRectF, entry: Entry) -> None:
    color = QColor(entry.color)
    width = themes.current().px(2)
    if entry.mark == "fill":
        faint = QColor(color)
        faint.setAlphaF(0.35)
        painter.fillRect(box, faint)
        painter.fillRect(box, QBrush(color, entry.pattern))
    elif entry.mark == "line":
        painter.setPen(QPen(color, width))
        painter.drawLine(box.left(), box.center().y(), box.right(), box.center().y())
    else:
        radius = box.height() / (2.2 if entry.mark == "ring" else 4.5)
        painter.setPen(QPen(color, width))
        painter.setBrush(Qt.BrushStyle.NoBrush if entry.mark == "ring" else color)
        painter.drawEllipse(box.center(), radius, radius)
        painter.setBrush(Qt.BrushStyle.NoBrush)
