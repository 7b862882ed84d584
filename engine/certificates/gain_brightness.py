"""Contrast and brightness: the p_lower that a change e^k (x + b) requires, exact and in two steps.

Noise e^k0 (x + b0) with k0 ~ N(0, sk^2), b0 ~ N(0, sb^2) after an attack (k, b) is noise with
k0 ~ N(k, sk^2), b0 ~ N(b, e^-2k sb^2). In u = k0 / sk and v = b0 / sb the laws are P = N(0, I) and
Q = N((m, beta), diag(1, e^-2k)) with m = |k| / sk and beta = |b| / sb (signs do not matter, by
symmetry). For every l > 0 and every set S (weak duality of Neyman and Pearson)

    P(not S) >= (J(l) - Q(S)) / l,    J(l) = integral of min(dQ, l dP),

so that P(S) above 1 - (J(l) - q) / l implies Q(S) > q, whatever l is; the best l is where the
likelihood-ratio set has Q = q. Along u the integral is closed:

    J(l) = integral over v of  dQ_v Phi(t - m) + l dP_v Phi(-t),
    t(v) = (ln l - ln dQ_v/dP_v) / m + m / 2.

*Quadrature.* The integrand F is entire, and t is quadratic in v. With |Phi(x + iy)| <= 1.4 e^(y^2)
it holds on |Im v| <= c that integral |F| <= M = 1.4 sqrt(2) e^(2 B^2 + 1/2) (1 + l), if c <= 1,
c e^k <= 1, c A <= m / sqrt(8) and B = c beta max(1, e^2k) / m, A = max(|2 sinh k|, |e^2k - 1|). The
trapezoidal rule with step h is then at most 2 M / (e^(2 pi c / h) - 1) off (Trefethen & Weideman,
SIAM Review 2014, Theorem 5.1). F >= 0, so that leaving out the tails only weakens the claim. h is
such that the error is below :data:`ERROR`, which is taken off J with the rounding of the sum.

*Monotonicity.* min(f(z - a), g(z)) for symmetric f and g that fall on both sides has an integral
that falls in |a|: layer by layer it is the overlap of two intervals. So J falls in m with k and
beta fixed, and in beta. Where beta is 0 it falls in |k| on each side of 0, since
r z + sqrt(1 - r^2) times fresh noise keeps P and takes N(0, e^-2k) to any variance nearer to 1. A
cell of k and b (:func:`required_over`) is proved from its largest |b| and |k|, the variance in its
middle, and the total variation to the variances at its ends, at most 2 phi(1) |ln ratio of
deviations|.

The two-step bound is that of Li et al., TSS, CCS 2021: first the contrast, then the shift.
"""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
from scipy.special import ndtr, ndtri

Floats = npt.NDArray[np.float64]

ERROR = 1e-12
"""Of J relative to 1 + l: quadrature, and the rounding of sums of some thousand positive terms."""
SHARE = 2.0 * math.exp(-0.5) / math.sqrt(2.0 * math.pi) * (1 + 1e-12)
"""2 phi(1): of the total variation between N(0, s^2) and N(0, t^2), for each |ln s - ln t|."""
_MOST_NODES = 1 << 14
"""Beyond these m is raised, which weakens the bound."""
_NUMBERS = 1 << 14
"""Worked out at a time: no more than a processor keeps near."""
_COARSE = 4
"""The best l is looked for on every fourth node."""
_LEAST_NODES, _SIZES = 16, 12
"""Nodes at least; sizes of the rules of a map."""
_UNREACHED = 1.0 - 2.0**-50
"""More than any number of votes gives, and not the 1 that says that no probability suffices."""
_ROWS = 10
"""Of a map, worked out together."""
_UP = 1.0 + 2.0**-40
"""More than the relative rounding of a quotient, an exponential or a probability."""


class _Rule(NamedTuple):
    """How fine the quadrature is.

    Attributes:
        error: bound on its error relative to 1 + l, rounding included.
        reach: deviations of either law beyond which the integrand is left out.
        steps: of Newton's method; an inexact root weakens the bound in second order.
        doubled: nodes are a power of 2, as they have always been where a claim is made; else a
            multiple of the least number.
    """

    error: float
    reach: float
    steps: int
    doubled: bool

    @property
    def digits(self) -> float:
        """ln of 2 M / (e^(2 B^2) (1 + l) error), and a little more."""
        return math.log(2 * 1.4 * math.sqrt(2) * math.exp(0.5) / self.error) + 1.0


