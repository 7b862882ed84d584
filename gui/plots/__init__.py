"""Live plots: votes, bounds over n, what it means, and one plot per kind of region."""

from __future__ import annotations

from typing import Any

from gui.plots.ball import BallPlot
from gui.plots.base import Plot
from gui.plots.bounds import BoundsPlot
from gui.plots.curves import CurvePlot
from gui.plots.meaning import MeaningPlot
from gui.plots.votes import VotesPlot

PLOTS: dict[str, type[Plot[Any]]] = {"ball": BallPlot}
"""The plot for each kind of region (``Region.kind``)."""

__all__ = ["PLOTS", "BallPlot", "BoundsPlot", "CurvePlot", "MeaningPlot", "Plot", "VotesPlot"]
