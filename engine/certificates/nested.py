"""Smoothing over a parameter and over pixels at once: the certificate of nested smoothing.

Let T_t be a transformation with T_b T_g x = T_(b + g) x + err(b), and F(y) the probability that
f(T_b y + e) is the class, with b ~ N(0, s^2) and e ~ N(0, sigma^2 I): the average, over the outer
noise b, of the classifier that is smoothed with the inner noise e (Fischer, Baader & Vechev,
NeurIPS 2020). Let ||err(b)|| <= E for all b outside of a set of probability rho, and
m = sqrt((g / s)^2 + (E / sigma)^2). Of the clean image x and the transformed one T_g x, if either
has F > Phi(m) + rho, then F > 1/2 at the other.

*Proof.* Put err = 0 on that set: F(T_g x) changes by rho at most. With c = b + g and
e' = e + err(c - g) the question is how well one tells (c, e') from (b, e). Of one u ~ N(0, 1) or
N(E / sigma, 1) beside c anybody makes e' by u -> sigma (t u + sqrt(1 - t^2) z) along err and fresh
noise across it, with t = ||err|| / E <= 1 and z ~ N(0, 1): no set tells (c, e') from (b, e) better
than a set tells (c, u) from (b, u), normal laws that are m deviations apart. So from T_g x to x,
F(x) >= Phi(Phi^-1(F(T_g x) - rho) - m); from x to T_g x, F(T_g x) >= Phi(Phi^-1(F(x)) - m) - rho,
above 1/2 since Phi(m + Phi^-1(1/2 + rho)) <= Phi(m) + rho, Phi being concave above 0.

Fischer et al. certify the inner classifier anew for every b and bound the outer average of the
outcomes. Here both noises are drawn together, one forward pass for each, and no error probability
is spent on inner certificates; with E = 0 the certificate is theirs, s Phi^-1(p - rho).
"""

from __future__ import annotations

import math

from scipy.special import ndtr, ndtri

_UP, _DOWN = 1.0 + 2.0**-40, 1.0 - 2.0**-40
"""More than the relative rounding of a quantile, a quotient or a root."""
_LEAST = 2.0**-53


def reach(q: float, error: float, rho: float) -> float:
    """How far the parameter may be moved, in standard deviations of the outer noise.

    Args:
        q: upper bound on the probability of all else (``schemes.semantic.against_half``).
        error: E in standard deviations of the inner noise.
        rho: probability that the error is larger.

    Returns:
        sqrt(Phi^-1(1 - q - rho)^2 - E^2), rounded down; 0 where nothing is certified.
    """
    outside = max((q + rho) * _UP, _LEAST)
    if outside >= 0.5:
        return 0.0
    apart = -float(ndtri(outside)) * _DOWN
    error *= _UP
    if apart <= error:
        return 0.0
    return math.sqrt((apart - error) * (apart + error)) * _DOWN


def required(moved: float, error: float, rho: float) -> float:
    """The p_lower for which the parameter may be moved by so many standard deviations.

    Args:
        moved: at least 0; no move requires one half.
        error, rho: as for :func:`reach`.
    """
    if not moved:
        return 0.5
    return (float(ndtr(math.hypot(moved, error) * _UP)) + rho) * _UP
