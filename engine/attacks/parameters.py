"""Searches over the parameters of a transformation: along lines from no change, and over shifts.

One parameter has a grid of its own (``ranges``). Where there are two, the slope of the averaged
probabilities says in which directions.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial
from itertools import product
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from engine.attacks.bisection import bisected
from engine.attacks.ranges import Axis, nearest_on_axis
from engine.attacks.search import GROWTH, Found, Goal
from engine.figures.examples import Arrays
from engine.regions import Perturbation
from engine.schemes import Scheme
from engine.schemes.base import Facts
from engine.schemes.random_shift import RandomShift

_SIZES = (*(0.25 * place for place in range(1, 9)), *(2.0 * 2**place for place in range(1, 5)))
"""Levels of the noise along each direction that are tried: the lead need not fall all along one."""
_MOST_SHIFTS = 240
"""Whole shifts that are tried, the shortest first: all of norm below 8.7."""

_WAYS = 8
"""Directions of a shift by fractions of a pixel."""
_ROUNDS = 4
_MIXTURES = (1.0, 0.5, 0.2)
"""How much of the steepest direction is mixed into the best one so far."""
_WORTH = 0.985
"""A new direction is followed if it takes the lead at this share of the best size so far."""
_STEP = 2.0**-6
"""Levels of the noise over which the image's own slope along a parameter is taken."""

Ray = Callable[[float], Perturbation]
Direction = npt.NDArray[np.float64]
"""One number for each parameter, in levels of the noise."""


def nearest_parameters(
    goal: Goal, scheme: Scheme, levels: Sequence[float], facts: Facts
) -> Found | None:
    """The nearest loss of the lead along each parameter, either way where it has two, and in pairs.

    One parameter alone is searched by :func:`engine.attacks.ranges.nearest_on_axis`.

    Nearest is what requires least: of several the change whose required p_lower is smallest.

    Args:
        goal: what to reach.
        scheme: says what becomes of the input.
        levels: of the noise, one for each parameter, by which these are measured; where there are
            others of them, one for all: the first for one parameter alone, else the largest.
        facts: of the input.
    """
    if isinstance(scheme, RandomShift):
        return _nearest_way(goal, scheme)
    if len(scheme.terms) == 1:
        return nearest_on_axis(goal, Axis.of_noise(scheme, levels[0] if levels else 1.0))
    scale = _scale(scheme, levels)
    best: _Nearest | None = None
    for direction in directions(scheme):
        best = _nearer(goal, scheme, scale, direction, best, facts)
    for _ in range(_ROUNDS):
        before = best
        for direction in _steepest(goal, scheme, scale, best):
            best = _nearer(goal, scheme, scale, direction, best, facts, within=best is not None)
        if best is before:
            break
    if best is None:
        return None
    nearest, least = _ray(scheme, scale, best.direction), best.size

    def moves(step: int) -> Perturbation:
        return nearest(GROWTH[step] * least)

    def grown(step: int) -> Arrays:
        found = _moved(goal, scheme, moves(step))
        assert found is not None  # as it was when it took the lead
        return found

    more = ", then along the slopes of the averaged probabilities" if best.sloped else ""
    how = f"grid and bisection along each parameter and two at once{more}"
    return Found(grown, how, moves)


def _nearest_way(goal: Goal, scheme: RandomShift) -> Found | None:
    """The shortest shift by fractions of a pixel that takes the lead, of eight directions."""
    best, axis = None, Axis.of_noise(scheme, scheme.outer)
    for place in range(_WAYS):
        towards = partial(scheme.shifted, angle=2 * math.pi * place / _WAYS)
        found = nearest_on_axis(goal, replace(axis, moved=towards))
        if found is None or found.moves is None:
            continue
        best, least = found, found.moves(0)["shift"]
        axis = replace(axis, sizes=tuple(size for size in axis.sizes if size < least))
        if not axis.sizes:
            break
    return best


class _Nearest(NamedTuple):
    """Where the lead is lost, and what a certificate would require there."""

    needed: float
    direction: Direction
    size: float
    sloped: bool


def directions(scheme: Scheme) -> list[Direction]:
    """Each parameter alone, then two at once, either way where it has two."""
    terms = scheme.terms.values()
    ways = [(1, -1, 0) if term.signed or term.factor else (1, 0) for term in terms]
    chosen = [one for one in product(*ways) if 0 < sum(map(abs, one)) <= 2]
    return [
        np.array(one, dtype=float) for one in sorted(chosen, key=lambda one: sum(map(abs, one)))
    ]


