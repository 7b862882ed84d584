"""The legend beside a map: swatches, hatches, lines and dots; what bars look like."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from PySide6.QtCore import QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QBrush, QColor, QFontMetrics, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QWidget

from engine.core.text import visible
from gui.plots.slicemap import FAINT, SOFT
from gui.style import theme as themes
from gui.widgets.elided import shortened

_SOLID = Qt.BrushStyle.SolidPattern
_LINES = {
    "line": Qt.PenStyle.SolidLine,
    "dash": Qt.PenStyle.DashLine,
    "dots": Qt.PenStyle.DotLine,
    "dash-dot": Qt.PenStyle.DashDotLine,
}
_SIZES = {"ring": 2.2, "dot": 4.5, "speck": 9.0}
"""The part of a line's height that a round mark's radius is."""
_MAX_ROWS = 3
_WIDEST = (280, 200, 130)
"""Pixels of an entry, before scaling: less where not all of them have room."""


@dataclass(frozen=True)
class Entry:
    """One line of a legend; ``dash``, ``dots`` and ``dash-dot`` are ways to draw one.

    A ``fill`` is mixed with the card's colour, ``share`` of it, as on a map, a ``bar`` has its own,
    as bars have, and their ``outline``; empty for that of its colour.
    """

    text: str
    color: str
    mark: Literal[
        "fill", "bar", "line", "dash", "dots", "dash-dot", "ring", "dot", "speck", "cross"
    ] = "fill"
    pattern: Qt.BrushStyle = Qt.BrushStyle.SolidPattern
    outline: str = ""
    share: float = SOFT


@dataclass(frozen=True)
class BarStyle:
    """Fill, hatch and outline of one bar."""

    color: str
    outline: str
    pattern: Qt.BrushStyle = Qt.BrushStyle.SolidPattern


class Legend(QWidget):
    """Entries one below the other, or flowing; those without room are counted in the last one.

    Attributes:
        flowing: entries follow one another in rows.

    Signals:
        resized: the entries changed, and with them the room the legend would like.
    """

    resized = Signal()

    def __init__(self, *, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.entries: tuple[Entry, ...] = ()
        self.flowing = False
        self._widest = _WIDEST[0]
        self.setAccessibleName("Legend")

    def set_entries(self, entries: Sequence[Entry]) -> None:
        """Show these entries, top to bottom."""
        if tuple(entries) != self.entries:
            self.entries = tuple(entries)
            self.setToolTip("\n".join(entry.text for entry in self.entries))
            self.setAccessibleDescription(", ".join(entry.text for entry in self.entries))
            self.resized.emit()
            self.update()

    def sizeHint(self) -> QSize:
        """One column, wide enough for the longest text up to a limit."""
        self._widest = _WIDEST[0]
        widest = max((self._width_of(entry) for entry in self.entries), default=40)
        return QSize(widest, len(self.entries) * self._line())

    def height_for(self, width: int) -> int:
        """Height of all entries in rows of this width, three rows at most."""
        for widest in _WIDEST:
            self._widest = widest
            if (rows := len(self._rows(self.entries, width))) <= _MAX_ROWS:
                break
        return min(_MAX_ROWS, rows) * self._line()

    def shown(self) -> list[list[Entry]]:
        """Rows of the entries there is room for; the last one stands for the rest."""
        room = max(1, self.height() // self._line())
        for widest in _WIDEST if self.flowing else _WIDEST[:1]:
            self._widest = widest
            if len(rows := self._rows(self.entries, self.width())) <= room:
                return rows
        for kept in range(len(self.entries), 0, -1):
            rest = len(self.entries) - kept
            more = [Entry(f"and {rest} more", themes.current().surface)] if rest else []
            rows = self._rows((*self.entries[:kept], *more), self.width())
            if len(rows) <= room:
                return rows
        return []

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint marks and elided texts, row by row."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setFont(themes.current().font("small"))
        line = self._line()
        for i, row in enumerate(self.shown()):
            x = 0.0
            for entry in row:
                width = min(self._width_of(entry), self.width())
                self._paint_entry(painter, QRectF(x, i * line, width, line), entry)
                x += width

    def _rows(self, entries: Sequence[Entry], width: int) -> list[list[Entry]]:
        rows: list[list[Entry]] = []
        left = 0
        for entry in entries:
            wanted = self._width_of(entry)
            if not rows or not self.flowing or wanted > left:
                rows.append([])
                left = width
            rows[-1].append(entry)
            left -= wanted
        return rows

    def _paint_entry(self, painter: QPainter, box: QRectF, entry: Entry) -> None:
        indent = self._indent()
        _paint_mark(painter, box.adjusted(1, 2, indent - 6 - box.width(), -2), entry)
        words = box.adjusted(indent, 0, -8, 0)
        text = shortened(visible(entry.text), painter.fontMetrics(), int(words.width()))
        painter.setPen(QColor(themes.current().text))
        painter.drawText(words, Qt.AlignmentFlag.AlignVCenter, text)

    def _width_of(self, entry: Entry) -> int:
        theme = themes.current()
        words = QFontMetrics(theme.font("small")).horizontalAdvance(entry.text)
        return min(words + self._indent() + 14, int(theme.px(self._widest)))

    def _line(self) -> int:
        return QFontMetrics(themes.current().font("small")).height() + 5

    def _indent(self) -> int:
        return int(themes.current().px(24))


def _paint_mark(painter: QPainter, box: QRectF, entry: Entry) -> None:
    color = QColor(entry.color)
    width = themes.current().px(2)
    if entry.mark in ("fill", "bar"):
        bar, faint, soft = entry.mark == "bar", QColor(color), QColor(color)
        faint.setAlphaF(FAINT)
        soft.setAlphaF(1.0 if bar else entry.share)
        painter.fillRect(box, faint if entry.pattern != _SOLID else Qt.GlobalColor.transparent)
        painter.fillRect(box, QBrush(soft, entry.pattern))
        painter.setPen(QPen(QColor(entry.outline or color), 1))
        painter.drawRect(box)
    elif entry.mark in _LINES:
        painter.setPen(QPen(color, width, _LINES[entry.mark]))
        middle = box.center().y()
        painter.drawLine(QPointF(box.left(), middle), QPointF(box.right(), middle))
    elif entry.mark == "cross":
        painter.setPen(QPen(color, width))
        side = box.height() / 4
        x, y = box.center().x(), box.center().y()
        for way in (side, -side):
            painter.drawLine(QPointF(x - side, y - way), QPointF(x + side, y + way))
    else:
        radius = box.height() / _SIZES[entry.mark]
        painter.setPen(QPen(color, width))
        painter.setBrush(Qt.BrushStyle.NoBrush if entry.mark == "ring" else color)
        painter.drawEllipse(box.center(), radius, radius)
        painter.setBrush(Qt.BrushStyle.NoBrush)
