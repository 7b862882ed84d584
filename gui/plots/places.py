"""Keypoints and boxes on the image, with the intervals of a model's numbers beside it."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

import numpy as np
from PySide6.QtWidgets import QHBoxLayout, QWidget

from gui.plots.base import Plot
from gui.widgets.facts import FactsTable
from gui.widgets.image import ImageView
from gui.widgets.layouts import filled
from gui.widgets.scroll import ScrollColumn

if TYPE_CHECKING:
    from engine.figures.places import PlacesFigure

_SIDE = 320
"""Pixels of the drawing, which the view scales."""


class PlacesPlot(Plot["PlacesFigure"]):
    """Where a model's outputs stay; the frames shrink while samples come in."""

    stem: ClassVar[str] = "places"

    def __init__(self) -> None:
        super().__init__("Guaranteed places")

    def make_body(self) -> QWidget:
        """The image, and a row for every number."""
        body = QWidget()
        self.view, self.rows = ImageView(), FactsTable()
        scroll = ScrollColumn("Intervals", spacing=4)
        scroll.column.addWidget(self.rows)
        scroll.column.addStretch(1)
        filled(QHBoxLayout(body), (self.view, 3), (scroll, 2), spacing=8)
        return body

    def draw(self, figure: PlacesFigure) -> None:
        """The picture and the numbers as they stand."""
        self.view.setVisible(figure.pixels is not None)
        if figure.pixels is not None:
            from engine.report.plots.places import raster  # its package loads typst

            drawn = raster(figure, _SIDE).transpose(2, 0, 1).astype(np.float32)
            self.view.show_pixels(drawn / np.float32(255), figure.claim)
        self.rows.show_rows([(one.name, one.ends()) for one in figure.intervals])
        self.set_subtitle(f"{figure.bounded}, {figure.unit}" if figure.unit else figure.bounded)

    def summary(self) -> str:
        """How many have both ends, and where each stays."""
        if self.figure is None:
            return ""
        listed = "; ".join(one.in_words() for one in self.figure.intervals)
        return f"{self.figure.bounded}, {self.figure.claim}: {listed}."
