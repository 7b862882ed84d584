"""Ensembles of decision stumps under noise: the exact probability of each class, and its radius.

A sum of stumps is a sum of step functions of one number each, T(x) = sum_i t_i(x_i), and predicts
class 1 where T exceeds a threshold. Noise that draws every number by itself makes the steps
independent, so that the law of the sum is a convolution of small discrete laws, worked out feature
by feature on a lattice (Horvath, Mueller, Fischer & Vechev, (De-)Randomized Smoothing for Decision
Stump Ensembles, NeurIPS 2022). With q the probability of not keeping a class, Gaussian noise
certifies ||d||_2 < -sigma Phi^-1(q), uniform noise on [-lam, lam]^d ||d||_1 < 2 lam (1/2 - q).

*Values off the lattice.* Leaves need not be multiples of anything. Each step value is rounded to a
multiple k u, and what that leaves out is kept, exactly, as the least and the greatest rest of every
feature: with a <= T - u sum k <= b, P(T <= t) is at most P(u sum k <= t - a), and P(T > t) at most
P(u sum k > t - b). So both classes have bounds that hold for the very sum, and
``outside[0] + outside[1] - 1`` is what the lattice costs; it is 0, up to rounding, where all values
are multiples of the unit.

*Rounding.* Masses are sums and products of positive numbers; every region's probability is raised
by more than the error of the normal distribution function, and the sums by that of their terms.
Only the mass of the class that does not win is used: p close to 1 loses nothing.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import cached_property
from itertools import accumulate
from typing import Any, Literal

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
Integers = npt.NDArray[np.int64]
Norm = Literal["l1", "l2"]

MOST_STATES = 1 << 16
"""States of the sum up to which a common unit of all values is used as it is."""
LATTICE = 1 << 15
"""Steps between the least and the greatest sum where there is no such unit."""
_EPS = 2.0**-52
_CHUNK = 1 << 17
"""Numbers of a table that are worked on at a time: they stay in the processor's cache."""


@dataclass(frozen=True)
class Steps:
    """A step function of one number.

    Attributes:
        cuts: (m,) rising.
        values: (m + 1,) below the first cut, between cuts, and above the last one; exact.
    """

    cuts: tuple[float, ...] = ()
    values: tuple[Fraction, ...] = (Fraction(0),)

    @classmethod
    def of(cls, stumps: Iterable[tuple[float, Fraction, Fraction]]) -> Steps:
        """The sum of stumps (cut, value below, value above).

        >>> Steps.of([(0.5, Fraction(1), Fraction(2)), (0.2, Fraction(0), Fraction(5))]).values
        (Fraction(1, 1), Fraction(6, 1), Fraction(7, 1))
        """
        rises: dict[float, Fraction] = {}
        start = Fraction(0)
        for cut, below, above in stumps:
            rises[cut] = rises.get(cut, Fraction(0)) + above - below
            start += below
        cuts = sorted(cut for cut, rise in rises.items() if rise)
        return cls(tuple(cuts), tuple(accumulate((rises[cut] for cut in cuts), initial=start)))


@dataclass(frozen=True)
class StumpEnsemble:
    """A sum of step functions of numbers and of values of fields: class 1 where it exceeds one.

    Attributes:
        numbers: a step function for each number of the input.
        fields: for each categorical field the value of each of its codes.
        above: the sum beyond which class 1 is predicted; at it class 0 is.
        slack: how far the sum that a model itself computes in floating point may lie from this one;
            sums so near the threshold count against both classes.
        closed: a number that equals a cut lies below it.
    """

    numbers: tuple[Steps, ...]
    fields: tuple[tuple[Fraction, ...], ...] = ()
    above: Fraction = Fraction(0)
    slack: Fraction = Fraction(0)
    closed: bool = False

    @property
    def stumps(self) -> int:
        """Different cuts of all numbers."""
        return sum(len(steps.cuts) for steps in self.numbers)

    def margins(self, numbers: Floats, codes: Integers | None = None) -> Floats:
        """(N,) the sum less the threshold, in float64, of numbers (N, F) and codes (N, G)."""
        numeric, fields = self._tables
        found = np.full(len(numbers), -float(self.above))
        side: Any = "left" if self.closed else "right"
        for column, (cuts, values) in zip(np.asarray(numbers).T, numeric, strict=True):
            found += values[np.searchsorted(cuts, column, side=side)]
        for place, values in enumerate(fields):
            if codes is not None:
                found += values[codes[:, place]]
        return found

    @cached_property
    def _tables(self) -> tuple[list[tuple[Floats, Floats]], list[Floats]]:
        """Cuts and values of the numbers, and values of the fields, in float64."""
        numeric = [
            (np.array(one.cuts, dtype=np.float64), np.array(one.values, dtype=np.float64))
            for one in self.numbers
        ]
        return numeric, [np.array(values, dtype=np.float64) for values in self.fields]

    def outside(
        self, numbers: Floats, *, norm: Norm, scale: float, codes: Integers | None = None
    ) -> Outside:
        """Upper bounds on the probability that the noisy input is not given a class.

        Args:
            numbers: (N, F) inputs.
            norm: ``l2`` for Gaussian noise, ``l1`` for uniform noise.
            scale: its standard deviation, or its half-width.
            codes: (N, G) of the fields, on which there is no noise.

        Returns:
            For both classes and 0 to G fields that are changed in the worst way, (N, 2, G + 1).
        """
        rows = np.asarray(numbers, dtype=np.float64)
        laws = [
            _regions(rows[:, [place]], steps.cuts, norm, scale)
            for place, steps in enumerate(self.numbers)
        ]
        shifts = [self._shifts(None if codes is None else codes[row]) for row in range(len(rows))]
        ends = np.array([self.lattice.ends(self, row) for row in shifts])
        return self.lattice.masses(laws, ends)

    @cached_property
    def lattice(self) -> Lattice:
        """The sum's lattice."""
        return Lattice.of([steps.values for steps in self.numbers])

    def _shifts(self, codes: Integers | None) -> tuple[list[Fraction], list[Fraction]]:
        """What the fields add for class 0 and for class 1 at worst, by number of changed ones."""
        if codes is None or not self.fields:
            return [Fraction(0)], [Fraction(0)]
        own = [values[int(code)] for values, code in zip(self.fields, codes, strict=True)]
        rises = [max(values) - one for values, one in zip(self.fields, own, strict=True)]
        falls = [min(values) - one for values, one in zip(self.fields, own, strict=True)]
        start = sum(own, Fraction(0))
        return (
            list(accumulate(sorted(rises, reverse=True), initial=start)),
            list(accumulate(sorted(falls), initial=start)),
        )


