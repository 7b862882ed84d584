"""The certified ball as a disc over a two-dimensional slice through the input."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, ClassVar

import numpy as np
import pyqtgraph as pg
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtWidgets import QGraphicsEllipseItem, QHBoxLayout

from gui import theme as themes
from gui.plots.base import Plot, tinted
from gui.plots.legend import Entry, Legend
from gui.plots.slicemap import NO_CLASS, borders, classes_present, map_picture
from gui.theme import Theme

if TYPE_CHECKING:
    from engine.figures import SliceFigure

_ANGLE = math.radians(28)
"""Direction of the radius line."""


class BallPlot(Plot["SliceFigure"]):
    """Who wins where on the slice, and the disc inside which the answer cannot change."""

    stem: ClassVar[str] = "region"

    def __init__(self) -> None:
        super().__init__("Certified region")

    def build(self) -> None:
        """Picture, borders, samples, disc and legend."""
        self.picture = pg.ImageItem(axisOrder="row-major")
        self.casing, self.outline = pg.PlotDataItem(connect="pairs"), pg.PlotDataItem(connect="pairs")
        self.samples = pg.ScatterPlotItem(pxMode=True)
        self.input = pg.ScatterPlotItem(pxMode=True)
        self.disc_casing, self.disc = QGraphicsEllipseItem(), QGraphicsEllipseItem()
        self.radius_line = pg.PlotDataItem(antialias=True)
        self.radius_label = pg.TextItem("")
        for item in (self.picture, self.casing, self.outline, self.samples, self.disc_casing,
                     self.disc, self.radius_line, self.input, self.radius_label):  # fmt: skip
            self.plot.addItem(item, ignoreBounds=True)
        self.view.setAspectLocked(True)
        self.plot.setLabel("bottom", "l2 distance, pixel units")
        self.legend = Legend()
        self._drawn: tuple[object, ...] = ()
        row = QHBoxLayout()
        row.setSpacing(8)
        self.content.removeWidget(self.canvas)
        row.addWidget(self.canvas, 1)
        row.addWidget(self.legend)
        self.content.addLayout(row, 1)

    def draw(self, figure: SliceFigure) -> None:
        """Maps, disc and dots."""
        theme, extent = themes.current(), figure.extent
        picture = map_picture(figure.base, theme, chosen=figure.center_class)
        self.picture.setImage(picture, autoLevels=False, levels=(0, 255))
        self.picture.setRect(QRectF(-extent, -extent, 2 * extent, 2 * extent))
        x, y = borders(figure.smoothed, extent)
        self.casing.setData(x, y)
        self.outline.setData(x, y)
        inside = figure.samples[(np.abs(figure.samples) <= extent).all(axis=1)]
        self.samples.setData(inside[:, 0], inside[:, 1])
        self.input.setData([0.0], [0.0])
        self._draw_disc(figure.radius)
        self.view.setRange(xRange=(-extent, extent), yRange=(-extent, extent), padding=0)
        self.legend.set_entries(_entries(figure, theme))
        self.set_subtitle(f"slice through the input: {figure.axes[0]} (x) · {figure.axes[1]} (y)")

    def style(self, theme: Theme) -> None:
        """Pens, brushes and fonts."""
        line = theme.px(theme.line)
        self.casing.setPen(pg.mkPen(tinted(theme.surface, 0.85), width=line + 2.5))
        self.outline.setPen(pg.mkPen(theme.text, width=line))
        self.samples.setBrush(tinted(theme.text, 0.55))
        self.samples.setPen(pg.mkPen(tinted(theme.surface, 0.8), width=0.5))
        self.samples.setSize(theme.px(4))
        self.input.setBrush(theme.text)
        self.input.setPen(pg.mkPen(theme.surface, width=1.5))
        self.input.setSize(theme.px(10))
        self.disc_casing.setPen(pg.mkPen(theme.surface, width=line + 4))
        self.disc.setPen(pg.mkPen(theme.certified, width=line + 1))
        self.disc.setBrush(tinted(theme.certified, 0.14))
        self.radius_line.setPen(pg.mkPen(theme.certified, width=line + 0.5))
        self.radius_label.setColor(theme.certified)
        self.radius_label.setFont(theme.font("label", bold=True))
        self.radius_label.fill = pg.mkBrush(tinted(theme.surface, 0.9))
        self.legend.update()

    def summary(self) -> str:
        """The disc and the classes around it in words."""
        figure = self.figure
        if figure is None:
            return ""
        classes = [_name(figure, c) for c in classes_present(figure.base, figure.smoothed)]
        ball = _radius_text(figure.radius) or "nothing is certified"
        answer = "" if figure.center_class is None else f" around answer {_name(figure, figure.center_class)}"
        return f"{ball}{answer}; answers on the slice: {', '.join(classes) or 'none yet'}."

    def label(self) -> None:
        """Write the radius beside its line, inside the frame."""
        figure = self.figure
        if figure is None or figure.radius is None:
            return
        reach = min(figure.radius, figure.extent) * 0.5
        self.radius_label.setAnchor((0.5, 1.15))
        self.radius_label.setPos(QPointF(reach * math.cos(_ANGLE), figure.radius * 0.5))

    def _draw_disc(self, radius: float | None) -> None:
        shown = radius is not None and radius > 0
        for item in (self.disc_casing, self.disc, self.radius_line, self.radius_label):
            item.setVisible(shown)
        if radius is None or not shown:
            return
        rect = QRectF(-radius, -radius, 2 * radius, 2 * radius)
        self.disc_casing.setRect(rect)
        self.disc.setRect(rect)
        self.radius_line.setData(
            [0.0, radius * math.cos(_ANGLE)], [0.0, radius * math.sin(_ANGLE)]
        )
        self.radius_label.setText(_radius_text(radius))


def _radius_text(radius: float | None) -> str:
    from engine.rounding import round_down

    return "" if radius is None else f"R = {round_down(radius, 3)}"


def _name(figure: SliceFigure, index: int) -> str:
    return "no answer" if index == NO_CLASS else figure.class_names[index]


def _entries(figure: SliceFigure, theme: Theme) -> list[Entry]:
    """What the marks mean, then the classes present, the most frequent first."""
    entries = [Entry("the input", theme.text, "dot")]
    if figure.radius is not None:
        entries.append(Entry("certified ball", theme.certified, "ring"))
    entries.append(Entry("smoothed changes", theme.text, "line"))
    for index in classes_present(figure.base, figure.smoothed):
        chosen = index == figure.center_class
        color = theme.muted if index == NO_CLASS else theme.class_color(index, chosen=chosen)
        pattern = (
            Qt.BrushStyle.DiagCrossPattern
            if index == NO_CLASS
            else theme.class_pattern(index, chosen=chosen)
        )
        entries.append(Entry(_name(figure, index), color, "fill", pattern))
    return entries
