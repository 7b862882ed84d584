"""Axes, as window and report both label them: round places, and few characters."""

from __future__ import annotations

import math
from dataclasses import dataclass

from engine.regions.terms import Along


@dataclass(frozen=True)
class Axis:
    """Values as shares of an axis that ends at ``low`` and ``high``; equal ends are set apart."""

    low: float
    high: float
    log: bool = False

    def __call__(self, value: float) -> float:
        """Where a value lies; on a logarithmic axis nothing lies before its beginning."""
        if self.log:
            return math.log(max(value, self.low) / self.low) / math.log(self.high / self.low)
        return (value - self.low) / ((self.high - self.low) or 1.0)

    def ticks(self, wanted: int = 5) -> list[tuple[float, str]]:
        """Round places as shares of the axis, and what they are labelled."""
        if self.log:
            return [(self(value), short_count(value)) for value in log_ticks(self.low, self.high)]
        high = self.high if self.high > self.low else self.low + 1.0
        return [(self(value), signed(value)) for value in linear_ticks(self.low, high, wanted)]


def signed(value: float) -> str:
    """A number in its shortest form, with a minus sign where it has one.

    >>> signed(-0.5), signed(2.0)
    ('\N{MINUS SIGN}0.5', '2')
    """
    return f"{value:g}".replace("-", "\N{MINUS SIGN}")


def short_count(value: float) -> str:
    """A tick label: ``500``, ``20k``, ``1M``.

    >>> short_count(500), short_count(20_000), short_count(1_500_000)
    ('500', '20k', '1.5M')
    """
    for size, letter in ((1e9, "G"), (1e6, "M"), (1e3, "k")):
        if abs(value) >= size:
            return f"{value / size:.12g}{letter}"  # neighbours on a short axis are told apart
    return f"{value:.12g}"


def log_ticks(low: float, high: float) -> list[float]:
    """Round places on a logarithmic axis: decades, with 2 and 5 where there are few of them.

    Where it is so short that there is but one, or none, :func:`count_ticks`.

    >>> log_ticks(100, 10_000), log_ticks(51, 60)
    ([100.0, 200.0, 500.0, 1000.0, 2000.0, 5000.0, 10000.0], [52.0, 54.0, 56.0, 58.0, 60.0])
    """
    decades = math.log10(high / low) if high > low > 0 else 0.0
    mantissas = (1.0,) if decades > 3 else (1.0, 2.0, 5.0)
    exponents = range(math.floor(math.log10(low)), math.ceil(math.log10(high)) + 1)
    rounds = (m * 10.0**e for e in exponents for m in mantissas)
    found = [place for place in rounds if low <= place <= high]
    return found if len(found) > 1 or not high > low else count_ticks(low, high)


def count_ticks(low: float, high: float, wanted: int = 5) -> list[float]:
    """As :func:`linear_ticks`, for an axis of counts: between whole numbers there are no others.

    >>> count_ticks(3, 4)
    [3.0, 4.0]
    """
    places = linear_ticks(low, high, wanted)
    whole = [place for place in places if place == round(place)]
    return whole if len(whole) > 1 else places


def linear_ticks(low: float, high: float, wanted: int = 5) -> list[float]:
    """About ``wanted`` round places between ``low`` and ``high``.

    >>> linear_ticks(-1.0, 1.0, 4)
    [-1.0, -0.5, 0.0, 0.5, 1.0]
    """
    raw = (high - low) / wanted
    power = 10.0 ** math.floor(math.log10(raw))
    step = min((m * power for m in (1, 2, 5, 10)), key=lambda s: abs(s - raw))
    first, last = math.ceil(low / step - 1e-9), math.floor(high / step + 1e-9)
    return [round(i * step, 12) for i in range(first, last + 1)]


def term_ticks(axis: Along, wanted: int) -> list[tuple[float, str]]:
    """Ticks along a term, as shares of its axis with their labels; counts have whole ones alone."""
    values = linear_ticks(axis.low, axis.high, wanted)
    if axis.term.whole:
        values = [value for value in values if value == int(value) >= 0]
    return [(axis.share(value), signed(value)) for value in values]