_FINE = _Rule(ERROR, 8.5, 4, doubled=True)
_OF_A_MAP = _Rule(1e-6, 5.2, 2, doubled=False)
"""A cell needs no more digits than are seen; what is left out weakens it."""


def required(k: Floats, b: Floats, sigma_k: float, sigma_b: float, q: float = 0.5) -> Floats:
    """Upper bounds on the p for which P(S) > p implies Q(S) > q, by quadrature or in two steps.

    Args:
        k, b: log-gains and brightnesses, of one shape.
        sigma_k, sigma_b: of the noise.
        q: to be exceeded at the changed image; the two-step bound is taken for one half only.

    Returns:
        p*, of that shape; 1 or more where nothing suffices.
    """
    k, b = np.broadcast_arrays(np.asarray(k, np.float64), np.asarray(b, np.float64))
    found = _exact(np.abs(k) / sigma_k * _UP, k, np.abs(b) / sigma_b * _UP, np.full(k.shape, q))
    return np.minimum(found, two_step(k, b, sigma_k, sigma_b)) if q == 0.5 else found


def required_over(
    low: Floats, high: Floats, tops: Floats, sigma_k: float, sigma_b: float, ceiling: float = 1.0
) -> Floats:
    """(rows, columns) upper bounds on :func:`required` over cells of k and |b|.

    Args:
        low, high: (columns,) ends of k, both on one side of 0 (0 itself is on both).
        tops: (rows,) largest |b|, rising.
        sigma_k, sigma_b: of the noise.
        ceiling: above a cell that requires more, the two-step bound may stand alone.
    """
    furthest = np.maximum(np.abs(low), np.abs(high))
    middle, half = (low + high) / 2, (high - low) / 2 * _UP
    worst = np.where(np.abs(low) > np.abs(high), low, high)
    found = two_step(worst, tops[:, None], sigma_k, sigma_b)
    m, q, open_ = furthest / sigma_k * _UP, 0.5 + SHARE * half, np.ones(len(low), bool)
    for first in range(0, len(tops), _ROWS):
        rows = slice(first, first + _ROWS)
        beta = np.abs(tops[rows, None]) / sigma_b * _UP
        exact = _exact(m[open_], middle[open_], beta, q[open_], _OF_A_MAP)
        found[rows, open_] = np.minimum(found[rows, open_], exact)
        open_ &= found[rows][-1] <= ceiling  # it rises with |b|
        beyond = slice(first + _ROWS, None)
        found[beyond, ~open_] = np.minimum(found[beyond, ~open_], _UNREACHED)
        if not open_.any():
            break
    return found


def two_step(k: Floats, b: Floats, sigma_k: float, sigma_b: float) -> Floats:
    """The p_lower that the two-step bound of TSS requires; it needs no quadrature.

    D^2 = (k / sk)^2 + (b / (sb min(e^-k, 1)))^2, p' = Phi(D), and p from p' as the contrast has it.
    It rises with |b|, and with |k| on each side of 0: over an interval the ends decide.
    """
    shift = np.abs(b) / sigma_b * np.maximum(1.0, np.exp(k))
    tail = ndtr(-np.hypot(k / sigma_k, shift) * _UP)
    shrunk = np.exp(-np.abs(k)) / _UP
    # k > 0: 1 - p/2 = Phi(e^-k Phi^-1(1 - p'/2)); k < 0: (1 + p)/2 = Phi(e^-k Phi^-1((1 + p')/2))
    narrower = 2.0 * ndtr(ndtri((1.0 - tail) / 2) * shrunk)
    wider = 1.0 - 2.0 * ndtr(ndtri(tail / 2) / shrunk)
    found: Floats = np.where(k > 0, narrower, np.where(k < 0, wider, 1.0 - tail)) * _UP
    return found


