"""A search over the range of a transformation: a grid outwards from 0, and slopes between."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from engine.attacks.bisection import bisected
from engine.attacks.search import GROWTH, Found, Goal
from engine.figures.examples import Arrays
from engine.regions import Perturbation
from engine.regions.sweep import BRIGHTNESS, RADIUS
from engine.schemes.anchored import Anchored

_POINTS = 24
"""Of the grid, on each side of 0."""
_BEYOND = 2.0
"""How far it goes, in ranges that were asked about."""
_FOLLOWED, _STEPS = 4, 4
"""Points from where slopes are followed, and steps from each, every one half of that before."""
_FURTHER = (0.0, 0.1, 0.4, 1.0)
"""How far from where the loss begins to where it is deepest each try to confirm it goes."""
assert len(_FURTHER) == len(GROWTH)
_INSIDE = 1.0 - 2.0**-40
_HOW = "grid over the range and slopes of the averaged probabilities between its points"


def nearest_in_range(goal: Goal, scheme: Anchored) -> Found | None:
    """The smallest transformation that takes the lead, with the shift allowed after it.

    The lead need not fall all along a range. So a grid is asked from 0 outwards, on both sides,
    to its first point where the lead is lost; from the points before it where the lead is
    least the slope of the averaged probabilities along the parameter is followed, for losses
    between the points; and what was found is bisected towards the last point that kept the lead.
    Changes of l2 norm after the transformation are not searched.

    Args:
        goal: what to reach.
        scheme: over the range; the grid goes to twice that, or to where it ends.
    """
    search = _Search(goal, scheme)
    found = search.by_grid()
    found = search.by_slopes(found) or found
    if found is None:
        return None
    parameter, shift = found
    first, deep = search.nearer(parameter, shift), search.deeper(parameter, shift)

    def moves(step: int) -> Perturbation:
        further = first + _FURTHER[step] * (deep - first)
        return {scheme.warp.term: further, BRIGHTNESS: shift, RADIUS: 0.0}

    return Found(lambda step: search.arrays(moves(step)), _HOW, moves)


@dataclass(frozen=True)
class _Point:
    """Where the smoothed classifier was asked."""

    parameter: float
    shift: float
    lead: float


class _Search:
    """The points of one search."""

    def __init__(self, goal: Goal, scheme: Anchored) -> None:
        self.goal, self.scheme = goal, scheme
        self.step = min(_BEYOND * scheme.reach, scheme.furthest) / _POINTS
        most = scheme.with_brightness * _INSIDE
        self.shifts = (0.0, most, -most) if most else (0.0,)
        self.kept: list[_Point] = []

    def arrays(self, moves: Perturbation) -> Arrays:
        """The changed input."""
        found = self.scheme.transformed(self.goal.x[0], moves)
        assert found is not None  # no change of some norm is asked for
        return (found.astype(np.float32), *self.goal.x[1:])

    def by_grid(self) -> tuple[float, float] | None:
        """The first point, by size, where the lead is lost."""
        for place in range(1, _POINTS + 1):
            for parameter in (place * self.step, -place * self.step):
                for shift in self.shifts:
                    if self._lost(parameter, shift):
                        return parameter, shift
        return None

    def by_slopes(self, before: tuple[float, float] | None) -> tuple[float, float] | None:
        """The smallest loss between points of the grid; none that is larger than one before."""
        nearest = before
        for start in sorted(self.kept, key=lambda one: one.lead)[:_FOLLOWED]:
            at, step = start, self.step / 2
            for _ in range(_STEPS):
                way = self._downhill(at)
                if not way:
                    break
                parameter = at.parameter + step * way
                if nearest is not None and abs(parameter) >= abs(nearest[0]):
                    break
                if self._lost(parameter, at.shift):
                    nearest = parameter, at.shift
                    break
                last = self.kept[-1]
                at, step = (last if last.lead < at.lead else at), step / 2
        return nearest

    def nearer(self, parameter: float, shift: float) -> float:
        """Where the loss begins, between this point and the grid's one before it."""
        size, sign = abs(parameter), math.copysign(1.0, parameter)
        low = max(0.0, math.ceil(size / self.step - 1.0) * self.step)
        return sign * bisected(lambda one: self._lost(sign * one, shift), low, size)

    def deeper(self, parameter: float, shift: float) -> float:
        """Where the lead is least, of this point and two behind it: another class is sure there."""
        sign = math.copysign(1.0, parameter)
        points = [
            sign * min(abs(parameter) + share * self.step, self.scheme.furthest)
            for share in (0.0, 0.5, 1.0)
        ]
        return min(points, key=lambda one: self._lead(one, shift))

    def _lead(self, parameter: float, shift: float) -> float:
        return self.goal.smoothed.lead(self.arrays(self._moves(parameter, shift)), self.goal.top)

    def _lost(self, parameter: float, shift: float) -> bool:
        """Whether another class leads; else the point is kept."""
        lead = self._lead(parameter, shift)
        if lead <= -self.goal.margin:
            return True
        self.kept.append(_Point(parameter, shift, lead))
        return False

    def _downhill(self, at: _Point) -> float:
        """1 or -1, the way in which the lead falls along the parameter; 0 where nothing tells."""
        slope = self.goal.smoothed.slope(self.arrays(self._moves(at.parameter, at.shift)),
                                         self.goal.top)  # fmt: skip
        if slope is None:
            return 0.0
        by = self.step / 64
        ahead, behind = (
            self.arrays(self._moves(at.parameter + one, at.shift))[0] for one in (by, -by)
        )
        change = ahead.astype(np.float64) - behind
        return float(np.sign(np.vdot(slope, change)))

    def _moves(self, parameter: float, shift: float) -> Perturbation:
        return {self.scheme.warp.term: parameter, BRIGHTNESS: shift}
