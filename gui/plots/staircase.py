"""The certified strength of every count, as a staircase over the map of what it takes."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np
import pyqtgraph as pg
from PySide6.QtCore import QPointF, QRectF, Qt

from gui.plots.chart import text_size, tinted
from gui.plots.heat import heat_image
from gui.plots.region_plot import RegionPlot, Step, beside_claim, entries, whose
from gui.style import theme as themes
from gui.style.theme import Theme

if TYPE_CHECKING:
    from engine.figures import StaircaseFigure
    from engine.regions import Perturbation
    from engine.regions.required_probability import StaircaseMap

_LABELLED = 12
"""Up to so many columns bear their strength."""
_ROWS = 20
"""Steps of the arrow keys from bottom to top."""


class StaircasePlot(RegionPlot["StaircaseFigure"]):
    """Columns of counts; each is certified up to its step, and shows what more would take."""

    def build(self) -> None:
        """Map, staircase, what can still be reached, and the chosen change."""
        self._map: StaircaseMap | None = None
        self._theme: Theme | None = None
        self._shown = (0.0, 0.0)
        self.image = pg.ImageItem(axisOrder="row-major")
        self.steps = pg.PlotCurveItem(fillLevel=0.0)
        self.casing, self.within_reach = pg.PlotCurveItem(), pg.PlotCurveItem()
        self.provisional = pg.PlotCurveItem()
        self.marker = pg.ScatterPlotItem(pxMode=True, symbol="o")
        self.marker.setZValue(20)
        self.strengths = [pg.TextItem("", anchor=(0.5, 1.0)) for _ in range(_LABELLED)]
        for item in (self.image, self.within_reach, self.provisional, self.casing, self.steps,
                     self.marker, *self.strengths):  # fmt: skip
            self.plot.addItem(item, ignoreBounds=True)
        for axis in ("left", "bottom"):
            self.plot.getAxis(axis).setZValue(1)
        self.plot.getAxis("left").setTickDensity(0.7)

    def draw(self, figure: StaircaseFigure) -> None:
        """The staircase as it stands; the map only when it is another one."""
        self._draw_map(figure)
        certified = _outline(_heights(figure))
        for item in (self.casing, self.steps):
            item.setData(*certified)
        beside = (self.within_reach, self.provisional)
        for item, p in zip(beside, beside_claim(figure), strict=True):
            item.setData(*_outline(np.zeros(0) if p is None else figure.needs.reach(p)))
        self.set_subtitle(whose(figure))
        self.legend.set_entries(entries(figure, themes.current()))
        self._zoom(figure)
        self.mark(self.chosen)

    def style(self, theme: Theme) -> None:
        """Pens, brushes and fonts."""
        self.steps.setPen(self.pen(theme.certified, theme.line + 1))
        self.steps.setBrush(tinted(theme.certified, 0.34))
        self.casing.setPen(self.pen(theme.surface, theme.line + 4))
        self.within_reach.setPen(self.pen(theme.text, 1.4, Qt.PenStyle.DashLine))
        self.provisional.setPen(self.pen(theme.accent, theme.line, Qt.PenStyle.DotLine))
        self.marker.setPen(self.pen(theme.text, 2.0))
        self.marker.setBrush(tinted(theme.surface, 0.3))
        self.marker.setSize(theme.px(11))
        for text in self.strengths:
            text.setColor(theme.certified)
            text.setFont(theme.font("small", bold=True))
            text.fill = pg.mkBrush(tinted(theme.surface, 0.85))

    def summary(self) -> str:
        """The steps in words."""
        figure = self.figure
        if figure is None:
            return ""
        if figure.region is None:
            return "Nothing is certified yet; the map shows what it takes."
        return f"Certified: {figure.region.headline()} ({figure.region.note()})."

    def label(self) -> None:
        """The strength above every step, where there is room."""
        from engine.core.rounding import round_down

        figure, frame = self.figure, self.pixel_frame()
        if figure is None or frame.w < 10:
            return
        heights = _heights(figure)
        slot = frame.w / max(1.0, math.ceil(self._shown[0]))
        for text in self.strengths:
            text.setVisible(False)
        if np.count_nonzero(heights) > _LABELLED:
            return
        for j, (text, height) in enumerate(zip(self.strengths, heights.tolist(), strict=False)):
            if height <= 0:
                continue
            text.setText(round_down(height, 3))
            width, tall = text_size(text)
            at = self.view.mapViewToScene(QPointF(j, height))
            at.setY(max(at.y() - 2, frame.y + tall))
            text.setPos(self.view.mapSceneToView(at))
            text.setVisible(width <= slot + 8)

    def change_at(self, place: QPointF) -> Perturbation | None:
        """Count and strength there."""
        assert self.figure is not None
        needs = self.figure.needs
        column = round(place.x())
        if not 0 <= column < len(needs.counts) or not 0 <= place.y() <= needs.top:
            return None
        return self._change(column, round(place.y(), 3))

    def beside(self, change: Perturbation | None, step: Step) -> Perturbation:
        """A column or a twentieth of the height further."""
        assert self.figure is not None
        needs = self.figure.needs
        if change is None:
            return self._change(0, round(needs.top / 2, 3))
        column = _column(needs, change) + step[0]
        strength = change[needs.utmost.strength_term] + step[1] * needs.top / _ROWS
        column = min(max(column, 0), len(needs.counts) - 1)
        return self._change(column, round(min(max(strength, 0.0), needs.top), 3))

    def mark(self, change: Perturbation | None) -> None:
        """A ring at the chosen change."""
        if change is None or self.figure is None:
            self.marker.setData([], [])
            return
        needs = self.figure.needs
        strength = change[needs.utmost.strength_term]
        self.marker.setData([_column(needs, change)], [min(strength, needs.top)])

    def _change(self, column: int, strength: float) -> Perturbation:
        assert self.figure is not None
        needs = self.figure.needs
        return {
            needs.utmost.count_term: float(needs.counts[column]),
            needs.utmost.strength_term: strength,
        }

    def _draw_map(self, figure: StaircaseFigure) -> None:
        needs, theme = figure.needs, themes.current()
        if needs is self._map and theme is self._theme:
            return
        self._map, self._theme = needs, theme
        columns = len(needs.counts)
        self.image.setImage(heat_image(needs.required, theme), autoLevels=False)
        self.image.setRect(QRectF(-0.5, 0.0, columns, needs.top))
        every = -(-columns // 16)
        ticks = [(j, str(count)) for j, count in enumerate(needs.counts) if j % every == 0]
        self.plot.getAxis("bottom").setTicks([ticks])
        utmost = needs.utmost
        self.name_axis("bottom", f"changed {utmost.things}")
        self.name_axis("left", f"{utmost.strength_term} ({utmost.norm} norm)")
        self._shown = (0.0, 0.0)

    def _zoom(self, figure: StaircaseFigure) -> None:
        """Show what the run is expected to certify, and some more."""
        needs, stands = figure.needs, figure.standing
        reach = needs.reach(stands.p_expected if stands else 1.0)
        high = max(float(reach.max()), float(_heights(figure).max()), 0.1 * needs.top)
        wide = float(np.count_nonzero(reach) + 1)
        wanted = (
            self.zoomed(self._shown[0], wide, float(len(needs.counts))),
            self.zoomed(self._shown[1], high, needs.top),
        )
        if wanted != self._shown:
            self._shown = wanted
            x = (-0.5, math.ceil(wanted[0]) - 0.5)
            self.view.setRange(xRange=x, yRange=(0.0, wanted[1]), padding=0)


def _heights(figure: StaircaseFigure) -> np.ndarray:
    """Certified strength per column, 0 where none is."""
    region = figure.region
    if region is None:
        return np.zeros(len(figure.needs.counts))
    return np.array([region.strength(count) or 0.0 for count in figure.needs.counts])


def _outline(heights: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """A staircase from the ground to the ground, as far as its steps are above it."""
    steps = heights[: int(np.argmin(heights > 0)) if (heights <= 0).any() else len(heights)]
    if not len(steps):
        return np.zeros(0), np.zeros(0)
    x = np.repeat(np.arange(len(steps) + 1) - 0.5, 2)
    return x, np.concatenate(([0.0], np.repeat(steps, 2), [0.0]))


def _column(needs: StaircaseMap, change: Perturbation) -> int:
    count = change[needs.utmost.count_term]
    return min(int(np.searchsorted(needs.counts, count)), len(needs.counts) - 1)
