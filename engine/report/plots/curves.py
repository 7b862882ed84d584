"""Curves over one quantity, on a linear or a logarithmic axis."""

from __future__ import annotations

import math
from typing import Any

from engine.figures.curves import CurveFigure
from engine.report.numbers import linear_ticks, log_ticks, short_count
from engine.report.plots.base import Drawing

_HEADROOM = 1.08


class _Axis:
    """Values as fractions of an axis."""

    def __init__(self, low: float, high: float, *, log: bool) -> None:
        self.log = log and low > 0
        self.low, self.high = low, high if high > low else low + 1.0

    def __call__(self, value: float) -> float:
        if self.log:
            return math.log(max(value, self.low) / self.low) / math.log(self.high / self.low)
        return (value - self.low) / (self.high - self.low)

    def ticks(self) -> list[dict[str, Any]]:
        values = (log_ticks if self.log else linear_ticks)(self.low, self.high)
        words = short_count if self.log else "{:g}".format
        return [{"at": self(value), "text": words(value)} for value in values]


def draw(figure: CurveFigure) -> Drawing:
    """All curves in one frame; dashed ones are limits."""
    xs = [x for curve in figure.curves for x, _ in curve.points]
    ys = [y for curve in figure.curves for _, y in curve.points]
    low = min(xs, default=1.0) if figure.log_x else 0.0
    across = _Axis(low, max(xs, default=1.0), log=figure.log_x)
    up = _Axis(0.0, _HEADROOM * max(ys, default=1.0), log=False)
    return Drawing(
        kind="curves",
        width=120,
        height=76,
        data={
            "title": figure.title,
            "subtitle": figure.subtitle,
            "x-name": figure.x_name,
            "y-name": figure.y_name,
            "x-ticks": across.ticks(),
            "y-ticks": up.ticks(),
            "curves": [
                {
                    "name": curve.name,
                    "dashed": curve.dashed,
                    "points": [[across(x), up(y)] for x, y in curve.points],
                }
                for curve in figure.curves
            ],
            "mark": None if figure.mark is None else across(figure.mark),
            "mark-text": figure.mark_name,
        },
        alt=f"{figure.y_name} over {figure.x_name}: "
        + ", ".join(curve.name for curve in figure.curves),
    )