Outside = Floats
"""(N, 2, G + 1): of each row, class and number of changed fields."""


@dataclass(frozen=True)
class Lattice:
    """Values of steps as multiples of a unit, and what is left of them.

    Attributes:
        steps: for each feature the multiples (m + 1,), from 0 on.
        unit: of the multiples.
        base: the least values of all features.
        low, high: least and greatest rest of the sum.
    """

    steps: tuple[Integers, ...]
    unit: Fraction
    base: Fraction
    low: Fraction
    high: Fraction

    @classmethod
    def of(cls, values: Sequence[Sequence[Fraction]]) -> Lattice:
        """The lattice of step values: their common unit, or a fine one."""
        least = [min(one) for one in values]
        rises = [[v - base for v in one] for one, base in zip(values, least, strict=True)]
        total = sum(map(max, rises), Fraction(0))
        unit = _common([rise for one in rises for rise in one if rise])
        if unit and total / unit > MOST_STATES:
            unit = total / LATTICE
        unit = unit or Fraction(1)
        steps = [[round(rise / unit) for rise in one] for one in rises]
        rests = [
            [rise - k * unit for rise, k in zip(one, ks, strict=True)]
            for one, ks in zip(rises, steps, strict=True)
        ]
        return cls(
            tuple(np.array(one, dtype=np.int64) for one in steps),
            unit,
            sum(least, Fraction(0)),
            sum(map(min, rests), Fraction(0)),
            sum(map(max, rests), Fraction(0)),
        )

    @property
    def exact(self) -> bool:
        """Whether nothing was rounded."""
        return self.low == self.high == 0

    def ends(
        self, ensemble: StumpEnsemble, shifts: tuple[list[Fraction], list[Fraction]]
    ) -> Integers:
        """Multiples (2, G + 1) at which sums begin to count against a class.

        Sums above the first ones count against class 0, sums up to the second ones against class 1.
        """
        against = [
            [_floor((ensemble.above - ensemble.slack - self.base - self.high - shift) / self.unit)
             for shift in shifts[0]],
            [_floor((ensemble.above + ensemble.slack - self.base - self.low - shift) / self.unit)
             for shift in shifts[1]],
        ]  # fmt: skip
        return np.array(against, dtype=np.int64)

    def masses(self, laws: Sequence[Floats], ends: Integers) -> Floats:
        """P(sum > end) and P(sum <= end), from above.

        Args:
            laws: for each feature the probabilities (N, m + 1) of its steps.
            ends: (N, 2, G + 1) as :meth:`ends` gives them.
        """
        order = sorted(range(len(laws)), key=lambda place: int(self.steps[place].max()))
        found = np.empty(ends.shape)
        width = max(1, sum(int(one.max()) for one in self.steps))
        chunk = max(1, _CHUNK // width)
        for start in range(0, len(ends), chunk):
            rows = slice(start, start + chunk)
            found[rows] = self._masses([(self.steps[i], laws[i][rows]) for i in order], ends[rows])
        terms = sum(one.shape[1] + 2 for one in laws)
        return np.asarray(np.minimum(1.0, found * (1.0 + (terms + 8) * _EPS)))

    def _masses(self, parts: list[tuple[Integers, Floats]], ends: Integers) -> Floats:
        """One chunk of rows; sums whose side is settled for every end leave the table."""
        rest = sum(int(steps.max()) for steps, _ in parts)
        least, most = int(ends.min()), int(ends.max())
        table, first = np.ones((len(ends), 1)), 0
        above, below = np.zeros(len(ends)), np.zeros(len(ends))
        for steps, law in parts:
            wide = int(steps.max())
            rest -= wide
            grown = np.zeros((len(ends), table.shape[1] + wide))
            room = np.empty_like(table)
            for k, chance in zip(steps.tolist(), law.T, strict=True):
                np.multiply(table, chance[:, None], out=room)
                grown[:, k : k + table.shape[1]] += room
            low = min(grown.shape[1], max(0, least - rest + 1 - first))
            high = max(low, min(grown.shape[1], most + 1 - first))
            below += grown[:, :low].sum(axis=1)
            above += grown[:, high:].sum(axis=1)
            table, first = grown[:, low:high], first + low
        states = first + np.arange(table.shape[1])
        found = np.empty(ends.shape)
        for count in range(ends.shape[2]):
            over = states > ends[:, 0, count, None]
            under = states <= ends[:, 1, count, None]
            found[:, 0, count] = above + np.where(over, table, 0.0).sum(axis=1)
            found[:, 1, count] = below + np.where(under, table, 0.0).sum(axis=1)
        return found


def _floor(value: Fraction) -> int:
    """Kept within int64: beyond, every sum lies on one side."""
    return max(-(1 << 60), min(1 << 60, math.floor(value)))


def _common(rises: Sequence[Fraction]) -> Fraction | None:
    """The largest unit of which all values are multiples; None of none."""
    if not rises:
        return None
    denominator = math.lcm(*(one.denominator for one in rises))
    return Fraction(math.gcd(*(int(one * denominator) for one in rises)), denominator)


def _regions(x: Floats, cuts: Sequence[float], norm: Norm, scale: float) -> Floats:
    """(N, m + 1) upper bounds on the probabilities of the regions between cuts, of x (N, 1)."""
    away = (np.asarray(cuts, dtype=np.float64)[None, :] - x) / scale
    return _between_normal(away) if norm == "l2" else _between_uniform(away)


def _between_normal(z: Floats) -> Floats:
    from scipy.special import ndtr  # deferred: SciPy is slow to load

    edges = np.concatenate([np.full((len(z), 1), -np.inf), z, np.full((len(z), 1), np.inf)], axis=1)
    left, right = edges[:, :-1], edges[:, 1:]
    flip = left > 0  # the far tail, where differences of small numbers lose nothing
    low, high = np.where(flip, -right, left), np.where(flip, -left, right)
    some = ndtr(high) + ndtr(low)
    inside = (low <= 0) & (high > 0)
    found = np.where(inside, 1.0 - ndtr(low) - ndtr(-high), ndtr(high) - ndtr(low))
    squares = np.minimum(np.where(np.isinf(high), 0.0, high), 40.0) ** 2
    error = np.where(inside, 8.0, (8.0 + squares) * some) * _EPS
    return np.asarray(np.clip(found, 0.0, 1.0) + error)


def _between_uniform(away: Floats) -> Floats:
    """``away`` in half-widths."""
    shares = (away + 1.0) / 2.0
    edges = np.concatenate([np.zeros((len(away), 1)), shares, np.ones((len(away), 1))], axis=1)
    held = np.clip(edges, 0.0, 1.0)
    size = np.maximum(1.0, np.abs(edges))
    near = (edges > -8 * _EPS * size) & (edges < 1.0 + 8 * _EPS * size)
    near[:, 0] = near[:, -1] = False
    error = 8 * _EPS * (np.where(near, size, 0.0)[:, :-1] + np.where(near, size, 0.0)[:, 1:])
    return np.asarray(np.diff(held, axis=1).clip(0.0, 1.0) + error)


def certified_radius(outside: float, *, norm: Norm, scale: float) -> float | None:
    """The radius for a mass q outside the class, rounded down; None unless q < 1/2.

    l2 (Gaussian, sigma): -sigma Phi^-1(q). l1 (uniform, half-width lam): 2 lam (1/2 - q).
    """
    if not outside < 0.5:
        return None
    if norm == "l1":
        return 2.0 * scale * (0.5 - outside) * (1.0 - 4 * _EPS)
    from scipy.special import ndtri  # deferred as above

    return -scale * float(ndtri(max(outside, 1e-300))) * (1.0 - 64 * _EPS)


def required_outside(radius: float, *, norm: Norm, scale: float) -> float:
    """The mass outside the class below which ``radius`` is certified."""
    if norm == "l1":
        return 0.5 - radius / (2.0 * scale)
    from scipy.special import ndtr  # deferred as above

    return float(ndtr(-radius / scale))


def moved(steps: Steps, mean: float, scale: float) -> Steps:
    """The same function of (number - mean) / scale."""
    return replace(steps, cuts=tuple((cut - mean) / scale for cut in steps.cuts))
