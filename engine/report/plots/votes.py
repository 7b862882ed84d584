"""The vote histogram: share of each class in both phases."""

from __future__ import annotations

from typing import Any

from engine.figures.votes import OTHER, Bar, VotesFigure
from engine.report.numbers import count, numbered, percent
from engine.report.plots.base import Drawing
from engine.schemes.ranked import threshold_mark

_BAR_MM, _FRAME_MM = 5.6, 27.0


def _row(bar: Bar, figure: VotesFigure) -> dict[str, Any]:
    share = bar.estimation / figure.n_estimation if figure.n_estimation else 0.0
    return {
        "name": bar.name,
        "chosen": bar.index == figure.top and bar.index != OTHER,
        "estimation": share,
        "selection": bar.selection / figure.n_selection if figure.n_selection else 0.0,
        "value": f"{count(bar.estimation)} · {percent(bar.estimation, figure.n_estimation)}"
        if figure.n_estimation
        else count(bar.selection),
        "members": list(bar.members),
    }


def _failures(figure: VotesFigure) -> list[dict[str, Any]]:
    if not figure.failures:
        return []
    bar = Bar(index=OTHER, name="no class", selection=0, estimation=figure.failures)
    return [_row(bar, figure)]


def _subtitle(figure: VotesFigure) -> str:
    done = figure.n_estimation
    if done == figure.n_plan:
        return numbered(done, "vote")
    return f"{count(done)} of {count(figure.n_plan)} votes"


def draw(figure: VotesFigure) -> Drawing:
    """Horizontal bars, so that names of any length find room."""
    rows = [*(_row(bar, figure) for bar in figure.bars), *_failures(figure)]
    chosen = next((row for row in rows if row["chosen"]), None)
    first, second = "selection, n0", "estimation"
    if figure.enumerated:
        first, second = "first count, n", "second count"
    return Drawing(
        kind="votes",
        width=120,
        height=_FRAME_MM + _BAR_MM * max(len(rows), 4),
        data={
            "title": "Votes",
            "subtitle": _subtitle(figure),
            "rows": rows,
            "threshold": figure.threshold,
            "threshold-text": threshold_mark(figure.threshold),
            "estimation": f"{second}, n = {count(figure.n_estimation)}",
            "selection": f"{first} = {count(figure.n_selection)}" if figure.n_selection else "",
            "members": "members" if any(bar.members for bar in figure.bars) else "",
        },
        alt=f"Votes per class; chosen: {chosen['name']}, {chosen['value']}"
        if chosen
        else "Votes per class; no class is chosen yet",
    )
