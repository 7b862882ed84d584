"""An anytime-valid lower bound on a Bernoulli mean: the truncated beta mixture.

For H0: p_true <= p, mix the likelihood ratio against p over a Beta(1/2, 1/2) prior cut to (p, 1).
The mixture is an e-process for every mean in H0, so by Ville's inequality

    L_n = inf{p : M_n(p) < 1/alpha}

bounds p_true from below at *all* n simultaneously with probability at least 1 - alpha: whoever
watches it may stop whenever they like. (Robbins 1970; Howard, Ramdas, McAuliffe & Sekhon 2021.)
"""

from __future__ import annotations

import math
from collections.abc import Callable
from functools import lru_cache

from scipy.special import betainc

from engine.bounds.clopper_pearson import rounded_down
from engine.bounds.roots import rising_root

PRIOR = 0.5
_LOG_PRIOR_NORM = math.log(math.pi)
"""Of B(1/2, 1/2)."""
_SERIES = 20.0
"""From here on four terms of Stirling's series are exact in float64."""
_EDGE = 1e-12
"""Roots are looked for as far as this from 0 and 1."""
_LAST_STEP = 1e-9
"""Newton's last step, relative to the distance from 0 and 1; what it leaves is of the order of
float64's rounding."""
_LEAST_EXPONENT = -700.0
"""Below it the exponential function overflows."""
_KEPT = 1 << 14
"""Bounds that are kept: inputs of a set often have the same counts."""


def log_e(p: float, k: int, n: int) -> float:
    """log M_n(p) for k successes in n trials, decreasing in p; ``0 < p < 1``."""
    return _mixture(k, n)(1.0 - p)[0]


def _mixture(k: int, n: int) -> Callable[[float], tuple[float, float]]:
    """The same as a function of q = 1 - p, which keeps its digits where p is near 1; and its slope.

    By Stirling's formula B(k + 1/2, n-k + 1/2) is (1-s)^k s^(n-k) with s = (n-k + 1/2) / (n+1),
    times a factor without large exponents. So the quotient of mixture and null is taken power by
    power, and nothing cancels up to n = 10^9.
    """
    failures = n - k
    share = (failures + PRIOR) / (n + 1)
    rest = _stirling(k + PRIOR) + _stirling(failures + PRIOR) - _stirling(n + 1.0)
    mixture = rest + 0.5 * (math.log(2 * math.pi) - math.log(n + 1.0)) - _LOG_PRIOR_NORM

    def log_m(q: float) -> tuple[float, float]:
        powers = k * math.log1p((q - share) / (1.0 - q)) + failures * math.log1p((share - q) / q)
        posterior = float(betainc(PRIOR + failures, PRIOR + k, q))
        if posterior <= 0.0:
            return -math.inf, math.nan
        root = math.sqrt(q)
        prior, density = 2 * math.asin(root) / math.pi, 1 / (math.pi * root * math.sqrt(1.0 - q))
        value = powers + mixture + math.log(posterior) - math.log(prior)
        # The posterior's density is the prior's times the likelihood over the mixture's.
        likelihood = math.exp(-powers - mixture) if powers + mixture > _LEAST_EXPONENT else math.inf
        slope = k / (1.0 - q) - failures / q + density * (likelihood / posterior - 1 / prior)
        return value, slope

    return log_m


def _stirling(z: float) -> float:
    """log Gamma(z) - (z - 1/2) log z + z - log(2 pi)/2."""
    if z < _SERIES:
        return math.lgamma(z) - (z - 0.5) * math.log(z) + z - 0.5 * math.log(2 * math.pi)
    square = z * z
    return (1 / 12 - (1 / 360 - (1 / 1260 - 1 / (1680 * square)) / square) / square) / z


@lru_cache(_KEPT)
def lower(k: int, n: int, alpha: float) -> float:
    """The bound L_n above, in [0, k/n], rounded down; 0 where no p is excluded yet.

    Args:
        k: successes, ``0 <= k <= n``.
        n: trials.
        alpha: chance that the true mean is *ever* below the bound, in (0, 1).
    """
    if k <= 0 or n <= 0:
        return 0.0
    threshold = -math.log(alpha)
    least, most = max((n - k) / n, _EDGE), 1.0 - _EDGE
    log_m = _mixture(k, n)
    if log_m(most)[0] < threshold:
        return 0.0

    def above(q: float) -> tuple[float, float]:
        value, slope = log_m(q)
        return value - threshold, slope

    others = rising_root(above, least, most, guess=_guess(k, n, threshold), relative=_LAST_STEP)
    return rounded_down(others, n)


def _guess(k: int, n: int, threshold: float) -> float:
    """About where the root is: Bernstein's inequality at the mixture's cost, log(n)/2."""
    share, each = (n - k) / n, (threshold + 0.5 * math.log(n)) / n
    return share + math.sqrt(2 * share * (1 - share) * each) + 2 / 3 * each


def upper(k: int, n: int, alpha: float) -> float:
    """Upper bound, the mirror image of :func:`lower`; 1 where nothing is excluded yet."""
    return 1.0 - lower(n - k, n, alpha)