def _exact(m: Floats, k: Floats, beta: Floats, q: Floats, rule: _Rule = _FINE) -> Floats:
    """1 - (J - q) / l at the best l, in groups of about as many nodes."""
    whole = np.broadcast_arrays(m, k, beta, q)
    flat = [np.ravel(part) for part in whole]
    shift = (flat[1] == 0.0) & (flat[3] == 0.5)  # of a normal law: nothing is to be integrated
    found = ndtr(np.hypot(flat[0], flat[2])) * _UP
    with np.errstate(over="ignore", under="ignore", invalid="ignore", divide="ignore"):
        nodes, flat[0] = _nodes(rule, *flat[:3])
        for size in np.unique(nodes[~shift]):
            members = np.flatnonzero((nodes == size) & ~shift)
            for part in np.array_split(members, -(-len(members) * int(size) // _NUMBERS)):
                found[part] = _by_quadrature(rule, int(size), *(one[part] for one in flat))
    return np.where(np.isfinite(found), found, 2.0).reshape(whole[0].shape)


def _strip(m: Floats, k: Floats, beta: Floats) -> tuple[Floats, Floats]:
    """c and ln of e^(2 B^2): the half-width of the strip, and the growth in it."""
    spread = np.maximum(np.abs(2 * np.sinh(k)), np.abs(np.expm1(2 * k)))
    steep = beta * np.maximum(1.0, np.exp(2 * k))
    c = np.minimum(np.minimum(1.0, np.exp(-k)), m / np.maximum(math.sqrt(8) * spread, 1e-300))
    c = np.minimum(c, 4.0 * m / np.maximum(steep, 1e-300)) * (1 - 1e-9)
    return c, 2.0 * (c * steep / m) ** 2


def _range(rule: _Rule, k: Floats, beta: Floats) -> tuple[Floats, Floats]:
    """From where to where both laws of v are of any weight."""
    wide = rule.reach * np.exp(-k)
    return np.maximum(-rule.reach, beta - wide), np.minimum(rule.reach, beta + wide)


def _nodes(rule: _Rule, m: Floats, k: Floats, beta: Floats) -> tuple[npt.NDArray[np.int64], Floats]:
    """Nodes of the rule, and m, raised where these would be too many."""
    low, high = _range(rule, k, beta)
    width = np.maximum(high - low, 1e-3)
    # in a strip that m limits, the step is proportional to m
    for _ in range(3):
        c, growth = _strip(np.maximum(m, 1e-300), k, beta)
        step = 2 * math.pi * c / (growth + rule.digits)
        wanted = width / step + 2
        m = np.where(wanted > _MOST_NODES, np.maximum(m, 1e-300) * wanted / _MOST_NODES * 1.01, m)
    wanted = np.clip(wanted, _LEAST_NODES, _MOST_NODES)
    if not rule.doubled:
        each = wanted.max() / _SIZES if wanted.size else 1.0
        return (np.ceil(wanted / each) * each).astype(np.int64) + 1, m
    size = 2.0 ** np.ceil(np.log2(wanted))
    return size.astype(np.int64), m


def _by_quadrature(
    rule: _Rule, nodes: int, m: Floats, k: Floats, beta: Floats, q: Floats
) -> Floats:
    """The bound, the step as fine as ``nodes`` allow."""
    low, high = _range(rule, k, beta)
    c, growth = _strip(m, k, beta)
    h = np.maximum(high - low, 0.0) / (nodes - 1)
    fine = 2 * math.pi * c / np.maximum(h, 1e-300) >= growth + rule.digits - 1e-9
    v = low[:, None] + h[:, None] * np.arange(nodes)
    width = np.exp(k)[:, None]
    away = width * (v - beta[:, None])
    ratio = k[:, None] + (v**2 - away**2) / 2
    root = math.sqrt(2 * math.pi)
    moved = h[:, None] * width * np.exp(-(away**2) / 2) / root
    still = h[:, None] * np.exp(-(v**2) / 2) / root
    half, over = m[:, None] / 2, 1.0 / m[:, None]
    log_l = _best(rule, m, k, beta, q, ratio[:, ::_COARSE], _COARSE * moved[:, ::_COARSE])
    t = (log_l[:, None] - ratio) * over
    share = np.exp(log_l)
    kept = (moved * ndtr(t - half)).sum(axis=1) / share + (still * ndtr(-t - half)).sum(axis=1)
    found = 1.0 - kept + q / share + 2 * rule.error * (1.0 + 1.0 / share)
    return np.where(fine & (high > low), found, 2.0)


def _best(
    rule: _Rule, m: Floats, k: Floats, beta: Floats, q: Floats, ratio: Floats, moved: Floats
) -> Floats:
    """ln l where Q of the likelihood-ratio set is about q, by Newton's method on its quantile."""
    half, over = m[:, None] / 2, 1.0 / m[:, None]
    wanted, log_l = ndtri(np.clip(q, 1e-12, 1 - 1e-12)), m**2 / 2 + k + beta**2 / 2
    for _ in range(rule.steps):
        t = (log_l[:, None] - ratio) * over - half
        held = ndtri(np.clip((moved * ndtr(t)).sum(axis=1), 1e-12, 1 - 1e-12))
        slope = (moved * np.exp(-(t**2) / 2)).sum(axis=1) / m
        step = (held - wanted) * np.exp(-(held**2) / 2) / np.maximum(slope, 1e-300)
        log_l = log_l - np.clip(step, -5.0, 5.0)
    return log_l
