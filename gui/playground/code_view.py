"""Pseudocode with the line that is at work lit."""

from __future__ import annotations

import math
from collections.abc import Sequence

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from gui.style import theme as themes

_ROOM = 1.5
"""Pixels above and below the letters of a line, before scaling."""
_INDENT = 12
"""Pixels beside a line."""
_SMALLEST = 2.0
"""Points."""


class CodeView(QWidget):
    """Lines of code, as large as the width lets them be.

    Attributes:
        lines: of the code.
        lit: the lines that are lit, from 0 on.
    """

    def __init__(self, name: str, lines: Sequence[str]) -> None:
        super().__init__()
        self.lines, self.lit = tuple(lines), frozenset[int]()
        self.setAccessibleName(name)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.light()
        themes.registry.follow(self.retheme)

    def light(self, *lines: int) -> None:
        """Light these lines."""
        self.lit = frozenset(lines)
        said = "; ".join(self.lines[line].strip() for line in sorted(self.lit))
        self.setAccessibleDescription(f"At work: {said}" if said else "\n".join(self.lines))
        self.update()

    def retheme(self) -> None:
        """Another size of type needs other room."""
        self.updateGeometry()
        self.update()

    def sizeHint(self) -> QSize:
        """All lines in the usual type."""
        widest = self._widest(themes.current().font("title", mono=True))
        return QSize(math.ceil(widest) + 2 * _INDENT, len(self.lines) * self._height())

    def minimumSizeHint(self) -> QSize:
        """As high, not as wide: type shrinks."""
        return QSize(220, self.sizeHint().height())

    def _widest(self, font: QFont) -> float:
        """Pixels of the longest line where it is lit, which may take more."""
        lit = QFont(font)
        lit.setBold(True)
        return max(
            QFontMetricsF(kind).horizontalAdvance(line)
            for kind in (font, lit)
            for line in self.lines
        )

    def _fitting(self) -> QFont:
        """As large as the width lets it be: letters do not shrink quite in proportion."""
        font, room = themes.current().font("title", mono=True), self.width() - 2 * _INDENT
        while (wide := self._widest(font)) > room and font.pointSizeF() > _SMALLEST:
            shrunk = font.pointSizeF() * min(0.98, room / wide)
            font.setPointSizeF(max(_SMALLEST, shrunk))
        return font

    def _height(self) -> int:
        theme = themes.current()
        metrics = QFontMetricsF(theme.font("title", mono=True))
        return round(metrics.height() + theme.px(2 * _ROOM))

    def paintEvent(self, event: QPaintEvent) -> None:
        """Lines, those at work on a ground of the accent."""
        theme, painter = themes.current(), QPainter(self)
        font, height = self._fitting(), self._height()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(theme.sunken))
        painter.drawRoundedRect(QRectF(self.rect()), 6, 6)
        for index, line in enumerate(self.lines):
            row = QRectF(0, index * height, self.width(), height)
            lit = index in self.lit
            font.setBold(lit)
            painter.setFont(font)
            if lit:
                painter.setPen(Qt.PenStyle.NoPen)
                painter.setBrush(QColor(theme.accent))
                painter.drawRoundedRect(row.adjusted(3, 1, -3, -1), 5, 5)
            painter.setPen(QColor(theme.on_accent if lit else theme.text))
            painter.drawText(row.adjusted(_INDENT, 0, 0, 0), Qt.AlignmentFlag.AlignVCenter, line)
        painter.end()
