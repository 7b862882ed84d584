"""Live plots: votes, bounds over n, examples, and one plot per kind of region."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from gui.plots.ball import BallPlot
from gui.plots.base import Plot
from gui.plots.bounds import BoundsPlot
from gui.plots.count import CountPlot
from gui.plots.curves import CurvePlot
from gui.plots.examples import ExamplesPlot
from gui.plots.grid_map import MapPlot
from gui.plots.region_plot import RegionPlot
from gui.plots.terms import TermsPlot
from gui.plots.votes import VotesPlot

PLOTS: dict[str, Callable[[], Plot[Any]]] = {
    "slice": BallPlot,
    "bars": CountPlot,
    "map": MapPlot,
    "terms": TermsPlot,
}
"""The plot for each picture of a region (``Region.picture``); ``terms`` serves any other."""

__all__ = [
    "PLOTS",
    "BallPlot",
    "BoundsPlot",
    "CountPlot",
    "CurvePlot",
    "ExamplesPlot",
    "MapPlot",
    "Plot",
    "RegionPlot",
    "TermsPlot",
    "VotesPlot",
]
