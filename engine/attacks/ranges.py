"""A search along one parameter of a transformation: a grid outwards from 0, and slopes between."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from engine.attacks.bisection import bisected
from engine.attacks.search import GROWTH, Found, Goal
from engine.figures.examples import Arrays
from engine.regions import Perturbation
from engine.regions.sweep import BRIGHTNESS
from engine.schemes import Scheme
from engine.schemes.anchored import Anchored

_POINTS = 24
"""Of the grid, on each side of 0."""
_BEYOND = 2.0
"""How far it goes, in ranges that were asked about."""
_LEVELS, _DOUBLINGS = 4.0, 4
"""How far it goes where no range was, in levels of the noise; then so many times twice as far."""
_HALF_TURN = 180.0
Moved = Callable[[npt.NDArray[Any], Perturbation], npt.NDArray[Any] | None]
_FOLLOWED, _STEPS = 4, 4
"""Points from where slopes are followed, and steps from each, every one half of that before."""
_FURTHER = (0.0, 0.1, 0.4, 1.0)
"""How far from where the loss begins to where it is deepest each try to confirm it goes."""
assert len(_FURTHER) == len(GROWTH)
_INSIDE = 1.0 - 2.0**-40
_HOW = "grid over the range and slopes of the averaged probabilities between its points"


@dataclass(frozen=True)
class Axis:
    """One parameter, and the shifts of all pixels that may follow it.

    Attributes:
        term: of the parameter.
        terms: of the scheme, itself among them.
        moved: what becomes of an image.
        sizes: of the grid, rising, the same on either side of 0.
        furthest: the largest size that means anything.
        signs: the sides that there are.
        shifts: that are tried at every point.
    """

    term: str
    terms: tuple[str, ...]
    moved: Moved
    sizes: tuple[float, ...]
    furthest: float
    signs: tuple[float, ...] = (1.0, -1.0)
    shifts: tuple[float, ...] = (0.0,)

    @property
    def step(self) -> float:
        """Between points of the grid near 0."""
        return self.sizes[0]

    @classmethod
    def of_range(cls, scheme: Anchored) -> Axis:
        """To twice the range that is asked about, or to where it ends."""
        end = min(_BEYOND * scheme.reach, scheme.furthest)
        most = scheme.with_brightness * _INSIDE
        return cls(
            scheme.warp.term,
            tuple(scheme.terms),
            scheme.transformed,
            tuple(end * place / _POINTS for place in range(1, _POINTS + 1)),
            scheme.furthest,
            shifts=(0.0, most, -most) if most else (0.0,),
        )

    @classmethod
    def of_noise(cls, scheme: Scheme, level: float) -> Axis:
        """Of a scheme of one parameter: to some levels of the noise, and further by doubling."""
        ((name, term),) = scheme.terms.items()
        furthest = _HALF_TURN if term.unit == "degrees" else math.inf
        end = min(_LEVELS * level, furthest)
        grid = [end * place / _POINTS for place in range(1, _POINTS + 1)]
        grid += [end * 2**place for place in range(1, _DOUBLINGS + 1)]
        sizes = tuple(size for size in grid if size <= furthest)
        signs = (1.0, -1.0) if term.signed else (1.0,)
        return cls(name, (name,), scheme.transformed, sizes, furthest, signs)


def nearest_on_axis(goal: Goal, axis: Axis) -> Found | None:
    """The smallest transformation that takes the lead, with the shift allowed after it.

    The lead need not fall all along a parameter. So a grid is asked from 0 outwards, on both sides,
    to its first point where the lead is lost; from the points before it where the lead is
    least the slope of the averaged probabilities along the parameter is followed, for losses
    between the points; and what was found is bisected towards the last point that kept the lead.
    Changes of l2 norm after the transformation are not searched.

    Args:
        goal: what to reach.
        axis: where to look.
    """
    search = _Search(goal, axis)
    found = search.by_grid()
    found = search.by_slopes(found) or found
    if found is None:
        return None
    parameter, shift = found
    first, deep = search.nearer(parameter, shift), search.deeper(parameter, shift)

    def moves(step: int) -> Perturbation:
        return search.moves(first + _FURTHER[step] * (deep - first), shift)

    return Found(lambda step: search.arrays(moves(step)), _HOW, moves)


@dataclass(frozen=True)
class _Point:
    """Where the smoothed classifier was asked."""

    parameter: float
    shift: float
    lead: float


class _Search:
    """The points of one search."""

    def __init__(self, goal: Goal, axis: Axis) -> None:
        self.goal, self.axis = goal, axis
        self.kept: list[_Point] = []

    def moves(self, parameter: float, shift: float) -> Perturbation:
        """The change in the scheme's terms."""
        found = {**dict.fromkeys(self.axis.terms, 0.0), self.axis.term: parameter}
        return {**found, BRIGHTNESS: shift} if shift else found

    def arrays(self, moves: Perturbation) -> Arrays:
        """The changed input."""
        found = self.axis.moved(self.goal.x[0], moves)
        assert found is not None  # no change of some norm is asked for
        return (found.astype(np.float32), *self.goal.x[1:])

    def by_grid(self) -> tuple[float, float] | None:
        """The first point, by size, where the lead is lost."""
        for size in self.axis.sizes:
            for sign in self.axis.signs:
                for shift in self.axis.shifts:
                    if self._lost(sign * size, shift):
                        return sign * size, shift
        return None

    def by_slopes(self, before: tuple[float, float] | None) -> tuple[float, float] | None:
        """The smallest loss between points of the grid; none that is larger than one before."""
        nearest = before
        for start in sorted(self.kept, key=lambda one: one.lead)[:_FOLLOWED]:
            at, step = start, self.axis.step / 2
            for _ in range(_STEPS):
                way = self._downhill(at)
                if not way:
                    break
                parameter = at.parameter + step * way
                if -1.0 not in self.axis.signs and parameter <= 0:
                    break
                if nearest is not None and abs(parameter) >= abs(nearest[0]):
                    break
                if self._lost(parameter, at.shift):
                    nearest = parameter, at.shift
                    break
                last = self.kept[-1]
                at, step = (last if last.lead < at.lead else at), step / 2
        return nearest

    def nearer(self, parameter: float, shift: float) -> float:
        """Where the loss begins, between this point and the last one before it that kept."""
        size, sign = abs(parameter), math.copysign(1.0, parameter)
        before = (
            abs(one.parameter)
            for one in self.kept
            if one.shift == shift and sign * one.parameter >= 0 and abs(one.parameter) < size
        )
        low = max(before, default=0.0)
        return sign * bisected(lambda one: self._lost(sign * one, shift), low, size)

    def deeper(self, parameter: float, shift: float) -> float:
        """Where the lead is least, of it and four points behind: another class is sure there."""
        sign = math.copysign(1.0, parameter)
        points = [
            sign * min(abs(parameter) + share * self.axis.step, self.axis.furthest)
            for share in (0.0, 0.25, 0.5, 1.0, 2.0)
        ]
        return min(points, key=lambda one: self._lead(one, shift))

    def _lead(self, parameter: float, shift: float) -> float:
        moved = self.arrays(self.moves(parameter, shift))
        return self.goal.smoothed.lead(moved, self.goal.top)

    def _lost(self, parameter: float, shift: float) -> bool:
        """Whether another class leads; else the point is kept."""
        lead = self._lead(parameter, shift)
        if lead <= -self.goal.margin:
            return True
        self.kept.append(_Point(parameter, shift, lead))
        return False

    def _downhill(self, at: _Point) -> float:
        """1 or -1, the way in which the lead falls along the parameter; 0 where nothing tells."""
        here = self.arrays(self.moves(at.parameter, at.shift))
        slope = self.goal.smoothed.slope(here, self.goal.top)
        if slope is None:
            return 0.0
        by = self.axis.step / 64
        ahead, behind = (
            self.arrays(self.moves(at.parameter + one, at.shift))[0] for one in (by, -by)
        )
        change = ahead.astype(np.float64) - behind
        return float(np.sign(np.vdot(slope, change)))
