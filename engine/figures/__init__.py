"""The data behind each image: what window and report draw, and what CSV export writes.

A figure is made from evidence and maps once; the window draws it with pyqtgraph, the report with
typst (``engine.report.drawing``). Neither reads the other's widgets.
"""

from __future__ import annotations

from typing import Any, Literal

from engine.figures.bounds import NOISE_WORDS, BoundsFigure, ProvisionalPoint, bounds_figure
from engine.figures.comparison import TradeOffFigure
from engine.figures.curves import Curve, CurveFigure
from engine.figures.examples import Attack, Example, ExamplesFigure
from engine.figures.graphs import GraphNode, NeighbourhoodFigure
from engine.figures.images import Illustrations, SliceFigure, has_slice
from engine.figures.media import (
    CellsMedium,
    GraphMedium,
    ImageMedium,
    Medium,
    NodeTouch,
    WordsMedium,
)
from engine.figures.regions import RegionFigure, picture_of, preview_figure, region_figure
from engine.figures.standing import Standing
from engine.figures.votes import OTHER, Bar, VotesFigure, votes_figure

Figure = (
    VotesFigure
    | BoundsFigure
    | SliceFigure
    | RegionFigure[Any]
    | ExamplesFigure
    | CurveFigure
    | TradeOffFigure
)
FigureFormat = Literal["png", "svg", "pdf"]

__all__ = [
    "Attack",
    "Bar",
    "BoundsFigure",
    "CellsMedium",
    "Curve",
    "CurveFigure",
    "Example",
    "ExamplesFigure",
    "Figure",
    "FigureFormat",
    "GraphMedium",
    "GraphNode",
    "Illustrations",
    "ImageMedium",
    "Medium",
    "NOISE_WORDS",
    "NeighbourhoodFigure",
    "NodeTouch",
    "OTHER",
    "ProvisionalPoint",
    "RegionFigure",
    "SliceFigure",
    "Standing",
    "VotesFigure",
    "WordsMedium",
    "bounds_figure",
    "has_slice",
    "picture_of",
    "preview_figure",
    "region_figure",
    "votes_figure",
]
