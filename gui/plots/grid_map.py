"""A map of required p_lower with what is certified over it, one layer at a time."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QPointF, QRectF, QSignalBlocker, Qt, Slot
from PySide6.QtWidgets import QSpinBox

from engine.core.late import np
from gui.plots.chart import dress_text, text_size, tinted
from gui.plots.graphics import pg
from gui.plots.heat import heat_image
from gui.plots.labels import Box
from gui.plots.outline import Outline
from gui.plots.region_plot import RegionPlot, Step, entries
from gui.style import theme as themes
from gui.style.theme import Theme
from gui.widgets.counts import indented

if TYPE_CHECKING:
    from engine.figures.regions import RegionFigure
    from engine.regions import Perturbation
    from engine.regions.required_probability import Grid, GridMap

_TICKS, _SHORT = 12, 3
"""Along an axis; half as many where names have more characters."""


class MapPlot(RegionPlot["GridMap[Any]"]):
    """Columns, each certified up to some height, over what more would take."""

    def __init__(self) -> None:
        super().__init__()
        self.layer = indented(QSpinBox())
        self.layer.setRange(1, 1)
        self.layer.hide()
        self.layer.valueChanged.connect(self._change_layer)
        self.header.insertWidget(self.header.count() - 1, self.layer)

    def build(self) -> None:
        """Map, outline, what can still be reached, and the chosen change."""
        self._drawn: tuple[GridMap[Any], int, Theme] | None = None
        self._shown = (0.0, 0.0)
        self._written: object = None
        self.image = pg.ImageItem(axisOrder="row-major")
        self.steps, self.casing = Outline(), Outline()
        self.within_reach, self.provisional = Outline(), Outline()
        self.strengths: list[pg.TextItem] = []
        self.add(self.image, self.within_reach, self.provisional, self.casing, self.steps)
        for axis in ("left", "bottom"):
            self.plot.getAxis(axis).setZValue(1)
        self.plot.getAxis("left").setTickDensity(0.7)

    def draw(self, figure: RegionFigure[GridMap[Any]]) -> None:
        """What is certified as it stands; the map only when it is another one."""
        needs, layer = figure.needs, self.shown_layer
        self._set_layers(needs)
        self._draw_map(needs)
        heights = needs.heights(figure.region, layer)
        lines = [(item, _outline(heights, needs)) for item in (self.casing, self.steps)]
        beside = ((self.within_reach, figure.reach), (self.provisional, figure.provisional))
        for item, p in beside:
            lines.append((item, _outline(None if p is None else needs.reach(p, layer), needs)))
        for item, line in lines:
            if self.moved(item, *line):
                item.set_points(*line)
        self.legend.set_entries(entries(figure, themes.current()))
        self._zoom(figure, heights)

    def dress(self, theme: Theme) -> None:
        """Pens, brushes and fonts."""
        super().dress(theme)
        self.steps.setPen(self.pen(theme.certified, theme.line + 1))
        self.steps.setBrush(tinted(theme.certified, 0.34))
        self.casing.setPen(self.pen(theme.surface, theme.line + 4))
        self.within_reach.setPen(self.pen(theme.text, 1.4, Qt.PenStyle.DashLine))
        self.provisional.setPen(self.pen(theme.accent, theme.line, Qt.PenStyle.DotLine))
        for text in self.strengths:
            dress_text(text, theme.certified, bold=True)

    @property
    def shown_layer(self) -> int:
        """The layer on view, from 0."""
        return self.layer.value() - 1

    def in_words(self, figure: RegionFigure[GridMap[Any]]) -> str:
        """The layer on view."""
        return figure.needs.in_words(figure.region, self.shown_layer)

    def label(self) -> None:
        """The certified strengths, where there are some, and room for them."""
        figure, frame = self.figure, self.pixel_frame()
        marks: list[Any] = []
        if figure is not None and figure.region is not None and frame.w >= 10:
            marks = list(figure.needs.marks(figure.region, self.shown_layer))
        if figure is None or len(marks) > figure.needs.most_marks:
            marks = []
        places = [self.spot(x, y).toPoint().toTuple() for x, y, _ in marks]
        words = [said for *_, said in marks]
        written = frame, self._shown, themes.current(), places, words
        if written != self._written:
            self._written = written
            self._write_marks(marks, frame)

    def _write_marks(self, marks: Sequence[Any], frame: Box) -> None:
        """Each mark's words at its place, where there is room for them."""
        for text in self.strengths[len(marks) :]:
            text.setVisible(False)
        while len(self.strengths) < len(marks):
            self.strengths.append(pg.TextItem(""))
            dress_text(self.strengths[-1], themes.current().certified, bold=True)
            self.add(self.strengths[-1])
        slot = frame.w / max(1.0, math.ceil(self._shown[0]))
        for text, (x, y, words) in zip(self.strengths, marks, strict=False):
            needs = self.needs
            text.setAnchor((0.5, 1.0 if needs.marks_above else 0.5))
            text.setText(words)
            width, tall = text_size(text)
            at = self.spot(x, y)
            self.put(text, at.x(), max(at.y() - 2, frame.y + tall) if needs.marks_above else at.y())
            text.setVisible(width <= slot + 8)

    def change_at(self, place: QPointF) -> Perturbation | None:
        """The change there, in the layer on view."""
        return self.needs.change(place.x(), place.y(), self.shown_layer)

    def beside(self, change: Perturbation | None, step: Step) -> Perturbation:
        """A column or a row further."""
        return self.needs.beside(change, *step, self.shown_layer)

    def place_of(self, change: Perturbation) -> tuple[float, float]:
        """Column and height."""
        return self.needs.place(change)

    def shows(self, change: Perturbation) -> bool:
        """Whether a change lies on the layer on view."""
        return self.needs.layer_of(change) == self.shown_layer

    def mark(self, change: Perturbation | None) -> None:
        """A ring at the chosen change, on the map of its own layer."""
        super().mark(change)
        if change is None or self.figure is None:
            return
        layer = self.needs.layer_of(change)
        if layer != self.shown_layer and 0 <= layer < self.layer.maximum():
            with QSignalBlocker(self.layer):
                self.layer.setValue(layer + 1)
            self.show_figure(self.figure)

    @Slot(int)
    def _change_layer(self, layer: int) -> None:
        if self.figure is None:
            return
        if self.chosen is not None:
            self.chosen = self.needs.change(*self.needs.place(self.chosen), layer - 1)
            self.asked.emit(self.chosen)
        self.show_figure(self.figure)

    def _set_layers(self, needs: GridMap[Any]) -> None:
        self.layer.setVisible(bool(needs.layer_name(0)))
        if self.layer.maximum() != needs.layers:
            self.layer.setMaximum(needs.layers)
        if needs.layer_name(0):
            things = needs.utmost.things
            self.layer.setPrefix(f"{things}: ")
            self.layer.setAccessibleName(f"How many {things} are changed")
            self.layer.setToolTip(f"Shows what is certified for so many changed {things}")

    def _draw_map(self, needs: GridMap[Any]) -> None:
        theme, drawn = themes.current(), self._drawn
        self._drawn = (needs, self.shown_layer, theme)
        if drawn and drawn[0] is needs and drawn[1:] == self._drawn[1:]:
            return
        image = heat_image(needs.grid(self.shown_layer), theme)
        self.image.setImage(image, autoLevels=False, levels=(0, 255))
        rise = needs.upper - needs.floor
        self.image.setRect(QRectF(-0.5, needs.floor, len(needs.columns), rise))
        for side, name in zip(("bottom", "left"), needs.names, strict=False):
            self.name_axis(side, name)
        self._shown = (0.0, 0.0)

    def _zoom(self, figure: RegionFigure[GridMap[Any]], heights: Grid) -> None:
        """Show what the run is expected to certify, and some more."""
        needs, stands = figure.needs, figure.standing
        expected = needs.reach(stands.p_expected if stands else 1.0, self.shown_layer)
        wide, tall = needs.extent(expected, heights)
        wanted = (
            self.zoomed(self._shown[0], wide, float(len(needs.columns))),
            self.zoomed(self._shown[1], tall, needs.upper - needs.floor),
        )
        if wanted == self._shown:
            return
        self._shown = wanted
        columns, rise = math.ceil(wanted[0]), wanted[1]
        ticks = None
        if needs.whole_rows:
            rise = math.ceil(rise)
            rows = range(0, rise + 1, max(1, round(rise / _TICKS)))
            ticks = [[(float(row), str(row)) for row in rows]]
        self.plot.getAxis("left").setTicks(ticks)
        longest = max(map(len, needs.columns))
        named = needs.ticks(columns, _TICKS if longest <= _SHORT else _TICKS // 2)
        self.plot.getAxis("bottom").setTicks([named])
        y_range = (needs.floor, needs.floor + rise)
        self.view.setRange(xRange=(-0.5, columns - 0.5), yRange=y_range, padding=0)


def _outline(heights: Grid | None, needs: GridMap[Any]) -> tuple[Grid, Grid]:
    line = [] if heights is None else needs.outline(heights)
    points = np.array(line, dtype=float).reshape(-1, 2)
    return points[:, 0], points[:, 1]
