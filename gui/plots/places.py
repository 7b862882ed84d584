"""Keypoints and boxes on the image, with the intervals of a model's numbers beside it."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QVBoxLayout, QWidget

from gui.plots.base import Plot
from gui.plots.legend import Entry, Legend
from gui.widgets.facts import FactsTable
from gui.widgets.frames import ink_of
from gui.widgets.image import ImageView
from gui.widgets.layouts import filled
from gui.widgets.scroll import ScrollColumn

if TYPE_CHECKING:
    from PySide6.QtGui import QResizeEvent

    from engine.figures.places import PlacesFigure


class PlacesPlot(Plot["PlacesFigure"]):
    """Where a model's outputs stay; the frames shrink while samples come in."""

    stem: ClassVar[str] = "places"

    def __init__(self) -> None:
        super().__init__("Guaranteed places")

    def make_body(self) -> QWidget:
        """The image beside a row for every number, and below it the names of its frames."""
        body, row = QWidget(), QWidget()
        self.view, self.rows, self.legend = ImageView(), FactsTable(), Legend()
        self.legend.flowing = True
        self.legend.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        scroll = ScrollColumn("Intervals", spacing=4)
        scroll.column.addWidget(self.rows)
        scroll.column.addStretch(1)
        filled(QHBoxLayout(row), (self.view, 3), (scroll, 2), spacing=8)
        filled(QVBoxLayout(body), (row, 1), self.legend, spacing=4)
        return body

    def draw(self, figure: PlacesFigure) -> None:
        """The picture and the numbers as they stand."""
        self.view.setVisible(figure.pixels is not None)
        if figure.pixels is not None:
            self.view.show_pixels(figure.pixels, figure.claim, frames=figure.places)
        names = [place.name for place in figure.places]
        self.legend.set_entries([Entry(name, ink_of(i), "line") for i, name in enumerate(names)])
        self._fit_legend()
        self.rows.show_rows([(one.name, one.ends()) for one in figure.intervals])
        self.set_subtitle(f"{figure.bounded}, {figure.unit}" if figure.unit else figure.bounded)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Another width may need another row of names."""
        super().resizeEvent(event)
        if self.is_made:
            self._fit_legend()

    def _fit_legend(self) -> None:
        self.legend.setVisible(bool(self.legend.entries))
        self.legend.setFixedHeight(self.legend.height_for(max(200, self.width() - 30)))

    def summary(self) -> str:
        """How many have both ends, and where each stays."""
        if self.figure is None:
            return ""
        listed = "; ".join(one.in_words() for one in self.figure.intervals)
        return f"{self.figure.bounded}, {self.figure.claim}: {listed}."
