"""Live plots: votes, bounds over n, examples, and one plot per kind of region."""

from __future__ import annotations

from typing import Any

from gui.plots.ball import BallPlot
from gui.plots.base import Plot
from gui.plots.bounds import BoundsPlot
from gui.plots.cellmap import CellsPlot
from gui.plots.count import CountPlot
from gui.plots.curves import CurvePlot
from gui.plots.examples import ExamplesPlot
from gui.plots.region_plot import RegionPlot
from gui.plots.staircase import StaircasePlot
from gui.plots.votes import VotesPlot

PLOTS: dict[str, type[Plot[Any]]] = {
    "ball": BallPlot,
    "count": CountPlot,
    "staircase": StaircasePlot,
    "cells": CellsPlot,
}
"""The plot for each kind of region (``Region.kind``)."""

__all__ = [
    "PLOTS",
    "BallPlot",
    "BoundsPlot",
    "CellsPlot",
    "CountPlot",
    "CurvePlot",
    "ExamplesPlot",
    "Plot",
    "RegionPlot",
    "StaircasePlot",
    "VotesPlot",
]
