"""Empirical-Bernstein bound on the mean of scores in [0, 1], for *soft* smoothed classifiers.

A. Maurer and M. Pontil, Empirical Bernstein Bounds and Sample Variance Penalization, COLT 2009,
Theorem 4, as R. Zhai et al. (MACER, ICLR 2020) certify with it: for scores s_1, ..., s_n in [0, 1]
with mean m and unbiased sample variance V, with probability 1 - alpha

    E s >= m - sqrt(2 V ln(2 / alpha) / n) - 7 ln(2 / alpha) / (3 (n - 1)).

The soft classifier, the expected softmax score of a class under the noise, is another function than
the vote of the classes: a bound of one says nothing about the other.
"""

from __future__ import annotations

import math
from fractions import Fraction

_LOST = 16 * 2.0**-53
"""Relative error, at most, of a handful of float64 operations and a logarithm."""


def lower(total: float | Fraction, total_squares: float | Fraction, n: int, alpha: float) -> float:
    """Lower bound on the mean, from the sums of scores and of their squares; rounded down.

    Both sums are taken as exact; whoever adds n numbers in float64 raises the second and lowers the
    first by the error of that. A negative variance, which no scores have, counts as none.

    Args:
        total: sum of the n scores.
        total_squares: sum of their squares.
        n: number of scores, at least 2.
        alpha: chance that the mean is below the bound, in (0, 1).

    >>> round(lower(99.0, 98.9901, 100, 0.001), 6)
    0.77206
    """
    mean, loss = Fraction(total) / n, math.log(2 / alpha)
    # In whole numbers: next to each other, sum and product would lose what the variance is.
    variance = float(max(Fraction(0), Fraction(total_squares) - mean * mean * n) / (n - 1))
    slack = math.sqrt(2 * variance * loss / n) + 7 * loss / (3 * (n - 1))
    return max(0.0, math.nextafter(float(mean) * (1 - _LOST) - slack * (1 + _LOST), -math.inf))
