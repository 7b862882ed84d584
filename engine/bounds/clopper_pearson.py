"""One-sided Clopper-Pearson bounds on a Bernoulli mean (Clopper & Pearson 1934)."""

from __future__ import annotations

import math

from scipy.special import betainccinv

_SHAVE, _SHAVE_PER_TRIAL = 1e-10, 2e-17
"""By how much 1-p is raised, relative to itself: a constant, and a part that grows with n. SciPy's
inverse was met with errors of 1e-10 at n = 10^7 and 4e-9 at n = 10^9 in 50-digit arithmetic."""


def rounded_down(others: float, n: int) -> float:
    """A lower bound 1 - ``others``, never above the exact value.

    ``others`` is raised by more than the error of its computation, and the difference taken down to
    the next float64: near 1 a step of float64 is larger than the first of the two.

    Args:
        others: the exact bound's complement as it was computed, in [0, 1].
        n: trials.
    """
    raised = others * (1.0 + _SHAVE + n * _SHAVE_PER_TRIAL)
    return max(0.0, math.nextafter(1.0 - raised, 0.0))


def lower(k: int, n: int, alpha: float) -> float:
    """Lower bound: the p with P(Bin(n, p) >= k) = alpha.

    It is computed by its complement, which keeps its digits where p is near 1.

    Args:
        k: successes, ``0 <= k <= n``.
        n: trials, at least 1.
        alpha: chance that the true mean is below the bound, in (0, 1).

    >>> round(lower(10, 10, 0.05), 6)
    0.741134
    """
    if k <= 0:
        return 0.0
    if k >= n:
        return rounded_down(-math.expm1(math.log(alpha) / n), n)
    return rounded_down(float(betainccinv(n - k + 1, k, alpha)), n)


def upper(k: int, n: int, alpha: float) -> float:
    """Upper bound: the p with P(Bin(n, p) <= k) = alpha; the mirror image of :func:`lower`.

    >>> upper(10, 10, 0.05)
    1.0
    """
    return 1.0 - lower(n - k, n, alpha)


def interval(k: int, n: int, alpha: float) -> tuple[float, float]:
    """Both ends of a two-sided interval: alpha/2 for each.

    >>> tuple(round(end, 4) for end in interval(12, 20, 0.05))
    (0.3605, 0.8089)
    """
    return lower(k, n, alpha / 2), upper(k, n, alpha / 2)
