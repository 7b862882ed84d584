"""Bounds over n: what may be claimed after each vote."""

from __future__ import annotations

import math
from itertools import pairwise
from typing import Any

from engine.evidence.evidence import TrajectoryPoint
from engine.figures.bounds import BoundsFigure
from engine.report.numbers import count, linear_ticks, log_ticks, lower, short_count, upper
from engine.report.plots.base import Drawing


def _runs(points: tuple[TrajectoryPoint, ...]) -> list[tuple[bool, list[TrajectoryPoint]]]:
    """Stretches of the curve; one is valid where both its ends are, else provisional."""
    runs: list[tuple[bool, list[TrajectoryPoint]]] = []
    for before, point in pairwise(points):
        valid = before.valid and point.valid
        if not runs or runs[-1][0] != valid:
            runs.append((valid, [before]))
        runs[-1][1].append(point)
    return runs


class _Scale:
    """n on a logarithmic axis that ends at the planned n."""

    def __init__(self, figure: BoundsFigure) -> None:
        ns = [point.n for point in figure.points if point.n > 0]
        self.high = float(max([figure.n_plan, *ns]))
        self.low = float(min([*ns, self.high / 10]))

    def __call__(self, n: float) -> float:
        return math.log(max(n, self.low) / self.low) / math.log(self.high / self.low)

    def ticks(self) -> list[dict[str, Any]]:
        places = [(self(n), short_count(n)) for n in log_ticks(self.low, self.high)]
        return [{"at": at, "text": text} for at, text in places]


def _last(figure: BoundsFigure, scale: _Scale) -> dict[str, Any] | None:
    if not figure.points:
        return None
    point = figure.points[-1]
    return {
        "x": scale(point.n),
        "lower": point.p_lower,
        "upper": point.p_upper,
        "lower-text": lower(point.p_lower),
        "upper-text": upper(point.p_upper),
        "valid": point.valid,
    }


def draw(figure: BoundsFigure) -> Drawing:
    """Lower bound of the chosen class and upper bound of every other, provisional parts dashed."""
    scale = _Scale(figure)
    points = tuple(point for point in figure.points if point.n > 0)
    last = _last(figure, scale)
    done = points[-1].n if points else 0
    return Drawing(
        kind="bounds",
        width=120,
        height=76,
        data={
            "title": "What may be claimed, over n",
            "subtitle": " · ".join(
                word for word in (figure.method and f"bound: {figure.method}", figure.noise) if word
            ),
            "name-key": figure.top_name or "chosen class",
            "runs": [
                {
                    "valid": valid,
                    "lower": [[scale(p.n), p.p_lower] for p in run],
                    "upper": [[scale(p.n), p.p_upper] for p in run],
                }
                for valid, run in _runs(points)
            ],
            "provisional": [[scale(p.n), p.p_lower] for p in figure.provisional],
            "last": last,
            "x-ticks": scale.ticks(),
            "y-ticks": [{"at": y, "text": f"{y:g}"} for y in linear_ticks(0.0, 1.0)],
            "plan": scale(figure.n_plan),
            "plan-text": f"planned n = {count(figure.n_plan)}",
            "empty": "no estimation votes yet",
        },
        alt=f"Bounds over n up to n = {count(done)}: lower {last['lower-text']}, "
        f"upper {last['upper-text']}"
        if last
        else "Bounds over n: no estimation votes yet",
    )
