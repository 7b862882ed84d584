"""Which order statistic of n draws lies on the far side of a quantile, with confidence.

Let Y_1, ..., Y_n be independent with P(Y < y) <= p. Their k-th smallest lies below y only if k of
them do, and that count is at most binomial(n, p). So the k-th smallest is an upper confidence bound
on y as soon as k successes in n trials would show that their probability is above p. No law of Y is
assumed, ties and steps included.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal

from engine.bounds import clopper_pearson, eprocess

RankBound = Literal["clopper-pearson", "anytime"]
_LOWER: dict[RankBound, Callable[[int, int, float], float]] = {
    "clopper-pearson": clopper_pearson.lower,
    "anytime": eprocess.lower,
}


def upper_rank(n: int, p: float, alpha: float, bound: RankBound) -> int | None:
    """The least k for which the k-th smallest of n draws bounds a p-quantile from above.

    It is the least k whose lower confidence bound on a binomial mean exceeds p; for
    Clopper-Pearson that is P(Bin(n, p) >= k) < alpha. By symmetry the k-th greatest bounds a
    (1-p)-quantile from below.

    Args:
        n: draws, at least 0.
        p: in [0, 1].
        alpha: chance that the bound fails, in (0, 1).
        bound: ``clopper-pearson`` for one n that was declared beforehand; ``anytime`` bounds at all
            n at once.

    Returns:
        None where not even the greatest of n draws does: the bound is infinite.

    >>> upper_rank(110, 0.8413, 0.001, "clopper-pearson")
    104
    """
    lower = _LOWER[bound]
    if n < 1 or lower(n, n, alpha) <= p:
        return None
    low, high = 0, n  # k = low does not suffice, k = high does
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (low, middle) if lower(middle, n, alpha) > p else (middle, high)
    return high
