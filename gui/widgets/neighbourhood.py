"""A node and what is around it, drawn small: colour and shape tell the classes apart."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QFontMetrics,
    QHelpEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QPixmap,
    QPolygonF,
)
from PySide6.QtWidgets import QSizePolicy, QToolTip, QWidget

from engine.figures.graphs import GraphNode, NeighbourhoodFigure
from gui.style import theme as themes

_LARGEST, _SMALLEST = 7.0, 2.0
"""Radii of a node in pixels, before scaling."""
_SHARE = 24
"""A node's radius is at most this fraction of the drawing's side."""
_MIDDLE = 1.5
"""How much larger the node in the middle is."""
_CROWD = 40
"""From so many nodes on they are drawn smaller."""
_APART = 2.5
"""Pixels between a node and the ring around it: a ring is seen on a fill of any colour."""
_NEAR = 4.0
"""Pixels beside a node that still count as on it."""
_SHAPES = (
    (),  # a circle
    ((-0.9, -0.9), (0.9, -0.9), (0.9, 0.9), (-0.9, 0.9)),
    ((0, -1.2), (1.2, 0), (0, 1.2), (-1.2, 0)),
    ((0, -1.2), (1.1, 0.8), (-1.1, 0.8)),
)


@dataclass(frozen=True)
class Rings:
    """Nodes to point out, in place of the one in the middle.

    Attributes:
        nodes: their positions in the neighbourhood.
        color: of the rings.
        hollow: there is nothing left of them.
    """

    nodes: frozenset[int]
    color: str
    hollow: bool = False


class NeighbourhoodView(QWidget):
    """Draws a neighbourhood; a node that is clicked is asked for.

    Attributes:
        figure: what is drawn; None while there is nothing.
        rings: nodes that are pointed out.
        legend: whether it says which class is which.
        chosen: the class that a run has chosen, which has the accent in every plot.
    """

    asked = Signal(int)
    """The number of a node in the graph."""

    def __init__(self, *, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.figure: NeighbourhoodFigure | None = None
        self.rings: Rings | None = None
        self.legend = True
        self.chosen: int | None = None
        self.setMinimumSize(80, 80)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setMouseTracking(True)
        themes.registry.follow(self.retheme)

    def show_figure(
        self,
        figure: NeighbourhoodFigure | None,
        rings: Rings | None = None,
        *,
        chosen: int | None = None,
    ) -> None:
        """Show another neighbourhood, or none, with some nodes pointed out."""
        self.figure, self.rings, self.chosen = figure, rings, chosen
        if figure is not None:
            middle, others = figure.nodes[0], len(figure.nodes) - 1
            self.setAccessibleName(f"The neighbourhood of {middle.name}")
            self.setAccessibleDescription(f"{others} nodes and {len(figure.edges)} edges around it")
        self.update()

    def retheme(self) -> None:
        """Take up the theme in force."""
        self.update()

    def sizeHint(self) -> QSize:
        """Room for a small drawing."""
        return QSize(200, 170)

    def node_at(self, point: QPointF) -> GraphNode | None:
        """The node under a point of the widget."""
        if self.figure is None:
            return None
        places = _places(self.figure, self._room())
        reach = _radius(self.figure, self._room()) * _MIDDLE + _NEAR
        near = [
            ((place - point).manhattanLength(), node)
            for place, node in zip(places, self.figure.nodes, strict=True)
        ]
        distance, node = min(near, key=lambda one: one[0])
        return node if distance <= reach else None

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw edges, nodes, and which class is which."""
        if self.figure is None:
            return
        painter = QPainter(self)
        paint_neighbourhood(painter, self._room(), self.figure, self.rings, chosen=self.chosen)
        if self.legend:
            _paint_legend(painter, QRectF(self.rect()), self.figure, self.chosen)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """A click asks for the node under it."""
        node = self.node_at(event.position())
        if node is not None and node.hops and event.button() == Qt.MouseButton.LeftButton:
            self.asked.emit(node.number)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """A hand over what can be clicked."""
        node = self.node_at(event.position())
        over = node is not None and node.hops > 0
        shape = Qt.CursorShape.PointingHandCursor if over else Qt.CursorShape.ArrowCursor
        self.setCursor(shape)

    def event(self, event: QEvent) -> bool:
        """A tip says which node the mouse is on."""
        if isinstance(event, QHelpEvent) and self.figure is not None:
            node = self.node_at(QPointF(event.pos()))
            QToolTip.showText(event.globalPos(), _said(node, self.figure) if node else "", self)
            return True
        return super().event(event)

    def _room(self) -> QRectF:
        below = QFontMetrics(themes.current().font("small")).height() + 4
        named = self.legend and self.figure is not None and bool(self.figure.class_names)
        return QRectF(self.rect()).adjusted(0, 0, 0, -below if named else 0)


