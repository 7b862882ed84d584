"""Median smoothing: where the median of a model's numbers stays when its input changes.

Chiang, Curry, Abdelkader, Kumar, Dickerson & Goldstein, Detection as Regression: Certified Object
Detection with Median Smoothing, NeurIPS 2020. Let q be so large that an event whose probability at
the given input exceeds q has a probability above 1/2 at every changed one; under Gaussian noise of
deviation sigma and changes of l2 norm at most epsilon that is Phi(epsilon/sigma). Then an upper
confidence bound y on the q-quantile of a number at the given input bounds its median at every
changed one: the number is at most y with probability above q here, so above 1/2 there. The lower
end is its mirror image.
"""

from __future__ import annotations

import math
from typing import NamedTuple

from engine.bounds.order_statistics import RankBound, upper_rank

_ROUNDING = 1e-13
"""By how much a required probability may err, relative to it and to its complement."""


class Ends(NamedTuple):
    """Ranks among the answers, from 1, whose values are the ends of every interval."""

    lower: int
    upper: int


def rounded_up(q: float, slack: float = 0.0) -> float:
    """A required probability that none of its errors makes too small; at most 1.

    Args:
        q: the smallest probability that certifies against one half.
        slack: total-variation distance of the drawn noise from its law.
    """
    least = max(q, 0.5)
    return min(1.0, math.nextafter(least + slack + _ROUNDING, math.inf))


def interval_ends(
    answered: int, n: int, *, outputs: int, q: float, alpha: float, bound: RankBound
) -> Ends | None:
    """Which answers are the ends of the intervals of all outputs.

    All intervals hold at once with probability at least 1 - alpha: alpha is shared out evenly over
    outputs and both ends. A sample without an answer could have been anything: it stands below all
    others for the lower end and above them for the upper one.

    Args:
        answered: samples with an answer.
        n: samples.
        outputs: numbers of an answer.
        q: as of :func:`rounded_up`.
        alpha: chance that some interval fails.
        bound: as for :func:`engine.bounds.order_statistics.upper_rank`.

    Returns:
        None where n does not reach: the intervals have no ends.
    """
    rank = upper_rank(n, q, alpha / (2 * max(1, outputs)), bound)
    if rank is None or rank > answered:
        return None
    return Ends(answered - rank + 1, rank)


def middle(answered: int, n: int) -> tuple[int, int] | None:
    """The two ranks among the answers in the middle of all n, failures half below and half above.

    None unless most samples have an answer.
    """
    if 2 * answered <= n:
        return None
    return (answered + 1) // 2, answered // 2 + 1


def needed(*, outputs: int, q: float, alpha: float, bound: RankBound, most: int = 10**9) -> int:
    """The least n for which the greatest answer of n is an end, where all samples have one.

    0 where ``most`` does not reach.
    """
    share = alpha / (2 * max(1, outputs))
    if q >= 1.0 or upper_rank(most, q, share, bound) is None:
        return 0
    low, high = 0, most
    while high - low > 1:
        half = (low + high) // 2
        low, high = (half, high) if upper_rank(half, q, share, bound) is None else (low, half)
    return high
