"""What a recorded result certifies, drawn by the plot of its kind; nothing is sampled for it."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from engine.evidence.evidence import Evidence
from engine.figures.images import bare_slice
from engine.figures.regions import region_figure
from engine.regions import radius_of
from gui.plots.base import Plot
from gui.plots.pictures import PLOTS
from gui.plots.region_plot import RegionPlot
from gui.widgets.stack import PageStack

_NO_REGION = "Nothing is certified."


class RegionPlace(PageStack):
    """The place of a region's plot, which is made when its kind is first shown.

    A ball stands alone, in the plane of two coordinates: the slice through the base model's
    decisions is not recorded.

    Attributes:
        plot: that is shown; None before the first.

    Signals:
        notice: kind and sentence.
        enlarged: the plot is to have the room of all that is beside it, or to give it back.
    """

    notice = Signal(str, str)
    enlarged = Signal()

    def __init__(self, *, least: int = 0, parent: QWidget | None = None) -> None:
        super().__init__(parent=parent)
        self.plot: Plot[Any] | None = None
        self._plots: dict[str, Plot[Any]] = {}
        self._least = least

    def show_region(self, evidence: Evidence, pixels: Any = None) -> None:
        """Draw the region of a result.

        Args:
            evidence: of the run.
            pixels: the image it was about, for plots that show it as an attacker would leave it.
        """
        names, scheme = evidence.model.class_names, evidence.settings.scheme
        name = scheme.region_type.picture_for(scheme.inputs)
        name = name if name in PLOTS else "terms"
        figure: Any = region_figure(evidence, names)
        if name == "slice":
            figure = bare_slice(evidence, names, radius_of(evidence.region) or 0.0)
        plot = self.plot = self._plot(name)
        self.setCurrentWidget(plot)
        if isinstance(plot, RegionPlot):
            plot.pixels = pixels
        if figure is None:
            plot.wait(_NO_REGION)
        else:
            plot.show_figure(figure)

    def _plot(self, name: str) -> Plot[Any]:
        if name not in self._plots:
            plot = self._plots[name] = PLOTS[name]()
            plot.notice.connect(self.notice)
            plot.enlarged.connect(self.enlarged)
            plot.setMinimumHeight(self._least)
            self.addWidget(plot)
        return self._plots[name]
