"""Curves over one quantity, on a linear or a logarithmic axis."""

from __future__ import annotations

from engine.figures.axes import Axis
from engine.figures.curves import CurveFigure
from engine.report.plots.base import Drawing, marked


def draw(figure: CurveFigure) -> Drawing:
    """All curves in one frame; dashed ones are limits."""
    low, high = figure.x_range
    across, up = Axis(low, high, log=figure.log_x and low > 0), Axis(0.0, figure.top)
    return Drawing(
        kind="curves",
        width=120,
        height=76,
        data={
            "title": figure.title,
            "subtitle": figure.subtitle,
            "x-name": figure.x_name,
            "y-name": figure.y_name,
            "x-ticks": marked(across.ticks()),
            "y-ticks": marked(up.ticks()),
            "curves": [
                {
                    "name": curve.name,
                    "dashed": curve.dashed,
                    "points": [[across(x), up(y)] for x, y in curve.points],
                    "band": [[across(x), up(low), up(high)] for x, low, high in curve.band],
                }
                for curve in figure.curves
            ],
            "mark": None if figure.mark is None else across(figure.mark),
            "mark-text": figure.mark_name,
            "shape": figure.top / (high - low) if figure.one_scale else None,
        },
        alt=f"{figure.y_name} over {figure.x_name}: "
        + ", ".join(curve.name for curve in figure.curves),
    )
