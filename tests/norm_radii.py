"""Radii of the noise laws for l1, l2 and linf in high precision, at scale 1, by q = 1 - p_lower."""

from __future__ import annotations

from collections.abc import Callable

import mpmath
import numpy as np
from mpmath import mpf
from scipy.special import betaincinv, gammainccinv, gammaincinv


def signs(d: int, q: mpf) -> mpf:
    """Laplace noise in linf: piece by piece with rational binomial tails."""
    total, below, score = mpf(0), mpf(0), mpf(0)
    for b in range(d, -1, -1):
        mass = mpmath.binomial(d, b) / mpf(2) ** d
        low, top = max(below, q), min(below + mass, mpf("0.5"))
        slope = 2 * b - d
        if top > low:
            start = score + slope * (low - below)
            grown = slope * (top - low) / start
            total += mpmath.log1p(grown) / slope if slope else (top - low) / start
        below, score = below + mass, score + slope * mass
    return total


def halves(q: mpf) -> mpf:
    """exp(-sum |x|^(1/2)) in l1: the closed form in the dilogarithm."""
    c = mpmath.findroot(lambda c: mpmath.gammainc(2, 0, c) - 2 * q, mpmath.sqrt(4 * q) + q)
    return 2 * (-c * mpmath.log(-mpmath.expm1(-c)) + mpmath.polylog(2, mpmath.exp(-c)))


def powers(d: int, k: mpf, q: mpf) -> mpf:
    """exp(-|x|_1^k) in l1, or exp(-|x|_inf^k) in linf.

    The integral over the quantile u of R^k ~ Gamma(d / k) that bounds the set.
    """
    shape, other = d / k, (d + k - 1) / k
    scale = k / 2 * mpmath.gamma(other) / mpmath.gamma(shape)
    ends = {"a": 0, "b": mpmath.inf}

    def grown(u: mpf) -> mpf:
        part = (u, ends["b"]) if k > 1 else (ends["a"], u)
        rate = scale * mpmath.gammainc(other, *part, regularized=True)
        return u ** (shape - 1) * mpmath.exp(-u) / mpmath.gamma(shape) / 2 / rate

    inverse = gammainccinv if k > 1 else gammaincinv
    first = mpmath.findroot(
        lambda u: (
            mpmath.gammainc(shape, *((u, ends["b"]) if k > 1 else (0, u)), regularized=True) - 2 * q
        ),
        mpf(float(inverse(float(shape), float(2 * q)))),
    )
    middle = mpf(float(shape))
    points = sorted({first, middle, middle * 2}) if k <= 1 else sorted({first, middle, middle / 2})
    if k > 1:
        return mpmath.quad(grown, [0, *[p for p in points if p <= first]])
    return mpmath.quad(grown, [*[p for p in points if p >= first], mpmath.inf])


def power_law_linf(d: int, a: mpf, q: mpf) -> mpf:
    """(1 + |x|_inf)^-a in linf: the integral over w = |x|_inf / (1 + |x|_inf) ~ Beta(d, a - d)."""

    def tail(w: mpf) -> mpf:
        return mpmath.betainc(d, a - d, 0, w, regularized=True)

    def grown(w: mpf) -> mpf:
        density = w ** (d - 1) * (1 - w) ** (a - d - 1) / mpmath.beta(d, a - d)
        return density / (mpmath.betainc(d, a + 1 - d, 0, w, regularized=True) * (a - d))

    guess = mpf(float(betaincinv(d, float(a - d), float(2 * q))))
    first = mpmath.findroot(lambda w: tail(w) - 2 * q, guess)
    middle, spread = mpf(d) / a, mpmath.sqrt(d * (a - d) / a**3)
    ends = [first, *(middle + i * spread for i in range(-6, 9, 2)), 1]
    return mpmath.quad(grown, sorted(w for w in ends if first <= w <= 1))


def share_of_power_law(d: int, k: float, a: float, e: mpf) -> mpf:
    """The q at which (1 + |x|_2^k)^-a certifies e: w = r^k / (1 + r^k) ~ Beta(d / k, a - d / k)."""
    first, second = mpf(d) / k, mpf(a) - mpf(d) / k
    mean = first / (first + second)
    spread = mpmath.sqrt(mean * (1 - mean) / (first + second + 1))
    law = [
        (w / (1 - w), weight * w ** (first - 1) * (1 - w) ** (second - 1))
        for w, weight in _rule(max(mpf(0), mean - 9 * spread), min(mpf(1), mean + 9 * spread))
    ]
    return _share(d, k, law, lambda u, t: (1 + u) * mpmath.exp(-t / a) - 1, e)


def share_of_exponential(d: int, k: float, e: mpf) -> mpf:
    """The q at which exp(-|x|_2^k) certifies e: u = r^k ~ Gamma(d / k)."""
    shape = mpf(d) / k
    spread = mpmath.sqrt(shape)
    law = [
        (u, weight * u ** (shape - 1) * mpmath.exp(-u))
        for u, weight in _rule(max(mpf(0), shape - 9 * spread), shape + 13 * spread)
    ]
    return _share(d, k, law, lambda u, t: u - t, e)


def _rule(low: mpf, high: mpf) -> list[tuple[mpf, mpf]]:
    """Gauss and Legendre's, in which no law has a corner that matters."""
    nodes, weights = np.polynomial.legendre.leggauss(160)
    half = (high - low) / 2
    return [
        (low + half * (1 + mpf(float(x))), mpf(float(w)))
        for x, w in zip(nodes, weights, strict=True)
    ]


def _share(
    d: int, k: float, law: list[tuple[mpf, mpf]], within: Callable[[mpf, mpf], mpf], e: mpf
) -> mpf:
    """P(L > -t) with the median t of the log likelihood ratio L of the law and the law moved by e.

    A point of length r is in the ball of radius s around e with probability I(share), where s^k is
    what ``within`` says of r^k.
    """
    half, whole = mpf(d - 1) / 2, mpmath.fsum(mass for _, mass in law)

    def above(t: mpf) -> mpf:
        total = mpf(0)
        for u, mass in law:
            r, moved = u ** (1 / mpf(k)), within(u, t)
            s = moved ** (1 / mpf(k)) if moved > 0 else mpf(0)
            share = (s * s - (r - e) ** 2) / (4 * e * r)
            if share >= 1:
                total += mass
            elif share > 0:
                total += mass * mpmath.betainc(half, half, 0, share, regularized=True)
        return total / whole

    typical = (mpmath.fsum(u * mass for u, mass in law) / whole) ** (1 / mpf(k))
    low = -d * (e / typical) ** 2
    while above(low) < 0.5:
        low *= 2
    middle = mpmath.findroot(
        lambda t: above(t) - mpf("0.5"), (low, mpf(0)), solver="anderson", tol=1e-12, verify=False
    )
    return above(-middle)
