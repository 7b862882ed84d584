"""Searches over the parameters of a transformation: along each of them, and over whole shifts."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from itertools import product

import numpy as np

from engine.attacks.bisection import bisected, found_lost
from engine.attacks.search import GROWTH, Found, Goal
from engine.figures.examples import Arrays
from engine.regions import Perturbation
from engine.schemes import Scheme
from engine.schemes.base import Facts

_DOUBLINGS = 6
_MOST_SHIFTS = 240
"""Whole shifts that are tried, the shortest first: all of norm below 8.7."""

Ray = Callable[[float], Perturbation]


def transforms(scheme: Scheme) -> bool:
    """Whether parameters alone say what becomes of an input."""
    return type(scheme).transformed is not Scheme.transformed


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
    best: tuple[float, Ray, float] | None = None
    for ray in rays(scheme, levels):
        size = _boundary(goal, scheme, ray)
        if size is None:
            continue
        needed = scheme.required_probability(ray(size), facts)
        if best is None or needed < best[0]:
            best = (needed, ray, size)
    if best is None:
        return None
    _, nearest, least = best

    def moves(step: int) -> Perturbation:
        return nearest(GROWTH[step] * least)

    def grown(step: int) -> Arrays:
        found = _moved(goal, scheme, moves(step))
        assert found is not None  # as it was when it took the lead
        return found

    return Found(grown, "bisection along each parameter", moves)


def rays(scheme: Scheme, levels: Sequence[float]) -> Iterator[Ray]:
    """From no change outwards: each parameter alone, then two at once, by levels of the noise.

    A factor goes by powers of e, so that it doubles and halves alike.
    """
    terms = scheme.terms
    own = len(levels) == len(terms)
    scale = [levels[i] if own else max(levels, default=1.0) for i in range(len(terms))]
    ways = [(1, -1, 0) if term.signed or term.factor else (1, 0) for term in terms.values()]
    chosen = [one for one in product(*ways) if 0 < sum(map(abs, one)) <= 2]
    for signs in sorted(chosen, key=lambda one: sum(map(abs, one))):

        def ray(size: float, signs: tuple[int, ...] = signs) -> Perturbation:
            steps = [sign * size * unit for sign, unit in zip(signs, scale, strict=True)]
            return {
                name: math.exp(step) if term.factor else step
                for (name, term), step in zip(terms.items(), steps, strict=True)
            }

        yield ray


def _boundary(goal: Goal, scheme: Scheme, ray: Ray) -> float | None:
    """How many levels along a ray the lead is lost; None where it is not."""

    def lost(size: float) -> bool:
        arrays = _moved(goal, scheme, ray(size))
        return arrays is not None and goal.lost(arrays)

    ends = found_lost(lost, 1.0, _DOUBLINGS)
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
