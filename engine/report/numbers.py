"""Numbers as they are shown: grouped counts, rounded bounds."""

from __future__ import annotations

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


def lower(value: float) -> str:
    """A lower bound on a probability, rounded down."""
    return round_down(value, PROBABILITY_DIGITS)


def upper(value: float) -> str:
    """An upper bound on a probability, rounded up."""
    return round_up(value, PROBABILITY_DIGITS)


def percent(part: int, whole: int) -> str:
    """An observed share in percent, rounded down.

    >>> percent(999, 1000), percent(3, 1000), percent(0, 0)
    ('99.9 %', '0.3 %', '0.0 %')
    """
    tenths = 1000 * part // whole if whole else 0  # 100 * 3 / 1000 lies below 0.3
    return f"{tenths // 10}.{tenths % 10} %"


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
