"""Figures made ready to be drawn, one file per kind."""

from __future__ import annotations

from engine.figures import (
    BoundsFigure,
    CellsFigure,
    CountFigure,
    CurveFigure,
    Figure,
    Meaning,
    NodesFigure,
    RowsFigure,
    SliceFigure,
    StaircaseFigure,
    VotesFigure,
    WordsFigure,
)
from engine.figures.comparison import TradeOffFigure
from engine.report.plots import bounds, cells, counts, curves, region, staircase, votes
from engine.report.plots import comparison as tradeoff
from engine.report.plots import examples as meaning
from engine.report.plots import graph_examples as nodes
from engine.report.plots import row_examples as rows
from engine.report.plots import text_examples as wording
from engine.report.plots.base import Drawing


def drawing(figure: Figure, *, dark: bool = False) -> Drawing:
    """A figure of any kind, placed in its frame."""
    if isinstance(figure, VotesFigure):
        return votes.draw(figure)
    if isinstance(figure, BoundsFigure):
        return bounds.draw(figure)
    if isinstance(figure, SliceFigure):
        return region.draw(figure, dark=dark)
    if isinstance(figure, StaircaseFigure):
        return staircase.draw(figure, dark=dark)
    if isinstance(figure, CellsFigure):
        return cells.draw(figure, dark=dark)
    if isinstance(figure, CountFigure):
        return counts.draw(figure)
    if isinstance(figure, CurveFigure):
        return curves.draw(figure)
    if isinstance(figure, TradeOffFigure):
        return tradeoff.draw(figure, dark=dark)
    return _meaning(figure, dark=dark)


def _meaning(figure: Meaning, *, dark: bool) -> Drawing:
    if isinstance(figure, NodesFigure):
        return nodes.draw(figure, dark=dark)
    if isinstance(figure, RowsFigure):
        return rows.draw(figure)
    if isinstance(figure, WordsFigure):
        return wording.draw(figure)
    return meaning.draw(figure)


__all__ = ["Drawing", "drawing"]
