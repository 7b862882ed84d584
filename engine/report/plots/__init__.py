"""Figures made ready to be drawn, one file per kind."""

from __future__ import annotations

from engine.figures import BoundsFigure, Figure, SliceFigure, VotesFigure
from engine.report.plots import bounds, meaning, region, votes
from engine.report.plots.base import Drawing


def drawing(figure: Figure, *, dark: bool = False) -> Drawing:
    """A figure of any kind, placed in its frame."""
    if isinstance(figure, VotesFigure):
        return votes.draw(figure)
    if isinstance(figure, BoundsFigure):
        return bounds.draw(figure)
    if isinstance(figure, SliceFigure):
        return region.draw(figure, dark=dark)
    return meaning.draw(figure)


__all__ = ["Drawing", "drawing"]
