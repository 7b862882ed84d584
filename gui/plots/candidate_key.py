"""How candidates are told apart in every image of a comparison: colour, dash and mark."""

from __future__ import annotations

from typing import TypeVar

from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPen, QPolygonF
from PySide6.QtWidgets import QSizePolicy, QWidget

from engine.figures.comparison import AccuracyFigure, ReachFigure
from gui.plots.chart import Chart, dress_text
from gui.plots.graphics import pg
from gui.style import theme as themes
from gui.style.theme import Theme

F = TypeVar("F", ReachFigure, AccuracyFigure)

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


class CandidateChart(Chart[F]):
    """A chart with a mark and a name for every candidate; they are made as candidates come.

    Attributes:
        marks, names: of the candidates, in their order.
        mark_size: of a mark, in pixels.
    """

    mark_size = 10.0

    def build(self) -> None:
        """No candidate yet."""
        self.marks: list[pg.ScatterPlotItem] = []
        self.names: list[pg.TextItem] = []

    def draw(self, figure: F) -> None:
        """As many marks and names as candidates; marks get their places from each chart."""
        while len(self.marks) < len(figure.names):
            self.marks.append(pg.ScatterPlotItem(pxMode=True))
            self.names.append(pg.TextItem(""))
            for depth, item in ((6, self.marks[-1]), (19, self.names[-1])):
                item.setZValue(depth)
                self.add(item)
            self.dress(themes.current())
        for i, (marks, text) in enumerate(zip(self.marks, self.names, strict=True)):
            marks.setData([], [])
            text.setVisible(False)
            text.setText(self.name_of(figure, i) if i < len(figure.names) else "")

    def name_of(self, figure: F, index: int) -> str:
        """What stands beside a candidate's mark."""
        return figure.names[index]

    def dress(self, theme: Theme) -> None:
        """Every candidate in its colour, with its mark."""
        for i, (marks, text) in enumerate(zip(self.marks, self.names, strict=True)):
            marks.setSymbol(mark(i))
            marks.setSize(theme.px(self.mark_size))
            marks.setPen(self.pen(theme.surface, 1.0))
            marks.setBrush(ink(i, theme))
            dress_text(text, ink(i, theme), bold=True)

    def summary(self) -> str:
        """The attacker, and what came of it for every candidate."""
        figure = self.figure
        if figure is None:
            return ""
        told = "; ".join(map(": ".join, zip(figure.names, figure.results, strict=True)))
        return f"The attacker {figure.attacker.words()}. {told}."
