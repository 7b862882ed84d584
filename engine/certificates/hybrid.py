"""Gaussian noise on numbers times discrete noise on symbols: one Neyman-Pearson certificate.

An attacker moves the numbers by epsilon and changes symbols. With a = epsilon / sigma, u the
Gaussian part along the move and l the discrete likelihood ratio, log LR = log l + a u - a^2/2.
Among all classifiers that have probability p at the clean input, the one that accepts where
LR <= e^tau keeps the least at the changed one:

    P_0 + sum_j P_j Phi((tau - log l_j)/a + a/2) = p,   LB = sum_j Q_j Phi((tau - log l_j)/a - a/2).

The boundary is another Gaussian cut for every atom, so neither marginal decides the joint set. For
a -> 0 this is the randomised test that takes a fraction of the critical atom (hybrid randomized
smoothing, arXiv:2605.12876).

*Rounding.* By weak duality sum_acc Q - e^tau (sum_acc P - p) is a lower bound for *every* tau, and
the best one at the root. So an inexact root only weakens it, in second order; what is left is the
rounding of sums of positive terms, for which :data:`SHAVE` of their size is taken off.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from engine.certificates.atoms import Atoms, AtomTable, Floats

SHAVE = 1e-13
"""Relative to the terms of the dual bound: above the rounding of masses from some hundred
convolutions (1e-14) and of the normal distribution function (4e-14 in its far tail)."""
_TINY = 1e-8
"""Below this shift the bound at shift 0, less a bound on the total variation, is used."""
_ROOT_STEPS, _REACH_STEPS = 100, 40
_CLOSE = 1e-6
"""In standard deviations: after a last step of this size an error of 1e-12 or, where the step was
a halving, of 1e-6 is left, and less than 1e-12 in the dual bound."""
_LOOSE = 1e-12
"""How far below the certified strength the search may stop, relative."""


def lower(p: float, a: float, atoms: Atoms) -> float:
    """Least probability at the changed input of anything that has at least ``p`` at the clean one.

    Args:
        p: lower bound at the clean input, in [0, 1].
        a: shift of the Gaussian part, epsilon / sigma.
        atoms: of the discrete part.
    """
    return float(lower_rows(np.array([p]), np.array([a]), AtomTable.of([atoms]))[0])


def upper(p: float, a: float, atoms: Atoms) -> float:
    """Largest probability at the changed input of anything with at most ``p`` at the clean one."""
    return min(1.0, math.nextafter(1.0 - lower(1.0 - p, a, atoms), 2.0))


def required(a: float, atoms: Atoms, *, tau: float = 0.5) -> float:
    """Smallest p whose :func:`lower` is at least ``tau``: what p_lower must reach.

    1 where nothing suffices. It depends on noise and change alone, not on the model.
    """
    return float(required_rows(np.array([a]), AtomTable.of([atoms]), tau=tau)[0])


def required_rows(a: Floats, table: AtomTable, *, tau: float = 0.5) -> Floats:
    """:func:`required` of every row, (rows,): the largest mass that a set of ``tau`` can have."""
    turned = lower_rows(np.full(len(a), 1.0 - tau), a, table.swapped())
    return np.minimum(1.0, np.nextafter(1.0 - turned, 2.0))


def lower_rows(p: Floats, a: Floats, table: AtomTable) -> Floats:
    """:func:`lower` of every row of ``table``, (rows,)."""
    return _solved(p, a, table).value


def largest_strengths(
    levels: Sequence[float], table: AtomTable, *, sigma: float, total: float
) -> Floats:
    """Certified l2 strength for every row, (rows,); NaN where not even strength 0 is certified.

    A change is certified while sum_k LB(levels_k) >= total. One level p_lower with total tau is the
    decision by a threshold tau (1/2: majority vote); the two levels p_lower and 1 - p_upper with
    total 1 say LB(p_lower) >= UB(p_upper), the top class against every other one.

    Args:
        levels: probabilities.
        table: one row per change of the symbols.
        sigma: of the Gaussian part.
        total: what their bounds must sum to.
    """
    from scipy.special import ndtri  # deferred: schemes are listed before scipy loads

    found = np.full(table.rows, np.nan)
    zero = np.zeros(table.rows)
    unmoved = sum(lower_rows(np.full(table.rows, p), zero, table) for p in levels)
    rows = np.flatnonzero(unmoved >= total)
    if not len(rows):
        return found
    share = total / len(levels)
    # More than what the Gaussian part alone allows the best of the levels is out of reach.
    most = float(ndtri(min(max(levels), 1.0 - 1e-16)) - ndtri(share))
    found[rows] = 0.0
    if most > 0.0:
        found[rows] = sigma * _largest_shifts(levels, table.take(rows), share, most)
    return found


def _largest_shifts(levels: Sequence[float], table: AtomTable, share: float, most: float) -> Floats:
    """Largest shifts found to be certified; newton's method in probit units, where LB is straight.

    Every returned shift was itself tested; the lower end of a bracket is kept all along.
    """
    from scipy.special import ndtri

    low, high = np.zeros(table.rows), np.full(table.rows, most)
    at, goal = np.full(table.rows, most * (1 - _LOOSE)), float(ndtri(share))
    open_rows = np.arange(table.rows)
    slack, taus = _LOOSE * max(1.0, most), np.full((len(levels), table.rows), np.nan)
    for _ in range(_REACH_STEPS):
        part = table.take(open_rows)
        found = [
            _solved(np.full(len(open_rows), p), at[open_rows], part, near=tau[open_rows])
            for p, tau in zip(levels, taus, strict=True)
        ]
        taus[:, open_rows] = [one.tau for one in found]
        value = np.mean([one.value for one in found], axis=0)
        slope = np.mean([one.slope for one in found], axis=0)
        fine = value >= share
        low[open_rows[fine]] = at[open_rows[fine]]
        high[open_rows[~fine]] = at[open_rows[~fine]]
        probit = ndtri(value)
        with np.errstate(all="ignore"):
            density = np.exp(-probit * probit / 2) / math.sqrt(2 * math.pi)
            step = at[open_rows] - (probit - goal) * density / slope
        slack *= 1.5
        inside = (step - slack > low[open_rows]) & (step < high[open_rows])
        middle = (low[open_rows] + high[open_rows]) / 2
        done = (high - low)[open_rows] <= slack
        done |= fine & (np.abs(step - at[open_rows]) <= 2 * slack)
        at[open_rows] = np.where(inside, step - slack / 2, middle)
        open_rows = open_rows[~done]
        if not len(open_rows):
            break
    return low


class _Solved(NamedTuple):
    """LB of every row, its derivative in a, and the root; NaN and 0 where none was needed."""

    value: Floats
    slope: Floats
    tau: Floats


def _solved(p: Floats, a: Floats, table: AtomTable, near: Floats | None = None) -> _Solved:
    """LB of every row; ``near`` are roots of a similar problem to start from, NaN for none."""
    value, slope, taus = _filled(p, table), np.zeros(len(p)), np.full(len(p), np.nan)
    still = a < _TINY
    # The Gaussian part alone shifts no probability by more than 2 Phi(a/2) - 1 < 0.4 a.
    value[still] = np.maximum(0.0, value[still] - 0.4 * a[still])
    moved = ~still & (p > table.clean_only) & (p < 1.0)
    if moved.any():
        part = table if moved.all() else table.take(moved)
        start = taus if near is None else near
        value[moved], slope[moved], taus[moved] = _dual(p[moved], a[moved], part, start[moved])
    return _Solved(value, slope, taus)


def _filled(p: Floats, table: AtomTable) -> Floats:
    """LB at shift 0: atoms of least ratio first, the critical one in part."""
    tail = np.cumsum(table.clean[:, ::-1], axis=1)[:, ::-1]
    above = tail - table.clean  # clean mass of the atoms after each
    with np.errstate(all="ignore"):
        rejected = np.clip(((1.0 - p)[:, None] - above) / table.clean, 0.0, 1.0)
    taken = np.where(table.clean > 0, 1.0 - rejected, (p >= 1.0)[:, None])
    accepted = (table.changed * taken).sum(axis=1)
    # The critical ratio times 1 - p is at most 1: LB is convex in p and ends at 1 or below.
    found: Floats = np.maximum(0.0, accepted - SHAVE * (accepted + 1.0))
    return found


def _dual(p: Floats, a: Floats, table: AtomTable, near: Floats) -> _Solved:
    """The dual bound at the root, and the derivative of LB in a: -sum_j Q_j phi(z_j - a)."""
    from scipy.special import ndtr

    side = np.where(p > 0.5, -1.0, 1.0)
    tau = _root(p, a, side, table, near)
    z = _cuts(tau, a, table)
    weight = np.exp(tau)
    accepted = (table.changed * ndtr(z - a[:, None])).sum(axis=1)
    # The smaller of the two masses, accepted or rejected, keeps its digits.
    mass = (table.clean * ndtr(side[:, None] * z)).sum(axis=1)
    mass += np.where(side > 0, table.clean_only, 0.0)
    wanted = np.where(side > 0, p, 1.0 - p)
    value = accepted - weight * side * (mass - wanted)
    value -= SHAVE * (accepted + weight * (mass + wanted))
    slope = -(table.changed * _density(z - a[:, None])).sum(axis=1)
    return _Solved(np.maximum(0.0, value), slope, tau)


def _root(p: Floats, a: Floats, side: Floats, table: AtomTable, near: Floats) -> Floats:
    """tau with an accepted clean mass of p; Newton's method on its logarithm, inside a bracket.

    The quantile of a mixture lies between those of its parts, so both ends are known.
    """
    from scipy.special import ndtr, ndtri

    wanted = np.where(side > 0, p - table.clean_only, 1.0 - p)
    quantile = side * ndtri(np.minimum(1.0, wanted / (1.0 - table.clean_only)))
    centre = a * (quantile - a / 2)
    # The slope of LB at p, which is e^tau, is at most 1 / (1 - p).
    high = np.minimum(table.log_ratio[:, -1] + centre, 1.0 - np.log1p(-p))
    low = np.minimum(table.log_ratio[:, 0] + centre, high)
    guess = _first_guess(quantile, a, table)
    tau = np.where(np.isnan(near), guess, near).clip(low, high)
    rows, part = np.arange(len(p)), table
    for _ in range(_ROOT_STEPS):
        at, goal = tau[rows], wanted[rows]
        signed = side[rows][:, None] * _cuts(at, a[rows], part)
        mass = (part.clean * ndtr(signed)).sum(axis=1)
        below = side[rows] * (mass - goal) < 0
        low[rows], high[rows] = np.where(below, at, low[rows]), np.where(below, high[rows], at)
        with np.errstate(all="ignore"):
            slope = side[rows] * (part.clean * _density(signed)).sum(axis=1) / a[rows]
            step = at - np.log(mass / goal) * mass / slope
        # A step out of the bracket, or no number at all: the density has died out; halve.
        good = (step >= low[rows]) & (step <= high[rows])
        following = np.where(good, step, (low[rows] + high[rows]) / 2)
        tau[rows] = np.where(np.abs(mass - goal) <= 1e-15 * goal, at, following)
        open_rows = np.abs(tau[rows] - at) > _CLOSE * a[rows]
        if not open_rows.any():
            break
        if not open_rows.all():
            rows, part = rows[open_rows], part.take(open_rows)
    return tau


def _first_guess(quantile: Floats, a: Floats, table: AtomTable) -> Floats:
    """The quantile of the normal law with the mixture's mean and variance."""
    mass = table.clean.sum(axis=1)
    mean = (table.clean * table.log_ratio).sum(axis=1) / mass
    spread = (table.clean * (table.log_ratio - mean[:, None]) ** 2).sum(axis=1) / mass
    guess: Floats = mean - a * a / 2 + np.sqrt(spread + a * a) * quantile
    return guess


def _cuts(tau: Floats, a: Floats, table: AtomTable) -> Floats:
    """Where each atom is cut, in standard deviations of the clean law, (rows, J)."""
    return (tau[:, None] - table.log_ratio) / a[:, None] + a[:, None] / 2


def _density(z: Floats) -> Floats:
    return np.exp(z * z * -0.5) * (1.0 / math.sqrt(2.0 * math.pi))
