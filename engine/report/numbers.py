"""Numbers as they are shown: grouped counts, rounded bounds, ticks at round places."""

from __future__ import annotations

import math

from engine.core.rounding import round_down, round_up

PROBABILITY_DIGITS = 5


def count(value: int) -> str:
    """A count with its thousands grouped.

    >>> count(100000)
    '100,000'
    """
    return f"{value:,}"


def numbered(value: int, thing: str) -> str:
    """A count with what it counts, whose plural takes an s.

    >>> numbered(1, "thread"), numbered(2000, "thread")
    ('1 thread', '2,000 threads')
    """
    return f"{count(value)} {thing}{'' if value == 1 else 's'}"


def short_count(value: float) -> str:
    """A tick label: ``500``, ``20k``, ``1M``.

    >>> short_count(500), short_count(20_000), short_count(1_500_000)
    ('500', '20k', '1.5M')
    """
    for size, letter in ((1e9, "G"), (1e6, "M"), (1e3, "k")):
        if value >= size:
            return f"{value / size:g}{letter}"
    return f"{value:g}"


def lower(value: float) -> str:
    """A lower bound on a probability, rounded down."""
    return round_down(value, PROBABILITY_DIGITS)


def upper(value: float) -> str:
    """An upper bound on a probability, rounded up."""
    return round_up(value, PROBABILITY_DIGITS)


def percent(part: int, whole: int) -> str:
    """An observed share in percent, rounded down.

    >>> percent(999, 1000), percent(0, 0)
    ('99.9 %', '0.0 %')
    """
    return f"{round_down(100 * part / whole if whole else 0.0, 1)} %"


def plain(value: object) -> str:
    """A setting's value as it was given, shortest form that reads back.

    >>> plain(0.001), plain(100000), plain("live"), plain(1e-9), plain(None)
    ('0.001', '100,000', 'live', '1e-09', 'not given')
    """
    if value is None or value == "":
        return "not given"
    if isinstance(value, int):
        return count(value)
    return str(value)


def log_ticks(low: float, high: float) -> list[float]:
    """Round places on a logarithmic axis: decades, with 2 and 5 where there are few of them."""
    decades = math.log10(high / low) if high > low > 0 else 0.0
    mantissas = (1.0,) if decades > 3 else (1.0, 2.0, 5.0)
    exponents = range(math.floor(math.log10(low)), math.ceil(math.log10(high)) + 1)
    places = (m * 10.0**e for e in exponents for m in mantissas)
    return [place for place in places if low <= place <= high]


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
