"""The two binomial tests of PREDICT (lecture: PREDICT1 one-sided, PREDICT2 two-sided)."""

from __future__ import annotations

from scipy.special import bdtr, bdtrc


def p_value_one_sided(n_top: int, n: int) -> float:
    """P(Bin(n, 1/2) >= n_top): the null hypothesis says that the top class has p <= 1/2."""
    if n_top <= 0:
        return 1.0
    return float(bdtrc(n_top - 1, n, 0.5))


def p_value_two_sided(n_top: int, n_second: int) -> float:
    """Exact two-sided p-value of n_top out of n_top + n_second against 1/2.

    Under 1/2 the distribution is symmetric, so it is twice the smaller tail, at most 1.
    Valid although the two classes were found by looking (Hung & Fithian 2019).
    """
    n = n_top + n_second
    if n == 0:
        return 1.0
    smaller = min(n_top, n_second)
    return min(1.0, 2.0 * float(bdtr(smaller, n, 0.5)))
