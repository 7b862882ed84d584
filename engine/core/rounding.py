"""Rounding in the one direction a claim may take: certified quantities down, upper bounds up."""

from __future__ import annotations

from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal

_LEAST_P_VALUE = 1e-300
"""Smaller ones are not told from 0 by every way of computing them."""


def _rounded(value: float, digits: int, direction: str) -> str:
    step = Decimal(1).scaleb(-digits)
    return str(Decimal(value).quantize(step, rounding=direction))


def round_down(value: float, digits: int) -> str:
    """``value`` with ``digits`` decimals, never above the exact value.

    >>> round_down(0.4699999, 3), round_down(1.9057, 2), round_down(-0.1, 0)
    ('0.469', '1.90', '-1')
    """
    return _rounded(value, digits, ROUND_FLOOR)


def round_up(value: float, digits: int) -> str:
    """``value`` with ``digits`` decimals, never below the exact value.

    >>> round_up(0.03111, 4)
    '0.0312'
    """
    return _rounded(value, digits, ROUND_CEILING)


def p_value_in_words(value: float) -> str:
    """Three significant digits, never below the exact value; a value near underflow is bounded.

    >>> p_value_in_words(0.031111), p_value_in_words(2.301e-12), p_value_in_words(0.0)
    ('0.0312', '2.31e-12', 'below 1e-300')
    """
    if value < _LEAST_P_VALUE:
        return f"below {_LEAST_P_VALUE:g}"
    exact = Decimal(value)
    step = Decimal(1).scaleb(exact.adjusted() - 2)
    return f"{exact.quantize(step, rounding=ROUND_CEILING):.3g}"


def confidence_percent(alpha: float) -> str:
    """``100 (1 - alpha)`` without trailing zeros, rounded down.

    >>> confidence_percent(0.001), confidence_percent(0.05)
    ('99.9', '95')
    """
    exact = (1 - Decimal(repr(alpha))) * 100
    digits = exact.quantize(Decimal("1e-10"), rounding=ROUND_FLOOR).normalize()
    return format(digits, "f")


def exact(value: float) -> str:
    """The shortest text that is this very number.

    >>> exact(0.25), exact(1.0), exact(0.2499999)
    ('0.25', '1', '0.2499999')
    """
    short = f"{value:g}"
    return short if float(short) == value else repr(value)
