"""Quotients of Gamma functions of large arguments, without the digits that lgamma loses there."""

from __future__ import annotations

import math

_LARGE = 64.0
"""From here on Stirling's series, cut after its third term, is exact to the last bits."""


def log_gamma_ratio(a: float, delta: float) -> float:
    """ln(Gamma(a + delta) / Gamma(a)), to about 13 digits of its size or of one.

    Args:
        a: above 0.
        delta: above -a.

    >>> round(log_gamma_ratio(5.0, 1.0) - math.log(5.0), 12)
    0.0
    """
    b = a + delta
    if min(a, b) < _LARGE:
        return math.lgamma(b) - math.lgamma(a)
    whole = (a - 0.5) * math.log1p(delta / a) + delta * (math.log(b) - 1.0)
    return whole + (_rest(b) - _rest(a))


def _rest(x: float) -> float:
    square = 1.0 / (x * x)
    return (1.0 / 12.0 - square * (1.0 / 360.0 - square / 1260.0)) / x