def thumbnail_of(figure: NeighbourhoodFigure, side: int, *, ratio: float = 1.0) -> QPixmap:
    """A neighbourhood in a square of ``side`` logical pixels."""
    pixmap = QPixmap(round(side * ratio), round(side * ratio))
    pixmap.setDevicePixelRatio(ratio)
    pixmap.fill(Qt.GlobalColor.transparent)
    painter = QPainter(pixmap)
    paint_neighbourhood(painter, QRectF(0, 0, side, side), figure)
    painter.end()
    return pixmap


def paint_neighbourhood(
    painter: QPainter,
    room: QRectF,
    figure: NeighbourhoodFigure,
    rings: Rings | None = None,
    *,
    chosen: int | None = None,
) -> None:
    """Draw a neighbourhood into a rectangle."""
    theme, places = themes.current(), _places(figure, room)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(QPen(QColor(theme.border), 1.0))
    for near, far in figure.edges:
        painter.drawLine(places[near], places[far])
    radius = _radius(figure, room)
    for i, (place, node) in reversed(list(enumerate(zip(places, figure.nodes, strict=True)))):
        size = radius * (_MIDDLE if node.hops == 0 else 1.0)
        marked = rings is None and node.hops == 0
        ink, width = (theme.text, radius / 2) if marked else (theme.surface, 0.8)
        ringed = rings is not None and i in rings.nodes
        fill = theme.surface if ringed and rings and rings.hollow else _fill(node.label, chosen)
        if ringed and rings and rings.hollow:
            ink, width = rings.color, max(1.6, radius / 2.5)
        painter.setPen(QPen(QColor(ink), width))
        painter.setBrush(QColor(fill))
        _paint_shape(painter, place, size, node.label or 0)
        if ringed and rings and not rings.hollow:
            painter.setPen(QPen(QColor(rings.color), theme.px(1.6)))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawEllipse(place, size + _APART, size + _APART)


def _fill(label: int | None, chosen: int | None) -> str:
    theme = themes.current()
    return theme.muted if label is None else theme.class_color(label, chosen=label == chosen)


def _paint_shape(painter: QPainter, place: QPointF, size: float, label: int) -> None:
    corners = _SHAPES[label % len(_SHAPES)]
    if not corners:
        painter.drawEllipse(place, size, size)
        return
    points = [QPointF(place.x() + size * x, place.y() + size * y) for x, y in corners]
    painter.drawPolygon(QPolygonF(points))


def _paint_legend(
    painter: QPainter, rect: QRectF, figure: NeighbourhoodFigure, chosen: int | None
) -> None:
    """Shape and name of every class that is in the image, as far as there is room."""
    theme = themes.current()
    painter.setFont(theme.font("small"))
    metrics = QFontMetrics(painter.font())
    left, size = rect.left() + 6, metrics.height() / 3.2
    middle = rect.bottom() - metrics.height() / 2
    for label in sorted({node.label for node in figure.nodes if node.label is not None}):
        name = figure.class_names[label]
        width = 3 * size + metrics.horizontalAdvance(name) + 10
        if left + width > rect.right():
            return
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(_fill(label, chosen)))
        _paint_shape(painter, QPointF(left + size, middle), size, label)
        painter.setPen(QColor(theme.muted))
        painter.drawText(QPointF(left + 3 * size, middle + metrics.ascent() / 2 - 1), name)
        left += width


def _places(figure: NeighbourhoodFigure, room: QRectF) -> list[QPointF]:
    margin = _radius(figure, room) * _MIDDLE + 3
    reach = max(1.0, min(room.width(), room.height()) / 2 - margin)
    middle = room.center()
    return [
        QPointF(middle.x() + node.x * reach, middle.y() - node.y * reach) for node in figure.nodes
    ]


def _radius(figure: NeighbourhoodFigure, room: QRectF) -> float:
    """Smaller in crowds and in small drawings."""
    crowd = min(1.0, (_CROWD / max(1, len(figure.nodes))) ** 0.5)
    most = min(themes.current().px(_LARGEST), min(room.width(), room.height()) / _SHARE)
    return float(max(_SMALLEST, most * crowd))


def _said(node: GraphNode, figure: NeighbourhoodFigure) -> str:
    label = "" if node.label is None else f", {figure.class_names[node.label]}"
    hops = f", {node.hops} hop{'s' * (node.hops != 1)} away" if node.hops else ", the node itself"
    return f"{node.name}{label}{hops}"
