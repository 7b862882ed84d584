"""The plane: f in colours, g and its level lines, noisy samples, and the certified region in it."""

from __future__ import annotations

import math
from typing import ClassVar, Literal

import numpy as np
import numpy.typing as npt
from PySide6.QtCore import QLineF, QPointF, QRectF, QSize, Qt, Signal, Slot
from PySide6.QtGui import (
    QColor,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QPixmap,
    QPolygonF,
    QResizeEvent,
)
from PySide6.QtWidgets import QSizePolicy, QWidget

from engine.core.rounding import round_down
from engine.regions import Ball
from gui.playground.drawing import Drawing
from gui.playground.experiment import Experiment, Spot
from gui.playground.marks import Stamps, cells_image, color_of, tag
from gui.plots.slicemap import roomiest_cell
from gui.style import theme as themes
from gui.style.theme import Theme, mixed

Task = Literal["move", "push", "draw"]
_GROUND = 0.34
"""Strength of the colours of f."""
_STEP, _FINE = 0.1, 0.01
_CORNERS = 96
_NOTHING = (-1, 0)
"""The run whose samples are stamped, and how many of its steps: none."""
_KEYS = {
    Qt.Key.Key_Left: (-1, 0),
    Qt.Key.Key_Right: (1, 0),
    Qt.Key.Key_Up: (0, 1),
    Qt.Key.Key_Down: (0, -1),
}


