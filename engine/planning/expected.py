"""The mean certified radius of a run that has not been drawn, by sums over binomial counts."""

from __future__ import annotations

import math

from scipy.special import bdtr

from engine.planning.needed import power_at
from engine.planning.question import Question
from engine.planning.records import ExpectedPoint

_SUMMED_WHOLE = 200
"""Up to this many counts every one is evaluated."""
_CELLS = 160
_SPREAD = 8.0
"""Standard deviations on either side of the mean that the sum covers; the rest is in the error."""


def expected_point(
    anything: Question, target: Question | None, *, n: int, p: float
) -> ExpectedPoint:
    """What ``n`` samples are worth for a class of probability ``p``.

    Args:
        anything: the question without a target.
        target: the same with one, or None.
        n: samples.
        p: probability of the class.
    """
    most = anything.most_lost(n)
    largest = _largest(anything, n) if most is not None else 0.0
    mean, error = (None, 0.0) if largest is None else _mean_radius(anything, n, p, largest, most)
    return ExpectedPoint(
        n=n,
        certified=power_at(n, lost=most, p=p),
        power=power_at(n, lost=target.most_lost(n), p=p) if target else None,
        radius=mean,
        error=error,
        largest=largest,
    )


def _largest(question: Question, n: int) -> float | None:
    """The radius of votes that all agree, 0 if they certify nothing, None for other regions."""
    region = question.region(n, lost=0)
    return 0.0 if region is None else region.certified_radius


def _mean_radius(
    question: Question, n: int, p: float, largest: float, most: int | None
) -> tuple[float, float]:
    """The mean and half the width of the interval it is known to lie in.

    The radius falls with the votes lost. So on a cell of counts it lies between its values at both
    ends, and the sums of the smaller and the larger ones enclose the mean.
    """
    if most is None:
        return 0.0, 0.0
    places = _places(n, p, most)
    before, high_before, below, above = places[0] - 1, largest, 0.0, 0.0
    first = None
    for place in places:
        low, high = question.radius(n, lost=place) or (0.0, 0.0)
        first = low if first is None else first
        mass = _mass(n, p, before, place)
        below += mass * low
        above += mass * (high if place == before + 1 else high_before)
        before, high_before = place, high
    start = _mass(n, p, -1, places[0] - 1)
    below, above = below + start * (first or 0.0), above + start * largest
    above += _mass(n, p, places[-1], most) * high_before
    return (below + above) / 2, (above - below) / 2


def _mass(n: int, p: float, after: int, last: int) -> float:
    """P(after < lost votes <= last)."""
    upper = float(bdtr(last, n, 1.0 - p)) if last >= 0 else 0.0
    lower = float(bdtr(after, n, 1.0 - p)) if after >= 0 else 0.0
    return max(0.0, upper - lower)


def _places(n: int, p: float, most: int) -> list[int]:
    """The counts of lost votes at which the radius is evaluated, rising."""
    mean, spread = n * (1 - p), math.sqrt(n * p * (1 - p))
    reach = _SPREAD * spread + 20
    low = min(max(0, math.floor(mean - reach)), most)
    high = min(max(low, math.ceil(mean + reach)), most)
    if high - low <= _SUMMED_WHOLE:
        return list(range(low, high + 1))
    return sorted({low + round((high - low) * i / _CELLS) for i in range(_CELLS + 1)})
