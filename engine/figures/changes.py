"""Changes of a certified size: which there are, in words, and what they allow."""

from __future__ import annotations

import math
from typing import NamedTuple

from engine.core.rounding import round_down
from engine.regions import CellMap, Count, Perturbation, Region, Staircase
from engine.regions.base import counted, whole

_DIGITS = 3


def sizes(region: Region | None) -> tuple[Perturbation, ...]:
    """The largest changes that a region certifies, from few things to many; empty for balls.

    Strengths are rounded down, so that every change lies inside.
    """
    if isinstance(region, Count):
        return tuple({region.term: float(r)} for r in range(1, region.most + 1))
    if isinstance(region, Staircase):
        return tuple(
            {region.count_term: float(region.first + i), region.strength_term: _inside(reach)}
            for i, reach in enumerate(region.reach)
        )
    if isinstance(region, CellMap):
        return tuple(_corners(region))
    return ()


def described(region: Region, change: Perturbation) -> str:
    """A change in few words, in a region's terms: ``2 pixels, l2 norm 0.310``."""
    if isinstance(region, Count):
        return counted(int(change[region.term]), region.unit)
    if isinstance(region, Staircase):
        count = counted(int(change[region.count_term]), region.things)
        return f"{count}, {region.norm} norm {change[region.strength_term]:.{_DIGITS}f}"
    if isinstance(region, CellMap):
        terms = (region.row_term, region.column_term)
        words = " and ".join(counted(int(change[term]), term) for term in terms)
        if region.layer_term:
            words += f" at {counted(int(change[region.layer_term]), region.things)}"
        if region.strength_term and change[region.strength_term]:
            words += f", {region.norm} norm {change[region.strength_term]:.{_DIGITS}f}"
        return words
    return f"{region.norm} norm {round_down(change['radius'], _DIGITS)}"


class Budget(NamedTuple):
    """What a perturbation allows an attack to do; None where it sets no such limit.

    Attributes:
        things: pixels, nodes, words or fields that it may touch.
        additions, deletions: values that it may turn from 0 to 1, and from 1 to 0.
        strength: how far it may move numbers, in ``norm``.
        norm: empty where no number may move.
    """

    things: int | None = None
    additions: int | None = None
    deletions: int | None = None
    strength: float = 0.0
    norm: str = ""


def budget(region: Region, change: Perturbation) -> Budget:
    """A perturbation in a region's terms as a budget."""
    if isinstance(region, Count):
        return Budget(things=whole(change, region.term))
    if isinstance(region, Staircase):
        things = whole(change, region.count_term)
        return Budget(things=things, strength=change[region.strength_term], norm=region.norm)
    if isinstance(region, CellMap):
        return Budget(
            things=whole(change, region.layer_term) if region.layer_term else None,
            additions=whole(change, region.row_term),
            deletions=whole(change, region.column_term),
            strength=change[region.strength_term] if region.strength_term else 0.0,
            norm=region.norm if region.strength_term else "",
        )
    return Budget(strength=change["radius"], norm=region.norm)


def _inside(reach: float) -> float:
    rounded = float(round_down(math.nextafter(reach, 0.0), _DIGITS))
    return rounded or reach / 2


def _corners(region: CellMap) -> list[Perturbation]:
    found = []
    for layer in range(len(region.layers)):
        for row, column in region.corners(layer):
            reach = region.cell(row, column, layer)
            if not row and not column and not reach:
                continue
            change = {region.row_term: float(row), region.column_term: float(column)}
            if region.layer_term:
                change[region.layer_term] = float(layer + 1)
            if region.strength_term:
                change[region.strength_term] = _inside(reach) if reach else 0.0
            found.append(change)
    return found
