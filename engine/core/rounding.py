"""Rounding in the one direction a claim may take: certified quantities down, upper bounds up."""

from __future__ import annotations

from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal, localcontext

_LEAST_P_VALUE = 1e-300
"""Smaller ones are not told from 0 by every way of computing them."""
_NO_FLOAT = 1e-12
"""More than a share differs from its float, less than shares of fewer than 10^8 things differ."""


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


def share_down(share: float, digits: int) -> str:
    """An observed share, such as 347 of 500, with ``digits`` decimals and never above k / N.

    The float next to 0.694 lies below it, so that 1e-12 is added first: k / N is a multiple of
    10^-digits, or at least 10^-digits / N below one, which is more for N < 10^(12 - digits). A
    bound is no k / N: it goes through :func:`round_down`.

    >>> share_down(347 / 500, 4), share_down(2 / 3, 4), share_down(-1 / 3, 3)
    ('0.6940', '0.6666', '-0.334')
    """
    return round_down(share + _NO_FLOAT, digits)


def percent_down(share: float, digits: int = 2) -> str:
    """An observed share in percent, by the rule of :func:`share_down`.

    >>> percent_down(347 / 500), percent_down(0.9977777)
    ('69.40 %', '99.77 %')
    """
    return f"{round_down(100 * (share + _NO_FLOAT), digits)} %"


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


def short_up(value: float, digits: int) -> str:
    """A positive number in so many significant digits, never below it: an alpha that was shared.

    >>> short_up(0.001, 3), short_up(0.001 / 3, 3), short_up(2.0041e-13, 3)
    ('0.001', '0.000334', '2.01e-13')
    """
    near = f"{value:.{digits}g}"
    if Decimal(near) >= Decimal(repr(value)):
        return near
    exact = Decimal(value)
    step = Decimal(1).scaleb(exact.adjusted() - digits + 1)
    return f"{float(exact.quantize(step, rounding=ROUND_CEILING)):.{digits}g}"


def confidence_percent(alpha: float) -> str:
    """``100 (1 - alpha)`` without trailing zeros, rounded down.

    >>> confidence_percent(0.001), confidence_percent(0.05), confidence_percent(1e-30)
    ('99.9', '95', '99.9999999999')
    """
    with localcontext(rounding=ROUND_FLOOR):  # of its 28 digits the last might become a 100
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
