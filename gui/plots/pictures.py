"""The plot for each picture of a region."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from gui.plots.ball import BallPlot
from gui.plots.base import Plot
from gui.plots.count import CountPlot
from gui.plots.grid_map import MapPlot
from gui.plots.light_cells import LightCellsPlot
from gui.plots.places import PlacesPlot
from gui.plots.ring import RingPlot
from gui.plots.terms import TermsPlot

PLOTS: dict[str, Callable[[], Plot[Any]]] = {
    "slice": BallPlot,
    "bars": CountPlot,
    "map": MapPlot,
    "terms": TermsPlot,
    "ring": RingPlot,
    "cells": LightCellsPlot,
    "places": PlacesPlot,
}
"""By ``Region.picture``; ``terms`` serves any other, ``places`` runs that measure numbers."""
