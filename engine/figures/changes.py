"""Changes of a certified size: which there are, in words, and applied to an image."""

from __future__ import annotations

import math

from engine.core.rounding import round_down
from engine.figures.attack import Attack, Changed
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
    return f"{region.norm} norm {change['radius']:.{_DIGITS}f}"


def applied(attack: Attack, region: Region, change: Perturbation) -> Changed | None:
    """An image after a change; None where the region's terms say nothing about pixels."""
    if isinstance(region, Count):
        return attack.overwritten(whole(change, region.term))
    if isinstance(region, Staircase) and region.first == 1:
        count = whole(change, region.count_term)
        return attack.moved(count, change[region.strength_term], region.norm)
    if isinstance(region, CellMap) and not region.strength_term:
        return attack.flipped(whole(change, region.row_term), whole(change, region.column_term))
    return None


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
