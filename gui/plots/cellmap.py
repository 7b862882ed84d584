"""The certified cells of a map of additions and deletions, over what every cell takes."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np
import pyqtgraph as pg
from PySide6.QtCore import QPointF, QRectF, QSignalBlocker, Qt, Slot
from PySide6.QtGui import QColor
from PySide6.QtWidgets import QSpinBox

from gui.plots.chart import text_size, tinted
from gui.plots.heat import heat_image
from gui.plots.region_plot import RegionPlot, Step, beside_claim, entries, whose
from gui.style import theme as themes
from gui.style.theme import Theme
from gui.widgets.mask import edges

if TYPE_CHECKING:
    from engine.figures import CellsFigure
    from engine.regions import Perturbation
    from engine.regions.required_probability import CellsMap

_MOST_WRITTEN = 150
"""Up to so many certified cells bear their strength."""


class CellsPlot(RegionPlot["CellsFigure"]):
    """Cells by two counts, one layer at a time where there is a third."""

    def __init__(self) -> None:
        super().__init__()
        self.layer = QSpinBox()
        self.layer.setRange(1, 1)
        self.layer.hide()
        self.layer.valueChanged.connect(self._change_layer)
        self.header.insertWidget(self.header.count() - 1, self.layer)

    def build(self) -> None:
        """Map, certified cells, what can still be reached, and the chosen cell."""
        self._drawn: tuple[CellsMap, int, Theme] | None = None
        self._shown = (0.0, 0.0)
        self.image = pg.ImageItem(axisOrder="row-major")
        self.certified = pg.ImageItem(axisOrder="row-major")
        self.casing, self.outline = (
            pg.PlotCurveItem(connect="pairs"),
            pg.PlotCurveItem(connect="pairs"),
        )
        self.within_reach = pg.PlotCurveItem(connect="pairs")
        self.provisional = pg.PlotCurveItem(connect="pairs")
        self.marker = pg.ScatterPlotItem(pxMode=True, symbol="o")
        self.marker.setZValue(20)
        self.strengths: list[pg.TextItem] = []
        for item in (self.image, self.certified, self.within_reach, self.provisional,
                     self.casing, self.outline, self.marker):  # fmt: skip
            self.plot.addItem(item, ignoreBounds=True)
        for axis in ("left", "bottom"):
            self.plot.getAxis(axis).setZValue(1)

    def draw(self, figure: CellsFigure) -> None:
        """The cells as they stand; the map only when it is another one."""
        self._set_layers(figure)
        required = figure.needs.required(self.shown_layer)
        self._draw_map(figure, required)
        mask = self.mask(figure)
        color = QColor(themes.current().certified)
        color.setAlphaF(0.4)
        inside = np.zeros((*mask.shape, 4), dtype=np.uint8)
        inside[mask] = color.getRgb()
        self.certified.setImage(inside, autoLevels=False, levels=(0, 255))
        self.certified.setRect(_rect(mask.shape))
        for item in (self.casing, self.outline):
            item.setData(*edges(mask))
        beside = (self.within_reach, self.provisional)
        for item, p in zip(beside, beside_claim(figure), strict=True):
            item.setData(*edges(required < p if p is not None else np.zeros_like(mask)))
        self.set_subtitle(whose(figure))
        self.legend.set_entries(entries(figure, themes.current()))
        self._zoom(figure, required)
        self.mark(self.chosen)

    def style(self, theme: Theme) -> None:
        """Pens, brushes and fonts."""
        self.casing.setPen(self.pen(theme.surface, theme.line + 4))
        self.outline.setPen(self.pen(theme.certified, theme.line + 1))
        self.within_reach.setPen(self.pen(theme.text, 1.4, Qt.PenStyle.DashLine))
        self.provisional.setPen(self.pen(theme.accent, theme.line, Qt.PenStyle.DotLine))
        self.marker.setPen(self.pen(theme.text, 2.0))
        self.marker.setBrush(tinted(theme.surface, 0.3))
        self.marker.setSize(theme.px(11))
        for text in self.strengths:
            _dress(text, theme)

    def summary(self) -> str:
        """The corners in words."""
        figure = self.figure
        if figure is None:
            return ""
        if figure.region is None:
            return "Nothing is certified yet; the map shows what it takes."
        corners = ", ".join(f"({a}, {d})" for a, d in figure.region.corners(self.shown_layer))
        terms = f"({figure.region.row_term}, {figure.region.column_term})"
        return f"Certified up to {terms} = {corners or '(0, 0)'}."

    @property
    def shown_layer(self) -> int:
        """The layer on view, from 0."""
        return self.layer.value() - 1

    def mask(self, figure: CellsFigure) -> np.ndarray:
        """Which cells of the layer on view are certified."""
        found = np.zeros((figure.needs.rows, figure.needs.columns), dtype=bool)
        region = figure.region
        if region is None or self.shown_layer >= len(region.layers):
            return found
        cells = region.layers[self.shown_layer]
        for line, row in zip(found, cells, strict=False):
            known = [value is not None for value in row[: len(line)]]
            line[: len(known)] = known
        return found

    def label(self) -> None:
        """The strength in every certified cell, where there is one, and room for it."""
        from engine.core.rounding import round_down

        figure, frame = self.figure, self.pixel_frame()
        for text in self.strengths:
            text.setVisible(False)
        region = figure.region if figure is not None else None
        if figure is None or region is None or not region.strength_term:
            return
        cells = np.argwhere(self.mask(figure))
        if frame.w < 10 or len(cells) > _MOST_WRITTEN:
            return
        while len(self.strengths) < len(cells):
            self.strengths.append(pg.TextItem("", anchor=(0.5, 0.5)))
            _dress(self.strengths[-1], themes.current())
            self.plot.addItem(self.strengths[-1], ignoreBounds=True)
        for text, (row, column) in zip(self.strengths, cells.tolist(), strict=False):
            reach = region.cell(row, column, self.shown_layer) or 0.0
            text.setText(round_down(reach, 2))
            text.setPos(column, row)
            text.setVisible(text_size(text)[0] - 8 <= frame.w / math.ceil(self._shown[0]))

    def change_at(self, place: QPointF) -> Perturbation | None:
        """The cell there."""
        assert self.figure is not None
        column, row, needs = round(place.x()), round(place.y()), self.figure.needs
        if not (0 <= row < needs.rows and 0 <= column < needs.columns):
            return None
        return self._change(row, column)

    def beside(self, change: Perturbation | None, step: Step) -> Perturbation:
        """The next cell."""
        assert self.figure is not None
        needs = self.figure.needs
        if change is None:
            return self._change(0, 0)
        row = int(change[needs.utmost.row_term]) + step[1]
        column = int(change[needs.utmost.column_term]) + step[0]
        return self._change(
            min(max(row, 0), needs.rows - 1), min(max(column, 0), needs.columns - 1)
        )

    def mark(self, change: Perturbation | None) -> None:
        """A ring in the chosen cell."""
        if change is None or self.figure is None:
            self.marker.setData([], [])
            return
        utmost = self.figure.needs.utmost
        self.marker.setData([change[utmost.column_term]], [change[utmost.row_term]])
        layer = int(change[utmost.layer_term]) if utmost.layer_term else self.layer.value()
        if layer != self.layer.value() and 1 <= layer <= self.layer.maximum():
            with QSignalBlocker(self.layer):
                self.layer.setValue(layer)
            self.show_figure(self.figure)  # a ring belongs on the map of its own layer

    @Slot(int)
    def _change_layer(self, layer: int) -> None:
        term = self.figure.needs.utmost.layer_term if self.figure is not None else None
        if self.chosen is not None and term is not None:
            self.chosen = {**self.chosen, term: float(layer)}
            self.asked.emit(self.chosen)
        if self.figure is not None:
            self.show_figure(self.figure)

    def _set_layers(self, figure: CellsFigure) -> None:
        utmost = figure.needs.utmost
        self.layer.setVisible(utmost.layer_term is not None)
        if self.layer.maximum() != figure.needs.layers:
            self.layer.setMaximum(figure.needs.layers)
        if utmost.layer_term:
            self.layer.setPrefix(f"{utmost.things}: ")
            self.layer.setAccessibleName(f"How many {utmost.things} are changed")
            self.layer.setToolTip(f"Shows what is certified for so many changed {utmost.things}")

    def _change(self, row: int, column: int) -> Perturbation:
        assert self.figure is not None
        utmost = self.figure.needs.utmost
        change = {utmost.row_term: float(row), utmost.column_term: float(column)}
        if utmost.layer_term:
            change[utmost.layer_term] = float(self.layer.value())
        if utmost.strength_term:
            change[utmost.strength_term] = 0.0
        return change

    def _draw_map(self, figure: CellsFigure, required: np.ndarray) -> None:
        theme, utmost = themes.current(), figure.needs.utmost
        drawn, self._drawn = self._drawn, (figure.needs, self.shown_layer, theme)
        if drawn and drawn[0] is figure.needs and drawn[1:] == self._drawn[1:]:
            return
        self.image.setImage(heat_image(required, theme), autoLevels=False, levels=(0, 255))
        self.image.setRect(_rect(required.shape))
        self.name_axis("bottom", utmost.column_term)
        self.name_axis("left", utmost.row_term)
        self._shown = (0.0, 0.0)

    def _zoom(self, figure: CellsFigure, required: np.ndarray) -> None:
        """Show what the run is expected to certify, and some more."""
        needs, stands = figure.needs, figure.standing
        inside = required < (stands.p_expected if stands else 1.0)
        inside |= self.mask(figure)
        wide, tall = (max(4.0, float(inside.any(axis=axis).sum())) for axis in (0, 1))
        wanted = (
            self.zoomed(self._shown[0], wide, float(needs.columns)),
            self.zoomed(self._shown[1], tall, float(needs.rows)),
        )
        if wanted != self._shown:
            self._shown = wanted
            x, y = ((-0.5, float(math.ceil(side)) - 0.5) for side in wanted)
            self.view.setRange(xRange=x, yRange=y, padding=0)
            for side, cells in zip(("bottom", "left"), wanted, strict=True):
                every = max(1, round(cells / 10))
                last = int(max(needs.columns, needs.rows))
                ticks = [(i, str(i)) for i in range(0, last, every)]
                self.plot.getAxis(side).setTicks([ticks])


def _rect(shape: tuple[int, ...]) -> QRectF:
    return QRectF(-0.5, -0.5, shape[1], shape[0])


def _dress(text: pg.TextItem, theme: Theme) -> None:
    text.setColor(theme.text)
    text.setFont(theme.font("small"))
