"""How candidates are told apart in every image of a comparison: colour, dash and mark."""

from __future__ import annotations

from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPen, QPolygonF
from PySide6.QtWidgets import QSizePolicy, QWidget

from gui.style import theme as themes
from gui.style.theme import Theme

DASHES = (
    Qt.PenStyle.SolidLine,
    Qt.PenStyle.DashLine,
    Qt.PenStyle.DashDotLine,
    Qt.PenStyle.DotLine,
    Qt.PenStyle.DashDotDotLine,
)
MARKS = ("o", "s", "t1", "d", "t", "h")
"""Names that pyqtgraph knows, in the order of the report's."""

_SHAPES: dict[str, tuple[tuple[float, float], ...]] = {
    "s": ((-0.9, -0.9), (0.9, -0.9), (0.9, 0.9), (-0.9, 0.9)),
    "t1": ((-1, 0.9), (1, 0.9), (0, -1)),
    "d": ((0, -1.1), (1.1, 0), (0, 1.1), (-1.1, 0)),
    "t": ((-1, -0.9), (1, -0.9), (0, 1)),
    "h": ((-1, 0), (-0.5, -0.87), (0.5, -0.87), (1, 0), (0.5, 0.87), (-0.5, 0.87)),
}


def ink(index: int, theme: Theme) -> str:
    """Colour of a candidate; readable on a card."""
    inks = (theme.accent, theme.runner_up, theme.certified, theme.danger, theme.text, theme.muted)
    return inks[index % len(inks)]


def dash(index: int) -> Qt.PenStyle:
    """Dash of its line."""
    return DASHES[index % len(DASHES)]


def mark(index: int) -> str:
    """Its mark."""
    return MARKS[index % len(MARKS)]


def paint_mark(painter: QPainter, index: int, centre: QPointF, radius: float) -> None:
    """Draw a candidate's mark with a painter of a widget."""
    theme = themes.current()
    painter.setPen(QPen(QColor(theme.surface), 1))
    painter.setBrush(QColor(ink(index, theme)))
    corners = _SHAPES.get(mark(index))
    if corners is None:
        painter.drawEllipse(centre, radius, radius)
        return
    painter.drawPolygon(QPolygonF([centre + QPointF(x, y) * radius for x, y in corners]))


class Key(QWidget):
    """The line and the mark of one candidate, as a legend shows them."""

    def __init__(self, index: int, *, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._index = index
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.retheme()
        themes.registry.follow(self.retheme)

    def retheme(self) -> None:
        """Another size, and other colours."""
        theme = themes.current()
        self.setFixedSize(round(theme.px(38)), round(theme.px(16)))
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Line and mark."""
        theme, middle = themes.current(), self.height() / 2
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(QColor(ink(self._index, theme)), theme.px(2), dash(self._index)))
        painter.drawLine(QPointF(0, middle), QPointF(self.width(), middle))
        paint_mark(painter, self._index, QPointF(self.width() / 2, middle), theme.px(4.5))
