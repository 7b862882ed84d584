"""Bounds over n: what may be claimed after each vote."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

from engine.evidence.evidence import TrajectoryPoint
from engine.figures.axes import Axis
from engine.figures.bounds import BoundsFigure
from engine.report.numbers import count, lower, upper
from engine.report.plots.base import Drawing, marked
from engine.schemes.ranked import threshold_mark


def _runs(points: tuple[TrajectoryPoint, ...]) -> list[tuple[bool, list[TrajectoryPoint]]]:
    """Stretches of the curve; one is valid where both its ends are, else provisional."""
    runs: list[tuple[bool, list[TrajectoryPoint]]] = []
    for before, point in pairwise(points):
        valid = before.valid and point.valid
        if not runs or runs[-1][0] != valid:
            runs.append((valid, [before]))
        runs[-1][1].append(point)
    return runs


def _scale(figure: BoundsFigure) -> Axis:
    """n on a logarithmic axis that ends at the planned n."""
    ns = [point.n for point in figure.points if point.n > 0]
    high = float(max([figure.n_plan, *ns]))
    return Axis(float(min([*ns, high / 10])), high, log=True)


def _last(figure: BoundsFigure, scale: Axis) -> dict[str, Any] | None:
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
    scale = _scale(figure)
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
            "dashed": figure.dashed,
            "provisional": [[scale(p.n), p.p_lower] for p in figure.provisional],
            "last": last,
            "threshold": figure.threshold,
            "threshold-text": threshold_mark(figure.threshold),
            "x-ticks": marked(scale.ticks()),
            "y-ticks": marked(Axis(0.0, 1.0).ticks()),
            "plan": scale(figure.n_plan),
            "plan-text": f"planned n = {count(figure.n_plan)}",
            "empty": "no estimation votes yet",
        },
        alt=f"Bounds over n up to n = {count(done)}: lower {last['lower-text']}, "
        f"upper {last['upper-text']}"
        if last
        else "Bounds over n: no estimation votes yet",
    )
