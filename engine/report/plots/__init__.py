"""Figures made ready to be drawn, one file per kind."""

from __future__ import annotations

from typing import Any

from engine.figures.bounds import BoundsFigure
from engine.figures.comparison import TradeOffFigure
from engine.figures.curves import CurveFigure
from engine.figures.examples import ExamplesFigure
from engine.figures.images import SliceFigure
from engine.figures.places import PlacesFigure
from engine.figures.regions import RegionFigure
from engine.figures.votes import VotesFigure
from engine.report.plots import bounds, curves, examples, places, region, slices, votes
from engine.report.plots import comparison as tradeoff
from engine.report.plots.base import Drawing

Figure = (
    VotesFigure
    | BoundsFigure
    | SliceFigure
    | RegionFigure[Any]
    | ExamplesFigure
    | PlacesFigure
    | CurveFigure
    | TradeOffFigure
)


def drawing(figure: Figure, *, dark: bool = False) -> Drawing:
    """A figure of any kind, placed in its frame."""
    if isinstance(figure, VotesFigure):
        return votes.draw(figure)
    if isinstance(figure, BoundsFigure):
        return bounds.draw(figure)
    if isinstance(figure, SliceFigure):
        return slices.draw(figure, dark=dark)
    if isinstance(figure, RegionFigure):
        return region.draw(figure, dark=dark)
    if isinstance(figure, CurveFigure):
        return curves.draw(figure)
    if isinstance(figure, ExamplesFigure):
        return examples.draw(figure, dark=dark)
    if isinstance(figure, PlacesFigure):
        return places.draw(figure, dark=dark)
    return tradeoff.draw(figure, dark=dark)


__all__ = ["Drawing", "Figure", "drawing"]
