"""How many things may change: what every count takes, against p_lower."""

from __future__ import annotations

from typing import Any

from engine.figures import CountFigure
from engine.report.numbers import linear_ticks, lower
from engine.report.plots import needs as maps
from engine.report.plots.base import Drawing

_LOW, _HIGH = 0.48, 1.02
_TICKS = 20


def draw(figure: CountFigure) -> Drawing:
    """A bar per count; those that end below p_lower are certified."""
    needs, stands = figure.needs, figure.standing
    columns = len(needs.counts)
    every = -(-columns // _TICKS)
    claim = figure.region.headline() if figure.region else "nothing is certified"
    return Drawing(
        kind="counts",
        width=130,
        height=78,
        data={
            "title": "Certified region",
            "subtitle": maps.subtitle(figure),
            "x-name": f"changed {needs.utmost.unit}",
            "y-name": "p lower that it takes",
            "bars": [_bar(figure, i) for i in range(columns)],
            "x-ticks": [
                {"at": (i + 0.5) / columns, "text": str(needs.counts[i])}
                for i in range(0, columns, every)
            ],
            "y-ticks": [{"at": _at(y), "text": f"{y:g}"} for y in linear_ticks(0.5, 1.0)],
            "now": None if stands is None else _at(stands.p_lower),
            "now-text": ""
            if stands is None
            else f"p lower {lower(stands.p_lower)}" + ("" if stands.valid else " (provisional)"),
            "valid": stands is None or stands.valid,
            "reach": _at(stands.p_reach) if stands and maps.open_votes(stands) else None,
            "claim": claim,
            "certified": figure.region is not None,
        },
        alt=f"What each number of changed {needs.utmost.unit} takes: {claim}",
    )


def _bar(figure: CountFigure, i: int) -> dict[str, Any]:
    count, required = figure.needs.counts[i], float(figure.needs.required[i])
    certified = figure.region is not None and count <= figure.region.most
    state = "certified" if certified else "never" if required >= 1 else "open"
    return {"height": _at(min(1.0, required)), "state": state}


def _at(value: float) -> float:
    return min(1.0, max(0.0, (value - _LOW) / (_HIGH - _LOW)))
