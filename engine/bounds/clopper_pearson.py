"""One-sided Clopper-Pearson bounds on a Bernoulli mean (Clopper & Pearson 1934)."""

from __future__ import annotations

from scipy.special import betaincinv

SHAVE = 1e-10
"""Relative to 1-p: larger than any error of ``betaincinv`` met in comparison with 50-digit
arithmetic (2.4e-11 at n = 10^7, alpha = 10^-9), so that rounding can only weaken a bound."""


def lower(k: int, n: int, alpha: float) -> float:
    """Lower bound: the p with P(Bin(n, p) >= k) = alpha.

    Args:
        k: successes, ``0 <= k <= n``.
        n: trials, at least 1.
        alpha: chance that the true mean is below the bound, in (0, 1).

    >>> round(lower(10, 10, 0.05), 6)
    0.741134
    """
    if k <= 0:
        return 0.0
    exact = alpha ** (1.0 / n) if k >= n else float(betaincinv(k, n - k + 1, alpha))
    return max(0.0, exact - SHAVE * (1.0 - exact))


def upper(k: int, n: int, alpha: float) -> float:
    """Upper bound: the p with P(Bin(n, p) <= k) = alpha; the mirror image of :func:`lower`.

    >>> upper(10, 10, 0.05)
    1.0
    """
    return 1.0 - lower(n - k, n, alpha)
