"""The map that serves every region: required p_lower along each term of a perturbation alone."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

from engine.core.late import np
from engine.core.rounding import round_down
from engine.regions.base import Perturbation, Term
from engine.regions.required_probability import (
    BEYOND,
    Certifier,
    Grid,
    RequiredMap,
    Rows,
    chosen_counts,
    reached,
    shown,
)

STEPS = 60
"""Of a measure, in each of its directions."""
_MARGIN = 1.06
"""So much more than the utmost is shown, so that its end is seen."""
_COUNT = 1e-6
"""Less than this below a whole number is that number."""


@dataclass(frozen=True)
class Along:
    """p* along one term, all others 0.

    Attributes:
        name: of the term.
        term: what it means.
        low, high: the ends of the axis.
        values: (s,) in the middle of the steps, rising; counts where the term counts.
        required: (s,) p*.
    """

    name: str
    term: Term
    low: float
    high: float
    values: Grid
    required: Grid

    def share(self, value: float) -> float:
        """Where a value lies between the ends of the axis, from 0 to 1."""
        return min(1.0, max(0.0, (value - self.low) / (self.high - self.low)))

    def value(self, share: float) -> float:
        """The value at a share of the axis: a count, or to three digits of the axis's length."""
        found = self.low + share * (self.high - self.low)
        if self.term.whole:
            return float(round(min(max(found, 0.0), self.values[-1])))
        return round(found, 3 - math.floor(math.log10(self.high - self.low)))

    def reach(self, p_lower: float) -> tuple[float, float]:
        """The interval that ``p_lower`` would certify, to the grain of the map."""
        if self.term.whole:
            inside = self.values[self.required < p_lower]
            return 0.0, float(inside.max()) if len(inside) else 0.0
        down, up = self.values < 0, self.values > 0
        return (
            -reached(self.required[down][::-1], -self.low, p_lower) if down.any() else 0.0,
            reached(self.required[up], self.high, p_lower),
        )

    def shares(self, interval: tuple[float, float]) -> tuple[float, float]:
        """Where an interval lies; a count fills the step around it."""
        pad = 0.5 if self.term.whole else 0.0
        return self.share(interval[0] - pad), self.share(interval[1] + pad)

    def end_in_words(self, end: float) -> str:
        """The end of what is certified: a claim, rounded towards 0."""
        size = f"{abs(end):g}" if self.term.whole else round_down(abs(end), 3)
        return f"\N{MINUS SIGN}{size}" if end < 0 else size

    def name_in_full(self) -> str:
        """The term with its unit."""
        return f"{self.name} ({self.term.unit})" if self.term.unit else self.name


@dataclass(frozen=True)
class TermsMap(RequiredMap[Any]):
    """p* along every term of the scheme.

    Attributes:
        axes: one for each term.
    """

    axes: tuple[Along, ...]

    @classmethod
    def of(cls, scheme: Certifier, ceiling: float, utmost: Any) -> TermsMap:
        """The map whose axes end a little past ``utmost``."""
        names = [name for name in scheme.terms if name in utmost.terms]
        return cls(scheme, ceiling, utmost, tuple(_along(scheme, utmost, name) for name in names))

    def interval(self, region: Any, name: str) -> tuple[float, float] | None:
        """From where to where ``region`` certifies a term alone; None if nothing is certified."""
        if region is None:
            return None
        (axis,) = (axis for axis in self.axes if axis.name == name)
        low = -min(region.furthest(name, -1), -axis.low) if axis.term.signed else 0.0
        high = min(region.furthest(name), axis.high)
        return low, math.floor(high + _COUNT) if axis.term.whole else high

    def spans(self) -> dict[str, tuple[float, float]]:
        """The ends of every axis; the middles of the steps where a term counts."""
        return {
            axis.name: (axis.values[0], axis.values[-1])
            if axis.term.whole
            else (axis.low, axis.high)
            for axis in self.axes
        }

    def change(self, axis: Along, value: float) -> Perturbation:
        """One term alone."""
        return {**dict.fromkeys(self.scheme.terms, 0.0), axis.name: value}

    def table(self, region: Any) -> tuple[list[str], Rows]:
        """Every step of every term, then where what is certified ends."""
        rows: Rows = []
        for axis in self.axes:
            for value, required in zip(axis.values.tolist(), axis.required.tolist(), strict=True):
                known = region is not None and region.contains(self.change(axis, value))
                rows.append([axis.name, value, shown(required), int(known)])
            for end in self.interval(region, axis.name) or ():
                rows.append([axis.name, end, "", "end"])
        return ["term", "value", "p_required", "certified"], rows


def _along(scheme: Certifier, utmost: Any, name: str) -> Along:
    term: Term = scheme.terms[name]
    up, down = (_end(utmost.furthest(name, s)) if s > 0 or term.signed else 0.0 for s in (1, -1))
    up, down = up or down or 1.0, down or up or 1.0
    if term.whole:
        values = np.array(chosen_counts(0, round(up) + BEYOND), dtype=float)
        return Along(name, term, -0.5, values[-1] + 0.5, values, _required(scheme, name, values))
    top, bottom = _MARGIN * up, _MARGIN * down
    rising = (np.arange(STEPS) + 0.5) * top / STEPS
    required = _required(scheme, name, rising)
    if not term.signed:
        return Along(name, term, 0.0, top, rising, required)
    falling = -(np.arange(STEPS) + 0.5) * bottom / STEPS
    values = np.concatenate((falling[::-1], rising))
    both = np.concatenate((_required(scheme, name, falling)[::-1], required))
    return Along(name, term, -bottom, top, values, both)


def _end(size: float) -> float:
    return size if math.isfinite(size) else 1.0


def _required(scheme: Certifier, name: str, values: Grid) -> Grid:
    rest = dict.fromkeys(scheme.terms, 0.0)
    return np.array(scheme.required_probabilities([{**rest, name: v} for v in values.tolist()]))
