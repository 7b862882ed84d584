"""The certified ball over a two-dimensional slice through the input: for l2 a disc."""

from __future__ import annotations

import math
import operator
from typing import TYPE_CHECKING, ClassVar

from PySide6.QtCore import QEvent, QPoint, QPointF, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QFontMetricsF, QPainterPath, QPolygonF, QResizeEvent, QTransform
from PySide6.QtWidgets import QGraphicsItem, QGraphicsPathItem, QWidget

from engine.core.late import np
from engine.core.text import class_in_words, visible
from gui.plots.chart import Chart, dress_text, text_size, tinted
from gui.plots.graphics import pg
from gui.plots.labels import Box, place
from gui.plots.legend import Entry, Legend
from gui.plots.region_plot import NOTHING
from gui.plots.slicemap import (
    NO_CLASS,
    NOT_COMPUTED,
    borders,
    classes_present,
    map_image,
    roomiest_cell,
)
from gui.style import theme as themes
from gui.style.theme import Theme

if TYPE_CHECKING:
    from engine.figures.images import SliceFigure

_ANGLE = math.radians(28)
"""Direction of the radius line."""
_DOT = 10
"""Pixels of the input's dot, before scaling."""
_GAP = 10
"""Pixels between map and legend."""
_NARROW = 2.0
"""How many times the width of its label an l1 ball must reach to hold it beside its slopes."""
_NAMED = 6
"""So many classes, the most frequent ones, have their names on the map."""


