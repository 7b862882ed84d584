"""Radii in l1, l2 and linf under the noise laws of Yang et al., ICML 2020, at scale 1.

A radius is a function of q = 1 - p_lower in (0, 1/2), against one half. Two proofs stand here:
where the shifted law overlaps the law by at least o(r), r is certified while 1/2 + q < o(r); and
if a set of probability p grows at most at rate Phi(p) along every direction of unit norm,

    r = integral from q to 1/2 of dp / Phi(p)

(their differential method). Sets of probability p grow fastest where the score is largest. The
third, level sets, is in ``engine.certificates.level_sets``. A norm that has no radius of its own
takes one of another: ||x||_1 <= d^(1/2) ||x||_2 <= d ||x||_inf in d dimensions, and norms fall
from l1 to linf.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from functools import lru_cache

import numpy as np
import numpy.typing as npt
from scipy.optimize import brentq
from scipy.special import (
    bdtrc,
    betainc,
    betaincinv,
    digamma,
    gammainc,
    gammaincc,
    gammainccinv,
    gammaincinv,
    gammaln,
    ndtri,
)

from engine.core.gamma_ratio import log_gamma_ratio

Radius = Callable[[float], float]
"""From q to a radius at scale 1."""
Floats = npt.NDArray[np.float64]
ORDER = {"l1": 1.0, "l2": 0.5, "linf": 0.0}
"""1 / p of each norm."""
DOWN = 1.0 - 1e-10
"""More than the relative rounding of a closed form."""
COARSE = 1.0 - 1e-8
"""More than that of an integral of special functions."""
LEAST = 2.0**-53
"""The least q that is told from 0: a radius stays finite."""
_TERMS, _NODES = 64, 20


def certified(direct: Mapping[str, Radius], norm: str, dimension: int) -> Radius:
    """The best radius in ``norm`` that follows from those in other norms, rounded down.

    A radius in l_a is one in l_b where b <= a, and d^(1/a - 1/b) times as large at least elsewhere.
    """
    shrinks = {one: math.pow(dimension, max(0.0, ORDER[one] - ORDER[norm])) for one in direct}

    def radius(q: float) -> float:
        if not q < 0.5:
            return 0.0
        found = (radius_of(max(q, LEAST)) / shrinks[one] for one, radius_of in direct.items())
        return max(0.0, float(max(found)) * DOWN)

    return radius


def required(radius: Radius, size: float, around: tuple[float, float] | None = None) -> float:
    """The least p_lower, rounded up, whose ``radius`` is above ``size``; 2 if there is none.

    Args:
        radius: by q = 1 - p_lower.
        size: 0 or more.
        around: two q, of which the first has a larger radius and the second none larger.
    """
    if radius(0.0) <= size:
        return 2.0
    enough, little = around or (LEAST, 0.5)
    ends = math.log(enough), math.log(little)
    q = math.exp(brentq(lambda logs: radius(math.exp(logs)) - size, *ends, xtol=1e-13))
    step = 2.0**-44
    while radius(q) <= size:
        q, step = q * (1.0 - step), 2.0 * step
    return 1.0 - q


@lru_cache(maxsize=64)
def uniform(dimension: int) -> Mapping[str, Radius]:
    """U[-1, 1]^d: two cubes overlap by at least 1 - r/2 in l1, and (1 - r/2)^d in linf."""
    return {
        "l1": lambda q: 1.0 - 2.0 * q,
        "linf": lambda q: -2.0 * math.expm1(math.log1p(q - 0.5) / dimension),
    }


@lru_cache(maxsize=64)
def laplace(dimension: int) -> Mapping[str, Radius]:
    """exp(-|x|_1): -ln(2 q) in l1; in linf the score is the sum of signs, a binomial law."""
    return {"l1": lambda q: -math.log(2.0 * q), "linf": lambda q: _signs(q, dimension)}


def _signs(q: float, d: int) -> float:
    """Phi is linear between the tails of S = 2 B - d, B binomial: every piece is a logarithm.

    From p = P(B > b) on it grows by 2 b - d, from E[S; B > b] = (b + 1) P(B = b + 1). Of tails too
    thin to count the piece is left out, which is no more than is certified.
    """
    middle, reach = d // 2, min(d, d // 2 + 8 + math.ceil(5 * math.sqrt(d)))
    b = np.arange(middle, reach + 1, dtype=np.float64)
    tails = np.where(b < d, bdtrc(np.minimum(b, d - 1), d, 0.5), 0.0)  # P(B > b)
    ends = np.append(bdtrc(middle - 1.0, d, 0.5) if middle else 1.0, tails[:-1])
    up = np.minimum(b + 1, d)
    masses = np.exp(gammaln(d + 1.0) - gammaln(up + 1) - gammaln(d - up + 1) - d * math.log(2.0))
    starts = np.where(b < d, up * masses, 0.0)
    low, high = np.clip(q, tails, ends), np.minimum(0.5, ends)
    slope = 2.0 * b - d
    first, width = starts + slope * (low - tails), high - low
    keep = (width > 0) & (first > 0)
    first, width, slope = first[keep], width[keep], slope[keep]
    grown = slope * width / first
    pieces = np.where(grown > 0, np.log1p(grown) / np.where(grown > 0, slope, 1.0), width / first)
    return float(pieces.sum()) * COARSE


@lru_cache(maxsize=64)
def pareto(a: float) -> Mapping[str, Radius]:
    """prod (1 + |x_i|)^-(a + 1): Phi(p) = a/2 (1 - w^(1 + 1/a)) in l1, w = 1 - 2 p.

    r = w/a 2F1(1, b; b + 1; t) with b = a / (a + 1) and t = w^(1 + 1/a): by its series in t, and
    beyond t = 1/2 by the one in 1 - t that its logarithm leaves.
    """
    s = 1.0 / (a + 1.0)
    n = np.arange(_TERMS, dtype=np.float64)
    near = 1.0 / (a + n * (a + 1.0))
    rises = np.cumprod((s + n) / (n + 1.0)) / (n + 1.0)  # (s)_m / m! / m for m = n + 1
    level = float(digamma(1.0) - digamma(1.0 - s))

    def radius(q: float) -> float:
        logs = math.log1p(-2.0 * q)
        t, left = math.exp(logs / (1.0 - s)), -math.expm1(logs / (1.0 - s))
        if t <= 0.5:
            return math.exp(logs) * float(near @ t**n)
        return s * (level - float(rises @ left ** (n + 1.0)) - math.log(left))

    return {"l1": radius}


@lru_cache(maxsize=64)
def uniform_ball(dimension: int) -> Mapping[str, Radius]:
    """Uniform in the l2 ball: the overlap is two caps."""
    half = (dimension + 1) / 2

    def radius(q: float) -> float:
        return 2.0 - 4.0 * float(betaincinv(half, half, 0.25 + q / 2))

    return {"l2": radius}


@lru_cache(maxsize=64)
def exp_inf(dimension: int, k: float, j: float) -> Mapping[str, Radius]:
    """|x|_inf^-j exp(-|x|_inf^k), j < d - 1: in l1 Phi is at most its value at one half."""
    lower = (dimension - j - 1) / k
    factor = dimension / (dimension - 1) * math.exp(log_gamma_ratio(lower, 1.0 / k))
    found: dict[str, Radius] = {"l1": lambda q: factor * (1.0 - 2.0 * q)}
    if not j:
        found["linf"] = _powers(dimension, k)
    return found


@lru_cache(maxsize=64)
def exp_1(dimension: int, k: float) -> Mapping[str, Radius]:
    """exp(-|x|_1^k): along one axis the score is that of :func:`exp_inf` in linf."""
    return {"l1": _powers(dimension, k)}


def _powers(d: int, k: float) -> Radius:
    """Phi(p) = E[k R^(k-1); the largest scores, probability 2 p] / 2 with R^k ~ Gamma(d / k)."""
    if k == 1.0:
        return lambda q: -math.log(2.0 * q)
    shape, other = d / k, (d + k - 1.0) / k
    scale = k / 2 * math.exp(log_gamma_ratio(shape, other - shape))

    def rate(p: Floats) -> Floats:
        if k > 1:
            found: Floats = scale * gammaincc(other, gammainccinv(shape, 2.0 * p))
        else:
            found = scale * gammainc(other, gammaincinv(shape, 2.0 * p))
        return found

    return Differential(rate)


@lru_cache(maxsize=64)
def pow_inf(dimension: int, a: float) -> Mapping[str, Radius]:
    """(1 + |x|_inf)^-a with a > d."""
    d = dimension

    def rate(p: Floats) -> Floats:
        share = betaincinv(d, a - d, 2.0 * p)
        found: Floats = betainc(d, a + 1.0 - d, share) * (a - d) / 2
        return found

    return {"l1": lambda q: d / (a - d) * (1.0 - 2.0 * q), "linf": Differential(rate)}


@lru_cache(maxsize=64)
def exp_p(power: float) -> Mapping[str, Radius]:
    """exp(-sum |x_i|^p): log-concave for p >= 1, so that one number decides; else the integral."""
    shape = 1.0 / power

    def concave(q: float) -> float:
        return math.pow(float(gammainccinv(shape, 2.0 * q)), shape)

    def rate(p: Floats) -> Floats:
        # with |X|^p = g: 1/2 E[p g^(1 - 1/p); the smallest g, probability 2 p], p G(1/p) = G's
        least: Floats = -np.expm1(-gammaincinv(shape, 2.0 * p)) / (2.0 * math.gamma(1.0 + shape))
        return least

    return {"l1": concave if power >= 1 else Differential(rate, DOWN)}


@lru_cache(maxsize=64)
def exp_2(dimension: int, k: float, j: float) -> Mapping[str, Radius]:
    """|x|_2^-j exp(-|x|_2^k): for j = 0 in closed form where k is 1 or 2, else by level sets."""
    half = (dimension - 1) / 2

    def cone(q: float) -> float:
        share = float(betaincinv(half, half, q))
        return (dimension - 1) * 0.5 * math.log((1.0 - share) / share)

    if not j and k in (1.0, 2.0):
        return {"l2": cone if k == 1.0 else lambda q: -float(ndtri(q)) / math.sqrt(2.0)}
    from engine.certificates.level_sets import exponential  # deferred: seldom needed

    return {"l2": exponential(dimension, k, j)}


@lru_cache(maxsize=64)
def pow_2(dimension: int, k: float, a: float) -> Mapping[str, Radius]:
    """(1 + |x|_2^k)^-a with a > d / k, by level sets."""
    from engine.certificates.level_sets import power_law  # deferred as above

    return {"l2": power_law(dimension, k, a)}


class Differential:
    """r(q) = integral from q to 1/2 of dp / Phi(p), rounded down.

    Panels halve towards 0 and towards 1/2, where Phi may have a root; their integrals are summed
    once, so that a radius costs one panel.

    Args:
        rate: Phi, from probabilities in (0, 1/2) to rates above 0.
        down: more than the relative rounding of its special functions.
    """

    def __init__(self, rate: Callable[[Floats], Floats], down: float = COARSE) -> None:
        self.rate, self.down = rate, down
        upper = 0.5 - 0.25 * 2.0 ** -np.arange(40.0)  # 1/4, 3/8, ..., almost 1/2
        lower = 2.0 ** -np.arange(53.0, 2.0, -1.0)
        self.edges = np.concatenate((lower, upper, [0.5]))
        pieces = self._pieces(self.edges[:-1], self.edges[1:])
        self.above = np.append(np.cumsum(pieces[::-1])[::-1], 0.0)
        """From each edge to 1/2."""

    def __call__(self, q: float) -> float:
        """The radius at q."""
        place = int(np.searchsorted(self.edges, q, side="right"))
        rest = self._pieces(np.array([q]), self.edges[place : place + 1])
        return float((self.above[place] + rest[0]) * self.down)

    def _pieces(self, low: Floats, high: Floats) -> Floats:
        nodes, weights = np.polynomial.legendre.leggauss(_NODES)
        half = (high - low)[:, None] / 2
        points = low[:, None] + half * (1.0 + nodes)
        found: Floats = half[:, 0] * ((1.0 / self.rate(points)) @ weights)
        return found
