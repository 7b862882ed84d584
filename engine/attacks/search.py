"""Searches for the smallest change that takes the lead from a class, along lines and over counts.

A search ends in a change that can be made a little larger step by step, until it is confirmed.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Protocol

import numpy as np

from engine.attacks.bisection import bisected, found_lost
from engine.figures.examples import Arrays, Attack
from engine.regions import Perturbation, Region

GROWTH = (1.0, 1.02, 1.08, 1.2)
"""By how much the change is enlarged before each try to confirm it."""
_ROUNDS, _RANDOM = 8, 6
_WORTH = 0.985
"""A new direction is followed if it takes the lead at this share of the best distance so far."""
_MIXTURES = (1.0, 0.5, 0.2)
_MOST_DOUBLINGS = 12


class Asked(Protocol):
    """The smoothed classifier, as a search asks it."""

    @property
    def how(self) -> str:
        """How slopes are found, in words."""

    def lead(self, arrays: Arrays, top: int) -> float:
        """By how much a class keeps what is certified of it at a changed input."""

    def slope(self, arrays: Arrays, top: int) -> np.ndarray | None:
        """How to move the first part so that this falls; None if nothing tells."""


@dataclass(frozen=True)
class Found:
    """A change that took the lead in the search.

    Attributes:
        grown: the changed input, made larger by the step-th entry of ``GROWTH``.
        how: it was found, in words.
        moves: the perturbation of each of these, where that is how they were made; None where it
            is measured.
    """

    grown: Callable[[int], Arrays]
    how: str
    moves: Callable[[int], Perturbation] | None = None


@dataclass(frozen=True)
class Goal:
    """What a search is to do.

    Attributes:
        smoothed: the classifier.
        x: the input's parts.
        top: the class whose lead, or place, or share is to be lost.
        margin: by how much it has to be.
        fit: brings a changed input to what the claim is about, such as whole steps of 1/255.
        key: seeds random directions.
    """

    smoothed: Asked
    x: Arrays
    top: int
    margin: float
    fit: Callable[[np.ndarray], np.ndarray]
    key: int

    def lost(self, arrays: Arrays) -> bool:
        """Whether the class has lost what is certified of it at a changed input."""
        return self.smoothed.lead(arrays, self.top) <= -self.margin

    def along(self, direction: np.ndarray, size: float) -> Arrays:
        """The input moved."""
        return (self.fit(self.x[0].astype(np.float64) + size * direction), *self.x[1:])


def nearest(goal: Goal, norm: str, *, start: float) -> Found | None:
    """Projected steps on the averaged probabilities, then bisection along each direction found.

    From the input, then from the nearest point where the lead is lost, the steepest direction of
    the norm is mixed into the best one so far; without any slope directions are random.

    Args:
        goal: what to reach.
        norm: in which the change is to be small.
        start: a distance to begin with, such as the certified one.
    """
    best: tuple[float, np.ndarray] | None = None
    drawn, how = np.random.default_rng(goal.key), "random directions"
    for _ in range(_ROUNDS):
        at = goal.x if best is None else goal.along(best[1], best[0])
        slope = goal.smoothed.slope(at, goal.top)
        if slope is not None:
            how = goal.smoothed.how
            directions = _mixed(best, slope, norm)
        elif best is None:
            shapes = [goal.x[0].shape] * _RANDOM
            directions = [_unit(drawn.standard_normal(shape), norm) for shape in shapes]
        else:
            break
        before = best
        for direction in directions:
            size = _boundary(goal, direction, start, None if best is None else best[0])
            best = best if size is None else (size, direction)
        if best is before:
            break
    if best is None:
        return None
    size, direction = best
    return Found(lambda step: goal.along(direction, GROWTH[step] * size), f"{how}, bisection")


def _mixed(best: tuple[float, np.ndarray] | None, slope: np.ndarray, norm: str) -> list[np.ndarray]:
    """Directions of norm 1: the steepest ones, with the best so far mixed in."""
    steep = _steepest(slope, norm)
    if best is None:
        return steep
    ways = [best[1] + share * (one - best[1]) for one in steep for share in _MIXTURES]
    return [_unit(way, norm) for way in ways if way.any()]


def _steepest(slope: np.ndarray, norm: str) -> list[np.ndarray]:
    """Along the slope; by its signs for linf; in its largest numbers alone for l1."""
    if norm == "linf":
        return [_unit(np.sign(slope), norm)]
    if norm != "l1":
        return [_unit(slope, norm)]
    order = np.argsort(-np.abs(slope).ravel())
    found = []
    for count in sorted({1, max(1, slope.size // 100), slope.size}):
        part = np.zeros(slope.size)
        part[order[:count]] = slope.ravel()[order[:count]]
        found.append(_unit(part.reshape(slope.shape), norm))
    return found


def _unit(direction: np.ndarray, norm: str) -> np.ndarray:
    order = {"l1": 1, "l2": 2, "linf": np.inf}[norm]
    found: np.ndarray = direction / np.linalg.norm(direction.ravel(), order)
    return found


def _boundary(goal: Goal, direction: np.ndarray, start: float, best: float | None) -> float | None:
    """The distance at which the lead is lost; None if none is, or none that is worth it."""

    def lost(size: float) -> bool:
        return goal.lost(goal.along(direction, size))

    if best is not None:
        ends = found_lost(lost, _WORTH * best, 1)
    else:
        ends = found_lost(lost, start, _MOST_DOUBLINGS)
    return None if ends is None else bisected(lost, *ends)


def fewest(
    goal: Goal, attack: Attack, region: Region, *, most: int, strength: float
) -> Found | None:
    """Fewest things first, greedily; then, of these, the smallest strength.

    Args:
        goal: what to reach.
        attack: how the input is changed for any count and strength.
        region: of the scheme, which says what a perturbation allows.
        most: things that there are.
        strength: the largest change of a number that counts as one; 0 where none moves.
    """
    change = _Counted(goal, attack, region, strength)
    tried = [count for count in _doubled(most) if count or strength]
    high = next((count for count in tried if change.lost(count)), None)
    if high is None:
        return None
    low = max((count for count in tried if count < high), default=high - 1)
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (low, middle) if change.lost(middle) else (middle, high)
    size = change.weakest(high)

    def grown(step: int) -> Arrays:
        more = 0 if strength else step
        arrays = change.arrays(min(most, high + more), GROWTH[step] * size)
        assert arrays is not None  # as large a change was looked at before
        return arrays

    return Found(grown, attack.how)


@dataclass(frozen=True)
class _Counted:
    """Changes of so many things, of a strength."""

    goal: Goal
    attack: Attack
    region: Region
    strength: float

    def arrays(self, count: int, size: float) -> Arrays | None:
        """The changed input; None where the attack knows no such change."""
        terms: Perturbation = dict.fromkeys(self.region.terms, float(count))
        if "epsilon" in terms:
            terms["epsilon"] = size
        allowed = self.region.budget(terms)
        found = None if allowed is None else self.attack.change(allowed)
        return None if found is None else (self.goal.fit(found[0]), *found[1:])

    def lost(self, count: int, size: float | None = None) -> bool:
        """Whether so many take the lead, by default at full strength."""
        arrays = self.arrays(count, self._full(count) if size is None else size)
        return arrays is not None and self.goal.lost(arrays)

    def weakest(self, count: int) -> float:
        """The smallest strength at which so many take the lead."""
        full = self._full(count)
        return bisected(partial(self.lost, count), 0.0, full) if self.strength else full

    def _full(self, count: int) -> float:
        return self.strength * math.sqrt(max(1, count))


def _doubled(most: int) -> list[int]:
    """0, 1, 2, 4, ... up to ``most``."""
    counts = [0]
    while counts[-1] < most:
        counts.append(min(most, max(1, 2 * counts[-1])))
    return counts
