"""Searches over the parameters of a transformation: along lines from no change, and over shifts.

Where there are two parameters the slope of the averaged probabilities says in which directions.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from itertools import product
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from engine.attacks.bisection import bisected, found_lost
from engine.attacks.search import GROWTH, Found, Goal
from engine.figures.examples import Arrays
from engine.regions import Perturbation
from engine.schemes import Scheme
from engine.schemes.base import Facts

_DOUBLINGS = 6
_MOST_SHIFTS = 240
"""Whole shifts that are tried, the shortest first: all of norm below 8.7."""

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

    Nearest is what requires least: of several the change whose required p_lower is smallest.

    Args:
        goal: what to reach.
        scheme: says what becomes of the input.
        levels: of the noise, one for each parameter, by which these are measured; where there are
            others of them, one for all.
        facts: of the input.
    """
    scale = _scale(scheme, levels)
    best: _Nearest | None = None
    for direction in directions(scheme):
        best = _nearer(goal, scheme, scale, direction, best, facts)
    for _ in range(_ROUNDS if len(scheme.terms) > 1 else 0):
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
    return Found(grown, f"bisection along each parameter{more}", moves)


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
    start, doublings = (_WORTH * best.size, 1) if within and best else (1.0, _DOUBLINGS)
    size = _boundary(goal, scheme, ray, start, doublings)
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


def _boundary(goal: Goal, scheme: Scheme, ray: Ray, start: float, doublings: int) -> float | None:
    """How many levels along a ray the lead is lost; None where it is not."""

    def lost(size: float) -> bool:
        arrays = _moved(goal, scheme, ray(size))
        return arrays is not None and goal.lost(arrays)

    ends = found_lost(lost, start, doublings)
    return None if ends is None else bisected(lost, *ends)


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
