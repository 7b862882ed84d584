"""Curves over one quantity: the expected radius over n, certified accuracy over the radius."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, Literal, NamedTuple

import numpy as np
from PySide6.QtCore import QPoint, Qt

from engine.figures.axes import signed
from gui.plots.candidate_key import ink
from gui.plots.chart import Chart, tinted
from gui.plots.graphics import pg
from gui.plots.legend import Entry, Legend
from gui.style import theme as themes
from gui.style.theme import Theme

if TYPE_CHECKING:
    from engine.figures.curves import CurveFigure


_THIN = 0.16
"""How opaque a band is."""
_DOT = 6
"""Pixels of a curve of one point, before scaling."""
_BESIDE = 0.04
"""Part of the axis beside a dot at its end."""
_COLORS = 5
"""Curves that their colours alone tell apart; the sixth resembles the fifth in high contrast."""


class _Band(NamedTuple):
    """The edges of a band, which are not drawn, and what fills it."""

    low: pg.PlotDataItem
    high: pg.PlotDataItem
    fill: pg.FillBetweenItem

    @classmethod
    def made(cls) -> _Band:
        """Nothing yet, below everything else."""
        low, high = pg.PlotDataItem(), pg.PlotDataItem()
        fill = pg.FillBetweenItem(low.curve, high.curve)
        for edge in (low, high):
            edge.setPen(None)
        fill.setZValue(-1)
        return cls(low, high, fill)


_MARKS: dict[Qt.PenStyle, Literal["line", "dash", "dash-dot"]] = {
    Qt.PenStyle.SolidLine: "line",
    Qt.PenStyle.DashLine: "dash",
    Qt.PenStyle.DashDotLine: "dash-dot",
}
"""How the legend shows a curve."""


def _dash(place: int) -> Qt.PenStyle:
    return Qt.PenStyle.SolidLine if place < _COLORS else Qt.PenStyle.DashDotLine


class CurvePlot(Chart["CurveFigure"]):
    """Named lines with a legend below; dashed ones are limits to compare with."""

    stem: ClassVar[str] = "curves"

    def __init__(self, title: str) -> None:
        super().__init__(title)
        self.legend = Legend()
        self.legend.flowing = True
        self.legend.setFixedHeight(self.legend.height_for(300))
        self.content.addWidget(self.legend)
        self.legend.hide()

    def build(self) -> None:
        """Lines are made as curves come."""
        self.lines: list[pg.PlotDataItem] = []
        self.bands: list[_Band] = []
        self.marked = pg.InfiniteLine(angle=90)
        self.add(self.marked)
        self.plot.getAxis("left").setTickDensity(0.6)

    def axes(self) -> dict[str, pg.AxisItem]:
        """Counts along the bottom, where they are counts."""
        from gui.plots.axes import CountAxis  # it loads pyqtgraph

        return {"bottom": CountAxis("bottom")}

    def draw(self, figure: CurveFigure) -> None:
        """Give the lines their data, and both axes their ranges."""
        while len(self.lines) < len(figure.curves):
            self.lines.append(pg.PlotDataItem(antialias=True))
            self.add(self.lines[-1])
        for line in self.lines[len(figure.curves) :]:
            line.setData([], [])
        for line, curve in zip(self.lines, figure.curves, strict=False):
            x = self._x(figure, [x for x, _ in curve.points])
            alone = len(curve.points) == 1  # a line through one point is not seen
            line.setData(x, [y for _, y in curve.points], symbol="o" if alone else None)
        self._draw_bands(figure)
        self._set_ranges(figure)
        self.plot.getAxis("bottom").setLogMode(figure.log_x)
        self.plot.getAxis("bottom").set_whole(on=figure.whole_x)
        self.name_axis("bottom", figure.x_name)
        self.name_axis("left", figure.y_name)
        self.marked.setVisible(figure.mark is not None)
        if figure.mark is not None:
            self.marked.setValue(float(self._x(figure, [figure.mark])[0]))
        self.title.setText(figure.title)
        self.set_subtitle(figure.subtitle)
        self._dress(themes.current())

    def dress(self, theme: Theme) -> None:
        """Pens."""
        self.marked.setPen(self.pen(theme.muted, 1.2, Qt.PenStyle.DotLine))
        self._dress(theme)

    def summary(self) -> str:
        """Where every curve ends."""
        if self.figure is None:
            return "Nothing is shown yet."
        ends = [
            f"{curve.name} ends at {curve.points[-1][1]:.4g}"
            for curve in self.figure.curves
            if curve.points
        ]
        return f"{self.figure.y_name} over {self.figure.x_name}: {'; '.join(ends)}."

    def under(self, at: QPoint) -> str:
        """The value of every curve there."""
        place, figure = self.place_under(at), self.figure
        if place is None or figure is None:
            return ""
        x = 10.0 ** place.x() if figure.log_x else place.x()
        found = [(curve.name, curve.at(x)) for curve in figure.curves]
        values = [f"{name}: {signed(round(y, 4))}" for name, y in found if y is not None]
        return "\n".join([f"{figure.x_name} {x:.4g}", *values]) if values else ""

    def wait(self, sentence: str) -> None:
        """No legend without curves."""
        super().wait(sentence)
        if hasattr(self, "legend"):
            self.legend.hide()

    def _dress(self, theme: Theme) -> None:
        figure = self.figure
        if figure is None or not hasattr(self, "legend"):
            return
        entries = []
        for place, (line, curve) in enumerate(zip(self.lines, figure.curves, strict=False)):
            paint = theme.muted if curve.dashed else ink(place, theme)
            dash = Qt.PenStyle.DashLine if curve.dashed else _dash(place)
            line.setPen(self.pen(paint, 1.4 if curve.dashed else theme.line, dash))
            line.setSymbolBrush(paint)
            line.setSymbolPen(None)
            line.setSymbolSize(themes.current().px(_DOT))
            if place < len(self.bands):
                self.bands[place].fill.setBrush(tinted(paint, _THIN))
            entries.append(Entry(curve.name, paint, _MARKS[dash]))
        if figure.mark is not None:
            entries.append(Entry(figure.mark_name, theme.muted, "dots"))
        self.legend.set_entries(entries)
        self.legend.setFixedHeight(self.legend.height_for(max(200, self.width() - 30)))
        self.legend.show()

    def _draw_bands(self, figure: CurveFigure) -> None:
        """Bands lie under all lines; without any, none is made."""
        if any(curve.band for curve in figure.curves):
            while len(self.bands) < len(figure.curves):
                self.bands.append(_Band.made())
                self.add(*self.bands[-1])
        for place, band in enumerate(self.bands):
            shown = figure.curves[place].band if place < len(figure.curves) else ()
            x = self._x(figure, [x for x, _, _ in shown])
            band.low.setData(x, [low for _, low, _ in shown])
            band.high.setData(x, [high for _, _, high in shown])

    @staticmethod
    def _x(figure: CurveFigure, values: list[float]) -> np.ndarray:
        x = np.array(values, dtype=float)
        return np.log10(np.maximum(x, 1e-12)) if figure.log_x else x

    def _set_ranges(self, figure: CurveFigure) -> None:
        start, end = self._x(figure, list(figure.x_range)).tolist()
        if any(len(curve.points) == 1 for curve in figure.curves):
            end += _BESIDE * (end - start)  # or half of a dot at the end would be cut
        top = figure.top
        if figure.one_scale:  # the axis that has more room than it needs goes on
            each = max((end - start) / self.view.width(), top / self.view.height())
            beside = (each * self.view.width() - (end - start)) / 2
            start, end, top = start - beside, end + beside, each * self.view.height()
        self.view.setAspectLocked(figure.one_scale)
        self.view.setRange(xRange=(start, end), yRange=(0.0, top), padding=0)