class PlaneView(Drawing):
    """Draws an experiment; the mouse or the arrow keys move the point, push it, or set points.

    Attributes:
        task: what the mouse does.
        exact: whether g, its level lines and the true region are drawn.
        regions: whether any region is.

    Signals:
        set_at: a point was set: x and y.
    """

    set_at = Signal(float, float)
    stem: ClassVar[str] = "plane"

    def __init__(self, experiment: Experiment, *, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.experiment = experiment
        self.task: Task = "move"
        self.exact = self.regions = True
        self._ground: QPixmap | None = None
        self._stamps = Stamps(1, 1)
        self._stamped = _NOTHING
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setCursor(Qt.CursorShape.CrossCursor)
        self.setAccessibleName("Plane")
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        policy = QSizePolicy.Policy.Expanding
        self.setSizePolicy(policy, policy)
        experiment.ground.connect(self.redraw)
        experiment.stood.connect(self._follow)
        themes.registry.follow(self.redraw)

    def sizeHint(self) -> QSize:
        """A square."""
        return QSize(560, 560)

    def minimumSizeHint(self) -> QSize:
        """A small square."""
        return QSize(260, 260)

    def show_exact(self, *, on: bool) -> None:
        """Draw g by quadrature, or not."""
        self.exact = on
        self.redraw()

    @Slot()
    def redraw(self) -> None:
        """Draw all anew."""
        self._ground = None
        self._stamped = _NOTHING
        self.update()

    @Slot()
    def _follow(self) -> None:
        self.setAccessibleDescription(self.in_words())
        self.update()

    def in_words(self) -> str:
        """What is drawn, for those who do not see it."""
        one, now = self.experiment, self.experiment.standing
        x, y = one.at
        here = f"The point is at {x:.2f}, {y:.2f}."
        if one.claimed is not None and now.bounds is not None:
            name, shown = one.plane.names[now.bounds.top], round_down(one.claimed.radius, 3)
            return f"{here} Certified '{name}' within {one.claimed.norm} distance {shown}."
        return f"{here} Nothing is certified."

    # geometry

    def square(self) -> QRectF:
        """Where the plane lies in the widget."""
        side = min(self.width(), self.height())
        return QRectF((self.width() - side) / 2, (self.height() - side) / 2, side, side)

    def pixels(self, xy: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
        """Places of points (..., 2) in the widget."""
        square, half = self.square(), self.experiment.plane.half
        scale = square.width() / (2 * half)
        return np.stack(
            (square.x() + (xy[..., 0] + half) * scale, square.y() + (half - xy[..., 1]) * scale), -1
        )

    def spot(self, at: QPointF) -> Spot:
        """The point of the plane at a place in the widget."""
        square, half = self.square(), self.experiment.plane.half
        scale = 2 * half / max(1.0, square.width())
        return (at.x() - square.x()) * scale - half, half - (at.y() - square.y()) * scale

    def _pixel(self, at: Spot) -> QPointF:
        x, y = self.pixels(np.array(at))
        return QPointF(float(x), float(y))

    # painting

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Another size needs another ground."""
        super().resizeEvent(event)
        self.redraw()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Ground, samples, regions, point."""
        theme, square = themes.current(), self.square()
        if self._ground is None:
            self._ground = self._draw_ground(theme)
        painter = QPainter(self)
        painter.drawPixmap(0, 0, self._ground)
        painter.setClipRect(square)
        self._stamp(theme)
        painter.drawImage(square, self._stamps.image())
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        self._name_classes(painter, theme)
        if self.regions:
            self._draw_regions(painter, theme)
        self._draw_push(painter, theme)
        self._draw_point(painter, theme)
        if self.hasFocus():
            painter.setPen(QPen(QColor(theme.focus), theme.px(2)))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRect(square.adjusted(1, 1, -1, -1))
        painter.end()

    def _draw_ground(self, theme: Theme) -> QPixmap:
        ratio = self.devicePixelRatioF()
        pixmap = QPixmap(self.size() * ratio)
        pixmap.setDevicePixelRatio(ratio)
        pixmap.fill(QColor(theme.surface))
        painter = QPainter(pixmap)
        one, square = self.experiment, self.square()
        painter.drawImage(square, cells_image(one.plane.cells, theme, _GROUND))
        painter.setClipRect(square)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if self.exact:
            self._draw_levels(painter, theme)
        edge = QPen(QColor(theme.surface), theme.px(1))
        places = self.pixels(one.points.xy)
        for (x, y), label in zip(places, one.points.labels, strict=True):
            painter.setPen(edge)
            painter.setBrush(QColor(color_of(int(label), theme)))
            painter.drawEllipse(QPointF(x, y), theme.px(3.2), theme.px(3.2))
        painter.end()
        return pixmap

    def _draw_levels(self, painter: QPainter, theme: Theme) -> None:
        land, labelled = self.experiment.land, list[tuple[float, float]]()
        for level, lines in land.levels:
            pen = QPen(mixed(theme.text, theme.surface, 0.75), theme.px(1), Qt.PenStyle.DotLine)
            painter.setPen(pen)
            places = self.pixels(lines)
            painter.drawLines(_lines(places))
            self._label_level(painter, theme, level, places, labelled)
        painter.setPen(QPen(QColor(theme.text), theme.px(2.4)))
        painter.drawLines(_lines(self.pixels(land.border)))

    def _label_level(
        self,
        painter: QPainter,
        theme: Theme,
        level: float,
        places: npt.NDArray[np.float64],
        labelled: list[tuple[float, float]],
    ) -> None:
        """The probability, at the lowest place of its line that is free of other labels."""
        if not len(places):
            return
        inner = self.square().adjusted(theme.px(24), theme.px(16), -theme.px(24), -theme.px(10))
        middles = places.mean(axis=1)
        seen = [QPointF(x, y) for x, y in middles if inner.contains(QPointF(x, y))]
        for at in sorted(seen, key=lambda place: -place.y()):
            if not any(abs(at.x() - x) + abs(at.y() - y) < theme.px(44) for x, y in labelled):
                tag(painter, theme, at, f"{level:g}", role="small")
                labelled.append((at.x(), at.y()))
                return

    def _name_classes(self, painter: QPainter, theme: Theme) -> None:
        one = self.experiment
        for index, name in enumerate(one.points.names):
            own = one.points.xy[one.points.labels == index]
            if one.shifted is not None:
                self._name_cells(painter, theme, index, name)
            elif len(own):
                furthest = own[np.argmax(np.abs(own).sum(axis=1) + 0.3 * own[:, 1])]
                at = self._pixel((float(furthest[0]), float(furthest[1])))
                tag(painter, theme, at + QPointF(0, -theme.px(12)), name, role="title")

    def _name_cells(self, painter: QPainter, theme: Theme, index: int, name: str) -> None:
        """The name of a class deep among its cells."""
        plane = self.experiment.plane
        found = roomiest_cell(plane.cells, index)
        if found is None:
            return
        row, column = found
        size = 2 * plane.half / len(plane.cells)
        middle = ((column + 0.5) * size - plane.half, (row + 0.5) * size - plane.half)
        tag(painter, theme, self._pixel(middle), name, role="title")

    def _stamp(self, theme: Theme) -> None:
        """Stamp what came since; all of it after a change of the ground or of the run."""
        one, ratio, square = self.experiment, self.devicePixelRatioF(), self.square()
        side = math.ceil(square.width() * ratio)
        if self._stamps.side != side:
            self._stamps, self._stamped = Stamps(side, round(theme.px(1) * ratio)), _NOTHING
        run, steps = self._stamped
        if run != one.runs:
            self._stamps.clear()
            steps = 0
        for samples, classes in one.cloud[steps - one.steps :] if one.steps > steps else ():
            places = (self.pixels(samples) - (square.x(), square.y())) * ratio
            self._stamps.add(places, classes, theme)
        self._stamped = one.runs, one.steps

    def _draw_regions(self, painter: QPainter, theme: Theme) -> None:
        one, now = self.experiment, self.experiment.standing
        if self.exact and one.exact.region is not None:
            pen = QPen(QColor(theme.text), theme.px(1.8), Qt.PenStyle.DashLine)
            self._draw_ball(painter, one.exact.region, pen, None)
        if now.region is None or now.bounds is None:
            return
        if now.bounds.valid:
            ink = QColor(theme.danger if one.refuted_here else theme.certified)
            fill = QColor(ink)
            fill.setAlphaF(0.28)
            self._draw_ball(painter, now.region, QPen(ink, theme.px(3.4)), fill)
        else:
            pen = QPen(QColor(theme.warning), theme.px(2), Qt.PenStyle.DotLine)
            self._draw_ball(painter, now.region, pen, None)

    def _draw_ball(self, painter: QPainter, ball: Ball, pen: QPen, fill: QColor | None) -> None:
        painter.setPen(pen)
        painter.setBrush(fill if fill is not None else Qt.BrushStyle.NoBrush)
        corners = self.pixels(np.array(self.experiment.at) + ball.radius * _unit(ball.norm))
        painter.drawPolygon(QPolygonF([QPointF(x, y) for x, y in corners]))

    def _draw_push(self, painter: QPainter, theme: Theme) -> None:
        pushed = self.experiment.pushed
        if pushed is None:
            return
        color = QColor(theme.danger if pushed.crossed else theme.text)
        start, end = self._pixel(self.experiment.at), self._pixel(pushed.to)
        painter.setPen(QPen(color, theme.px(2.4)))
        painter.drawLine(start, end)
        painter.setBrush(QColor(color_of(pushed.after, theme)))
        painter.drawEllipse(end, theme.px(7), theme.px(7))

    def _draw_point(self, painter: QPainter, theme: Theme) -> None:
        now, at = self.experiment.standing, self._pixel(self.experiment.at)
        top = self.experiment.exact.top if now.bounds is None else now.bounds.top
        if not self.regions and now.estimation.n:
            top = now.estimation.top
        painter.setPen(QPen(QColor(theme.text), theme.px(2.4)))
        painter.setBrush(QColor(color_of(top, theme)))
        painter.drawEllipse(at, theme.px(8), theme.px(8))

    # mouse and keys

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Take hold."""
        self.setFocus()
        self.drag(event.position(), pressed=True)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Drag."""
        if event.buttons() & Qt.MouseButton.LeftButton:
            self.drag(event.position())

    def drag(self, place: QPointF, *, pressed: bool = False) -> None:
        """What the mouse does at a place in the widget, when it is pressed or moved there."""
        at = self.spot(place)
        if self.task == "move":
            self.experiment.move(at)
        elif self.task == "push":
            self.experiment.push(at)
        elif pressed:
            self.set_at.emit(*at)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Arrows move or push by 0.1, with Shift by 0.01; in the middle of drawing, space sets."""
        key = Qt.Key(event.key())
        if key not in _KEYS:
            super().keyPressEvent(event)
            return
        fine = bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier)
        step, (right, up) = _FINE if fine else _STEP, _KEYS[key]
        if self.experiment.shifted is not None:
            step = 1.0
        pushed = self.experiment.pushed
        x, y = pushed.to if self.task == "push" and pushed is not None else self.experiment.at
        to = (x + step * right, y + step * up)
        if self.task == "push":
            self.experiment.push(to)
        else:
            self.experiment.move(to)


def _unit(norm: str) -> npt.NDArray[np.float64]:
    """Corners of the unit ball of a norm."""
    if norm == "l2":
        turn = np.linspace(0.0, 2 * np.pi, _CORNERS, endpoint=False)
        return np.column_stack((np.cos(turn), np.sin(turn)))
    diamond = np.array([(1.0, 0.0), (0.0, 1.0), (-1.0, 0.0), (0.0, -1.0)])
    return (
        diamond if norm == "l1" else np.array([(1.0, 1.0), (-1.0, 1.0), (-1.0, -1.0), (1.0, -1.0)])
    )


def _lines(places: npt.NDArray[np.float64]) -> list[QLineF]:
    return [QLineF(*ends) for ends in places.reshape(-1, 4).tolist()]