def _scale(scheme: Scheme, levels: Sequence[float]) -> Direction:
    count = len(scheme.terms)
    own = len(levels) == count
    return np.array(levels if own else [max(levels, default=1.0)] * count)


def _ray(scheme: Scheme, scale: Direction, direction: Direction) -> Ray:
    """From no change outwards; a factor by powers of e, so that it doubles and halves alike."""

    def ray(size: float) -> Perturbation:
        steps = (size * scale * direction).tolist()
        return {
            name: math.exp(step) if term.factor else step
            for (name, term), step in zip(scheme.terms.items(), steps, strict=True)
        }

    return ray


def _nearer(
    goal: Goal,
    scheme: Scheme,
    scale: Direction,
    direction: Direction,
    best: _Nearest | None,
    facts: Facts,
    *,
    within: bool = False,
) -> _Nearest | None:
    """The best so far, or where the lead is lost along a direction if that requires less.

    Args:
        within: do not look further than at the best so far.
    """
    ray = _ray(scheme, scale, direction)
    size = _boundary(goal, scheme, ray, (_WORTH * best.size,) if within and best else _SIZES)
    if size is None:
        return best
    needed = scheme.required_probability(ray(size), facts)
    if best is not None and needed >= best.needed:
        return best
    return _Nearest(needed, direction, size, sloped=within)


def _steepest(
    goal: Goal, scheme: Scheme, scale: Direction, best: _Nearest | None
) -> list[Direction]:
    """Directions of the length of the best one, the way of the steepest fall mixed into it."""
    if best is None:
        return []
    at = best.size * best.direction

    def arrays(place: Direction) -> Arrays | None:
        return _moved(goal, scheme, _ray(scheme, scale, place)(1.0))

    here = arrays(at)
    slope = None if here is None else goal.smoothed.slope(here, goal.top)
    if slope is None:
        return []
    fall = np.zeros(len(at))
    for place, step in enumerate(_STEP * np.eye(len(at))):
        ahead, behind = arrays(at + step), arrays(at - step)
        if ahead is None or behind is None:
            return []
        fall[place] = np.vdot(slope, ahead[0].astype(np.float64) - behind[0])
    if not fall.any():
        return []
    steep = fall / np.linalg.norm(fall)
    old = best.direction / np.linalg.norm(best.direction)
    mixed = [old + share * (steep - old) for share in _MIXTURES]
    length = float(np.linalg.norm(best.direction))
    return [
        length * one / np.linalg.norm(one) for one in mixed if one.any() and _allowed(scheme, one)
    ]


def _allowed(scheme: Scheme, direction: Direction) -> bool:
    """Whether no parameter without a sign is below 0."""
    signed = [term.signed or term.factor for term in scheme.terms.values()]
    return all(one >= 0 or way for one, way in zip(direction.tolist(), signed, strict=True))


def _boundary(goal: Goal, scheme: Scheme, ray: Ray, sizes: Sequence[float]) -> float | None:
    """How many levels along a ray the lead is first lost; None where it is not at these sizes."""

    def lost(size: float) -> bool:
        arrays = _moved(goal, scheme, ray(size))
        return arrays is not None and goal.lost(arrays)

    kept = 0.0
    for size in sizes:
        if lost(size):
            return bisected(lost, kept, size)
        kept = size
    return None


def _moved(goal: Goal, scheme: Scheme, moves: Perturbation) -> Arrays | None:
    found = scheme.transformed(goal.x[0], moves)
    return None if found is None else (found.astype(np.float32), *goal.x[1:])


def nearest_shift(goal: Goal) -> Found | None:
    """The shortest whole shift, what leaves coming in again, that takes the lead.

    Confirmed is that one, or one a pixel or two further on in its direction.
    """
    side = range(-8, 9)
    vectors = sorted(product(side, side), key=lambda one: (math.hypot(*one), one))

    def arrays(vector: tuple[int, int]) -> Arrays:
        return np.roll(goal.x[0], vector, axis=(-2, -1)), *goal.x[1:]

    tried = vectors[1 : _MOST_SHIFTS + 1]
    found = next((vector for vector in tried if goal.lost(arrays(vector))), None)
    if found is None:
        return None
    down, right = found

    def further(step: int) -> tuple[int, int]:
        part = 1 + step / math.hypot(down, right)
        return round(part * down), round(part * right)

    def moves(step: int) -> Perturbation:
        return {"shift": math.hypot(*further(step))}

    return Found(lambda step: arrays(further(step)), "whole shifts by rising norm", moves)
