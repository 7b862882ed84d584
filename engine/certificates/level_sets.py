"""Radii in l2 under noise that depends on |x|_2 alone, by the level sets of a likelihood ratio.

Yang et al., Randomized Smoothing of All Shapes and Sizes, ICML 2020, at scale 1. Moved by e, a law
of density exp(-phi(|x|)) has the log likelihood ratio L = phi(|x|) - phi(|x - e|). Of all sets of
probability 1 - q the one where L is least loses most, and its image under x -> e - x tells how much
it keeps:

    P(L > -t) = q with the median t of L

is where it keeps one half. A point of the sphere of radius r lies in the ball of radius s around e
with probability I((s^2 - (r - e)^2) / (4 e r); (d - 1)/2, (d - 1)/2), so that P(L > t) is one
integral over r, with phi(s) = phi(r) - t. What is certified grows with e, because densities that
fall with |x| do so along every line.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from functools import cached_property

import numpy as np
import numpy.typing as npt
from scipy.interpolate import CubicSpline
from scipy.optimize import brentq
from scipy.special import (
    betainc,
    betaincinv,
    gammainccinv,
    gammaincinv,
    lambertw,
    ndtr,
    ndtri,
)

from engine.core.gamma_ratio import log_gamma_ratio

Floats = npt.NDArray[np.float64]
_DOWN = 1.0 - 1e-5
"""More than the relative error of sums, root and interpolation."""
_REACH = 9.0
"""Of the trapezoidal rule over normal scores, which converges faster than any power."""
_LARGE, _GROWTH, _STEEP = 64, 1.25, 1.4
_FURTHEST = 8.25
"""More than the score of the least q."""
_NONE = 1e-40
"""A share that counts as nothing."""


class LevelSets:
    """A radius by q = 1 - p_lower.

    Args:
        dimension: at least 16; in fewer the integrand has corners that these points do not see.
        quantile: of a parameter u of the length, from a probability and its complement.
        length: r from u.
        within: s from u and t: where phi(s) = phi(r) - t, and 0 where it is less everywhere.
        inverse: E of 1 / r, infinite where there is none.
    """

    def __init__(
        self,
        dimension: int,
        quantile: Callable[[Floats, Floats], Floats],
        length: Callable[[Floats], Floats],
        within: Callable[[Floats, float], Floats],
        inverse: float,
    ) -> None:
        step = 0.05 if dimension >= _LARGE else 0.0125
        scores = np.arange(-_REACH, _REACH + step / 2, step)
        weights = np.exp(-(scores**2) / 2)
        self.half = (dimension - 1) / 2
        self.rate = inverse * math.exp(log_gamma_ratio(self.half, 0.5)) / math.sqrt(math.pi)
        """At which a set of probability 1/2 may grow: E[phi'(r) cos+] = (d - 1) E[cos+ / r]."""
        self.u = quantile(ndtr(scores), ndtr(-scores))
        self.r = length(self.u)
        self.within = within
        self.weights = weights / weights.sum()
        self.unit = float(self.r[len(self.r) // 2]) / math.sqrt(dimension)

    def __call__(self, q: float) -> float:
        """The radius at q, rounded down: from a curve through a few, and one step of Newton."""
        score, curve = -float(ndtri(q)), self._curve
        if score < math.exp(float(curve.x[0])):
            # Too little for the sums to tell, and no line: no set grows faster than one of 1/2.
            return (0.5 - q) / self.rate * _DOWN
        at = math.log(score)
        e = math.exp(float(curve(at)))
        slope = float(curve(at, 1)) * e / score  # of the radius over the score
        return (e - (self._score(e) - score) * slope) * _DOWN

    def share(self, e: float) -> float:
        """The q at which e is what is certified."""
        guess = -0.5 * (e / self.unit) ** 2
        low, high = 2.0 * guess, 0.0
        while self._above(low, e) < 0.5:
            low, high = 2.0 * low, low
        while self._above(high, e) > 0.5:
            high -= guess
        median = float(brentq(lambda t: self._above(t, e) - 0.5, low, high, xtol=-1e-12 * guess))
        return self._above(-median, e)

    @cached_property
    def _curve(self) -> CubicSpline:
        """ln of the radius over ln of the score -Phi^-1(q), from scores near 0 to beyond any."""
        sizes = [self.unit / 1000]
        scores = [self._score(sizes[0])]
        growth = _GROWTH
        while scores[-1] < _FURTHEST:
            score = self._score(sizes[-1] * growth)
            if score > _STEEP * scores[-1]:
                growth = math.sqrt(growth)
                continue
            sizes.append(sizes[-1] * growth)
            scores.append(score)
        return CubicSpline(np.log(scores), np.log(sizes))

    def _score(self, e: float) -> float:
        return -float(ndtri(max(self.share(e), _NONE)))

    def _above(self, t: float, e: float) -> float:
        """P(L > t)."""
        s, r = self.within(self.u, t), self.r
        share = (s - r + e) * (s + r - e) / (4.0 * e * r)
        return float(self.weights @ betainc(self.half, self.half, np.clip(share, 0.0, 1.0)))


def exponential(dimension: int, k: float, j: float) -> LevelSets:
    """|x|^-j exp(-|x|^k): u = r^k ~ Gamma((d - j) / k), phi(r) = j ln r + r^k."""
    shape = (dimension - j) / k

    def quantile(below: Floats, above: Floats) -> Floats:
        low, high = gammaincinv(shape, below), gammainccinv(shape, above)
        return np.asarray(np.where(below < 0.5, low, high))

    def within(u: Floats, t: float) -> Floats:
        if not j:
            return np.asarray(np.maximum(u - t, 0.0) ** (1.0 / k))
        # v = s^k has j/k ln v + v = j/k ln u + u - t, so that v = j/k W(x) with
        # ln x = k/j (u - t) + ln(k u / j)
        ratio = k / j
        logs = ratio * (u - t) + np.log(ratio * u)
        small = np.real(lambertw(np.exp(np.minimum(logs, 500.0))))
        large = np.maximum(logs, 500.0)
        large = large - np.log(large)
        for _ in range(4):  # Newton on w + ln w = x
            large = large * (1.0 + np.maximum(logs, 500.0) - np.log(large)) / (1.0 + large)
        return np.asarray((np.where(logs > 500.0, large, small) / ratio) ** (1.0 / k))

    left = shape - 1.0 / k
    inverse = math.exp(log_gamma_ratio(shape, -1.0 / k)) if left > 0 else math.inf
    return LevelSets(dimension, quantile, lambda u: u ** (1.0 / k), within, inverse)


def power_law(dimension: int, k: float, a: float) -> LevelSets:
    """(1 + |x|^k)^-a: r^k ~ BetaPrime(d / k, a - d / k), phi(r) = a ln(1 + r^k)."""
    first, second = dimension / k, a - dimension / k

    def quantile(below: Floats, above: Floats) -> Floats:
        low, high = betaincinv(first, second, below), betaincinv(second, first, above)
        rest = np.where(below < 0.5, 1.0 - low, high)
        return np.asarray(np.where(below < 0.5, low, 1.0 - high) / rest)

    def within(u: Floats, t: float) -> Floats:
        moved = u + (1.0 + u) * math.expm1(-t / a)
        return np.asarray(np.maximum(moved, 0.0) ** (1.0 / k))

    inverse = math.exp(log_gamma_ratio(first, -1.0 / k) + log_gamma_ratio(second, 1.0 / k))
    return LevelSets(dimension, quantile, lambda u: u ** (1.0 / k), within, inverse)
