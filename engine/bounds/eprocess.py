"""An anytime-valid lower bound on a Bernoulli mean: the truncated beta mixture.

For H0: p_true <= p, mix the likelihood ratio against p over a Beta(1/2, 1/2) prior cut to (p, 1).
The mixture is an e-process for every mean in H0, so by Ville's inequality

    L_n = inf{p : M_n(p) < 1/alpha}

bounds p_true from below at *all* n simultaneously with probability at least 1 - alpha: whoever
watches it may stop whenever they like. (Robbins 1970; Howard, Ramdas, McAuliffe & Sekhon 2021.)
"""

from __future__ import annotations

import math

from scipy.optimize import brentq
from scipy.special import betainc, betaln

from engine.bounds.clopper_pearson import SHAVE

PRIOR = 0.5
_LOG_PRIOR_NORM = float(betaln(PRIOR, PRIOR))


def log_e(p: float, k: int, n: int) -> float:
    """log M_n(p) for k successes in n trials, decreasing in p; ``0 < p < 1``.

    In log space and with the complement of the incomplete beta taken directly, so that nothing
    cancels up to n = 10^8.
    """
    failures = n - k
    mixture = float(betaln(PRIOR + k, PRIOR + failures)) - _LOG_PRIOR_NORM
    null = k * math.log(p) + failures * math.log1p(-p)
    posterior = float(betainc(PRIOR + failures, PRIOR + k, 1.0 - p))
    prior = float(betainc(PRIOR, PRIOR, 1.0 - p))
    if posterior <= 0.0:
        return -math.inf
    return mixture - null + math.log(posterior) - math.log(prior)


def lower(k: int, n: int, alpha: float) -> float:
    """The bound L_n above, in [0, k/n]; 0 where no p is excluded yet.

    Args:
        k: successes, ``0 <= k <= n``.
        n: trials.
        alpha: chance that the true mean is *ever* below the bound, in (0, 1).
    """
    if k <= 0 or n <= 0:
        return 0.0
    threshold = -math.log(alpha)
    high = min(k / n, 1.0 - 1e-12)
    low = 1e-12
    if log_e(low, k, n) < threshold:
        return 0.0
    root = float(brentq(lambda p: log_e(p, k, n) - threshold, low, high, xtol=1e-15, rtol=1e-14))
    return max(0.0, root - SHAVE * (1.0 - root))


def upper(k: int, n: int, alpha: float) -> float:
    """Upper bound, the mirror image of :func:`lower`; 1 where nothing is excluded yet."""
    return 1.0 - lower(n - k, n, alpha)