class MapStage(QWidget):
    """Lays out a plot whose area is square, so that equal distances look equal and no room is lost.

    The axes ask for room of their own: the canvas is as much larger than the square as they need.
    """

    def __init__(self, canvas: pg.PlotWidget, legend: Legend) -> None:
        super().__init__()
        self._canvas, self._legend = canvas, legend
        for widget in (canvas, legend):
            widget.setParent(self)
        legend.resized.connect(self.arrange)

    def sizeHint(self) -> QSize:
        """A map of readable size."""
        return QSize(320, 220)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Use the new room."""
        super().resizeEvent(event)
        self.arrange()

    def changeEvent(self, event: QEvent) -> None:
        """Another font needs another legend."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.FontChange:
            self.arrange()

    def arrange(self) -> None:
        """Place canvas and legend."""
        axes = self._axes_room()
        side_width = self._legend.sizeHint().width()
        beside = min(self.width() - side_width - _GAP - axes.width(), self.height() - axes.height())
        self._legend.flowing = True
        strip = self._legend.height_for(self.width())
        below = min(self.width() - axes.width(), self.height() - strip - _GAP - axes.height())
        side = max(40, beside, below)
        canvas = QRect(0, 0, side + axes.width(), side + axes.height())
        self._legend.flowing = below > beside
        if beside >= below:
            left = canvas.width() + _GAP
            self._legend.setGeometry(left, 0, self.width() - left, self.height())
        else:
            top = canvas.height() + _GAP
            self._legend.setGeometry(0, top, self.width(), self.height() - top)
            canvas.moveLeft((self.width() - canvas.width()) // 2)
        self._canvas.setGeometry(canvas)

    def _axes_room(self) -> QSize:
        plot = self._canvas.getPlotItem()
        plot.layout.activate()
        view = plot.getViewBox().size()
        whole = plot.size()
        return QSize(
            round(whole.width() - view.width()) + 1, round(whole.height() - view.height()) + 1
        )


class BallPlot(Chart["SliceFigure"]):
    """Predicted class over the slice, and the ball inside which the answer cannot change."""

    stem: ClassVar[str] = "region"
    is_round: ClassVar[bool] = True

    def __init__(self) -> None:
        super().__init__("Certified region")

    def make_body(self) -> QWidget:
        """The canvas with the legend beside or below it."""
        self.legend = Legend()
        self.stage = MapStage(super().make_body(), self.legend)
        return self.stage

    def build(self) -> None:
        """Image, borders, samples, disc and legend."""
        self.image = pg.ImageItem(axisOrder="row-major")
        self.casing, self.outline = (pg.PlotDataItem(connect="pairs") for _ in range(2))
        self.samples = pg.ScatterPlotItem(pxMode=True)
        self.input = pg.ScatterPlotItem(pxMode=True)
        for dots in (self.samples, self.input):  # the ball grows over them, they stay
            dots.setCacheMode(QGraphicsItem.CacheMode.DeviceCoordinateCache)
        self.ball_casing, self.ball = QGraphicsPathItem(), QGraphicsPathItem()
        self.attacked, self.radius_line = QGraphicsPathItem(), QGraphicsPathItem()
        self.radius_label = pg.TextItem("")
        self.names = [pg.TextItem("") for _ in range(_NAMED)]
        self._mapped: tuple[object, ...] = ()
        self._placed: tuple[object, ...] = ()
        self._grown: tuple[object, ...] = ()
        self._told: tuple[object, ...] = ()
        self._size: tuple[object, Box] = (None, Box(0.0, 0.0, 0.0, 0.0))
        self._written = ""
        self._roomy: tuple[object, float, dict[int, tuple[int, int] | None]] = (None, 0.0, {})
        self.add(self.image, self.casing, self.outline, self.samples, self.ball_casing, self.ball,
                 self.attacked, self.radius_line, self.input, self.radius_label,
                 *self.names)  # fmt: skip
        self.view.setAspectLocked(True)

    def draw(self, figure: SliceFigure) -> None:
        """Maps, disc and dots."""
        self.name_axis("bottom", f"l2 distance, {figure.unit}")
        theme = themes.current()
        self._draw_map(figure, theme)
        x_axis, y_axis = figure.axes
        self.set_subtitle(
            f"x: {x_axis} · y: {y_axis}",
            whole=f"Slice through the input: {x_axis} (x), {y_axis} (y)",
        )
        self._draw_ball(figure, theme)

    def _draw_map(self, figure: SliceFigure, theme: Theme) -> None:
        """What the ball does not change: a map of many cells is painted once."""
        known = (figure.base, figure.smoothed, figure.samples, theme)
        drawn = _same(known, self._mapped)
        marks = (figure.radius is None, figure.norm, figure.attack)
        told = (*marks, figure.center_class, figure.class_names)
        if not drawn or told != self._told:
            self._told = told
            self.legend.set_entries(_entries(figure, theme))
        if drawn:
            return
        self._mapped, self._placed = known, ()
        extent = figure.extent
        image = map_image(figure.base, theme, chosen=figure.center_class)
        self.image.setImage(image, autoLevels=False, levels=(0, 255))
        self.image.setRect(QRectF(-extent, -extent, 2 * extent, 2 * extent))
        x, y = borders(figure.smoothed, extent)
        self.casing.setData(x, y)
        self.outline.setData(x, y)
        inside = figure.samples[(np.abs(figure.samples) <= extent).all(axis=1)]
        self.samples.setData(inside[:, 0], inside[:, 1])
        self.input.setData([0.0], [0.0])
        self.view.setRange(xRange=(-extent, extent), yRange=(-extent, extent), padding=0)

    def dress(self, theme: Theme) -> None:
        """Pens, brushes and fonts."""
        self.casing.setPen(self.pen(tinted(theme.surface, 0.85), theme.line + 2.5))
        self.outline.setPen(self.pen(theme.text, theme.line))
        self.samples.setBrush(tinted(theme.text, 0.55))
        self.samples.setPen(pg.mkPen(tinted(theme.surface, 0.8), width=0.5))
        self.samples.setSize(theme.px(4))
        self.input.setBrush(theme.text)
        self.input.setPen(pg.mkPen(theme.surface, width=1.5))
        self.input.setSize(theme.px(_DOT))
        self.ball_casing.setPen(self.pen(theme.surface, theme.line + 4))
        dress_text(self.radius_label, theme.certified, role="label", bold=True, ground=0.9)
        for name in self.names:
            dress_text(name, theme.text, bold=True, ground=0.72)
        self.legend.update()
        self.stage.arrange()

    def summary(self) -> str:
        """The disc and the classes around it in words."""
        figure = self.figure
        if figure is None:
            return ""
        classes = [_name(figure, c) for c in classes_present(figure.base, figure.smoothed)]
        ball = "A refuted certificate" if figure.refuted else figure.size or NOTHING
        found = f"; {figure.attack.words}" if figure.attack is not None else ""
        middle = figure.center_class
        answer = "" if middle is None else f" around {class_in_words(_name(figure, middle))}"
        return (
            f"{ball}{answer}; predictions on the slice: {', '.join(classes) or 'none yet'}{found}."
        )

    def label(self) -> None:
        """Write the radius at the disc, and each class's name where it has most room."""
        figure, frame = self.figure, self.pixel_frame()
        if figure is None or frame.w < 10:
            return
        written = "refuted" if figure.refuted else figure.size or NOTHING
        if written != self._written:
            self._written = written
            self.radius_label.setText(written)
        middle, theme = self.spot(0.0, 0.0), themes.current()
        reach = frame.w / (2 * figure.extent) * figure.reach
        extent = figure.extent  # texts stand in its units
        size = (frame, round(reach), self._written, theme, extent)
        if size != self._size[0]:
            self._size = size, self._label_radius(middle, reach, frame)
        placed = (frame, round(20 * reach / frame.w), theme, extent)
        if placed != self._placed:
            self._placed = placed
            taken = [_square(middle, max(reach, 8.0)), self._size[1]]
            self._label_classes(figure, frame, taken)

    def under(self, at: QPoint) -> str:
        """Place, distance from the input and class of the base model there."""
        place, figure = self.place_under(at), self.figure
        if place is None or figure is None:
            return ""
        u, v, side = place.x(), place.y(), len(figure.base)
        row, column = (
            min(side - 1, max(0, int((z + figure.extent) / (2 * figure.extent) * side)))
            for z in (v, u)
        )
        index = int(figure.base[row, column])
        words = [f"({u:.3g}, {v:.3g}), l2 distance {math.hypot(u, v):.3g}"]
        if index != NOT_COMPUTED:
            words.append(f"base model: {_name(figure, index)}")
        if figure.radius is not None and self.ball.path().contains(place):
            words.append(f"inside the {'refuted' if figure.refuted else 'certified'} ball")
        return "; ".join(words)

    def _label_radius(self, middle: QPointF, reach: float, frame: Box) -> Box:
        """In a large disc above its middle, else above, below or beside the disc or the input.

        A map that has no room for it goes without: the number stands beside the plot too.
        """
        small, reach = reach + 2, max(reach, 8.0)
        width, height = text_size(self.radius_label)
        inside = Box(middle.x() - width / 2, middle.y() - 0.55 * reach - height, width, height)
        tops = (middle.y() - reach - height - 5, middle.y() + reach + 5)
        outside = [Box(middle.x() - width / 2, top, width, height) for top in tops]
        outside.append(Box(middle.x() + reach + 5, middle.y() - height / 2, width, height))
        sides = (frame.x, frame.x + frame.w - width)  # in a small map a corner is all that is left
        outside += [Box(x, y, width, height) for y in (frame.y, frame.y + frame.h) for x in sides]
        roomy = reach > width * (_NARROW if self.figure and self.figure.norm == "l1" else 1.0)
        wishes = [[inside] if roomy else outside]
        for clear in (reach, small):  # in a small map at least the ball itself stays in sight
            taken = [] if roomy else [_square(middle, clear)]
            if (box := place(wishes, frame, obstacles=taken)[0]) is not None:
                break
        fits = box is not None or width < 2 * reach  # else it would hide what it is about
        box = box or inside.inside(frame)
        self.radius_label.setVisible(fits)
        self.put(self.radius_label, box.x, box.y)
        return box if fits else _square(middle, reach)

    def _label_classes(self, figure: SliceFigure, frame: Box, taken: list[Box]) -> None:
        classes = [c for c in classes_present(figure.base) if c != NO_CLASS][:_NAMED]
        metrics = QFontMetricsF(themes.current().font("small", bold=True))
        roomy, side = self._roomy_cells(figure, classes), figure.base.shape[0]
        for text in self.names:
            text.setVisible(False)
        for index, text in zip(classes, self.names, strict=False):
            cell = roomy[index]
            if cell is None:
                continue
            longest = int(frame.w / 3)
            name = figure.class_names[index]
            text.setText(metrics.elidedText(visible(name), Qt.TextElideMode.ElideRight, longest))
            width, height = text_size(text)
            v, u = ((part + 0.5) / side * 2 * figure.extent - figure.extent for part in cell)
            at = self.spot(u, v)
            wish = Box(at.x() - width / 2, at.y() - height / 2, width, height)
            box = place([[wish]], frame, obstacles=taken, slide=height * 1.5)[0]
            if box is not None:
                taken.append(box)
                self.put(text, box.x, box.y)
                text.setVisible(True)

    def _roomy_cells(
        self, figure: SliceFigure, classes: list[int]
    ) -> dict[int, tuple[int, int] | None]:
        """Where each class has most room beside the ball: the same at every size of the plot."""
        if self._roomy[0] is not figure.base or self._roomy[1] != figure.reach:
            free = _outside_disc(figure)
            found = {index: roomiest_cell(free, index) for index in classes}
            self._roomy = figure.base, figure.reach, found
        return self._roomy[2]

    def _draw_ball(self, figure: SliceFigure, theme: Theme) -> None:
        """The disc, where it is another by a quarter of a pixel."""
        radius = figure.radius or 0.0
        pixels = 4 * self.pixel_frame().w / (2 * figure.extent)
        outline = np.rint(pixels * figure.outline).tobytes()
        scale = (pixels, theme, self.devicePixelRatioF())
        grown = (round(pixels * radius), radius > 0, outline, figure.attack, *scale)
        if pixels and grown == self._grown:
            return
        self._grown = grown
        for item in (self.ball_casing, self.ball):
            item.setVisible(radius > 0)
        self.radius_line.setVisible(radius > 0 and not figure.outline.size)
        ink = theme.danger if figure.refuted else theme.certified
        self.ball.setPen(self.pen(ink, theme.line + 1))
        self.ball.setBrush(tinted(ink, 0.14))
        self.radius_line.setPen(self.pen(ink, theme.line + 0.5))
        self.radius_label.setColor(ink if radius > 0 else theme.warning)
        path = QPainterPath()
        if figure.outline.size:
            path.addPolygon(QPolygonF([QPointF(u, v) for u, v in figure.outline.tolist()]))
            path.closeSubpath()
        else:
            path.addEllipse(QPointF(0.0, 0.0), radius, radius)
            line = QPainterPath(QPointF(0.0, 0.0))
            line.lineTo(radius * math.cos(_ANGLE), radius * math.sin(_ANGLE))
            self.radius_line.setPath(line)
        for item in (self.ball_casing, self.ball):
            item.setPath(path)
        # the input's dot leaves a small ball in sight
        dot, reach = theme.px(_DOT), radius * pixels / 4
        self.input.setSize(dot if not radius or reach > dot else max(theme.px(3), 0.8 * reach))
        self._draw_attack(figure, path, theme)

    def _draw_attack(self, figure: SliceFigure, ball: QPainterPath, theme: Theme) -> None:
        """The ball of the attack's size, dashed: its direction is hardly that of the slice."""
        at, radius = figure.attacked, figure.radius
        self.attacked.setVisible(at is not None and bool(radius))
        if at is not None and radius:
            self.attacked.setPath(QTransform.fromScale(at / radius, at / radius).map(ball))
            ink = theme.danger if figure.refuted else theme.text
            self.attacked.setPen(self.pen(ink, theme.line, Qt.PenStyle.DashLine))


def _same(these: tuple[object, ...], those: tuple[object, ...]) -> bool:
    """Whether both are the very same objects: arrays are not compared."""
    return len(these) == len(those) and all(map(operator.is_, these, those))


def _square(middle: QPointF, reach: float) -> Box:
    return Box(middle.x() - reach, middle.y() - reach, 2 * reach, 2 * reach)


def _outside_disc(figure: SliceFigure) -> np.ndarray:
    """The base map without the cells under the ball, where no name is to stand."""
    side = figure.base.shape[0]
    at = (np.arange(side) + 0.5) / side * 2 * figure.extent - figure.extent
    under = at[:, None] ** 2 + at[None, :] ** 2 <= figure.reach**2
    return np.where(under, NOT_COMPUTED, figure.base)


def _name(figure: SliceFigure, index: int) -> str:
    return "no class" if index == NO_CLASS else figure.class_names[index]


def _entries(figure: SliceFigure, theme: Theme) -> list[Entry]:
    """What the marks mean, then the classes present, the most frequent first."""
    entries = [Entry("the input", theme.text, "dot")]
    if figure.radius is not None:
        norm = "" if figure.norm == "l2" else f" ({figure.norm})"
        word, ink = ("refuted", theme.danger) if figure.refuted else ("certified", theme.certified)
        entries.append(Entry(f"{word} ball{norm}", ink, "ring"))
    if figure.attack is not None:
        ink = theme.danger if figure.refuted else theme.text
        entries.append(Entry(figure.attack.words, ink, "dash"))
    if len(classes_present(figure.smoothed)) > 1:  # of few votes a cell: it may cross the ball
        entries.append(Entry("smoothed: border, no claim", theme.text, "line"))
    if len(figure.samples):
        entries.append(Entry("noisy samples", theme.muted, "speck"))
    for index in classes_present(figure.base):
        chosen = index == figure.center_class
        color = theme.muted if index == NO_CLASS else theme.class_color(index, chosen=chosen)
        pattern = (
            Qt.BrushStyle.DiagCrossPattern
            if index == NO_CLASS
            else theme.class_pattern(index, chosen=chosen)
        )
        entries.append(Entry(f"base: {_name(figure, index)}", color, "fill", pattern))
    return entries
