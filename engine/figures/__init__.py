"""The data behind each image: what window and report draw, and what CSV export writes.

A figure is made from evidence and maps once; the window draws it with pyqtgraph, the report with
typst (``engine.report.drawing``). Neither reads the other's widgets.
"""

from __future__ import annotations

from typing import Literal

from engine.figures.attack import Attack, Changed
from engine.figures.bounds import NOISE_WORDS, BoundsFigure, ProvisionalPoint, bounds_figure
from engine.figures.changes import applied, described, sizes
from engine.figures.comparison import TradeOffFigure
from engine.figures.curves import Curve, CurveFigure
from engine.figures.graph_examples import FlipAttack, NodeSample, NodesFigure, NodeTouch
from engine.figures.graphs import GraphNode, NeighbourhoodFigure
from engine.figures.images import Illustrations, MeaningFigure, SliceFigure, has_slice
from engine.figures.regions import (
    CellsFigure,
    CountFigure,
    RegionFigure,
    StaircaseFigure,
    preview_figure,
    region_figure,
)
from engine.figures.row_examples import (
    FieldStep,
    RowAttack,
    RowCell,
    RowColumn,
    RowsFigure,
    RowValues,
)
from engine.figures.standing import Standing
from engine.figures.text_examples import Substitution, WordAttack, Wording, WordsFigure
from engine.figures.votes import OTHER, Bar, VotesFigure, votes_figure

Meaning = MeaningFigure | NodesFigure | RowsFigure | WordsFigure
"""What the numbers mean, for each kind of input."""
Figure = (
    VotesFigure
    | BoundsFigure
    | SliceFigure
    | CountFigure
    | StaircaseFigure
    | CellsFigure
    | Meaning
    | CurveFigure
    | TradeOffFigure
)
FigureFormat = Literal["png", "svg", "pdf"]

__all__ = [
    "NOISE_WORDS",
    "OTHER",
    "Attack",
    "Bar",
    "BoundsFigure",
    "CellsFigure",
    "Changed",
    "CountFigure",
    "Curve",
    "CurveFigure",
    "Figure",
    "FigureFormat",
    "FieldStep",
    "FlipAttack",
    "GraphNode",
    "Illustrations",
    "Meaning",
    "MeaningFigure",
    "NeighbourhoodFigure",
    "NodeSample",
    "NodeTouch",
    "NodesFigure",
    "ProvisionalPoint",
    "RegionFigure",
    "RowAttack",
    "RowCell",
    "RowColumn",
    "RowValues",
    "RowsFigure",
    "SliceFigure",
    "StaircaseFigure",
    "Standing",
    "Substitution",
    "VotesFigure",
    "WordAttack",
    "Wording",
    "WordsFigure",
    "applied",
    "bounds_figure",
    "described",
    "has_slice",
    "preview_figure",
    "region_figure",
    "sizes",
    "votes_figure",
]
