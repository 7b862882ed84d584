"""Roots of a function of one variable. SciPy has them in a package that takes long to load."""

from __future__ import annotations

import math
from collections.abc import Callable

_MOST_STEPS = 1000


def bracketed_root(
    f: Callable[[float], float], low: float, high: float, *, absolute: float, relative: float
) -> float:
    """A root of a continuous function, by Brent's method.

    Steps are inverse quadratic or secant where these shrink the bracket well, and halves of it
    where they do not, so that the bracket always shrinks.

    Args:
        f: the function; of other signs at the two ends, or 0 at one of them.
        low, high: ends of the bracket.
        absolute, relative: the root is known to within ``absolute + relative * |root|``.

    Raises:
        ValueError: the signs at both ends are the same.
        ArithmeticError: a value is no number, or the bracket does not shrink.

    Source: R. P. Brent, Algorithms for Minimization without Derivatives, 1973, chapter 4.

    >>> round(bracketed_root(lambda x: x * x - 2, 1.0, 2.0, absolute=1e-15, relative=1e-15), 12)
    1.414213562373
    """
    last, best = low, high
    f_last, f_best = f(last), f(best)
    if f_last == 0.0:
        return last
    if f_best != 0.0 and (f_last < 0) == (f_best < 0):
        raise ValueError("the function has the same sign at both ends")
    other, f_other = last, f_last
    before = step = best - last
    for _ in range(_MOST_STEPS):
        if f_last != 0.0 and f_best != 0.0 and (f_last < 0) != (f_best < 0):
            other, f_other = last, f_last
            before = step = best - last
        if abs(f_other) < abs(f_best):
            last, best, other = best, other, best
            f_last, f_best, f_other = f_best, f_other, f_best
        least = (absolute + relative * abs(best)) / 2
        half = (other - best) / 2
        if f_best == 0.0 or abs(half) < least:
            return best
        tried = math.nan
        if abs(before) > least and abs(f_best) < abs(f_last):
            tried = _interpolated((last, f_last), (best, f_best), (other, f_other))
        if 2 * abs(tried) < min(abs(before), 3 * abs(half) - least):
            before, step = step, tried
        else:
            before = step = half
        last, f_last = best, f_best
        best += step if abs(step) > least else math.copysign(least, half)
        f_best = f(best)
        if math.isnan(f_best):
            break
    raise ArithmeticError("the root was not found")


def _interpolated(
    last: tuple[float, float], best: tuple[float, float], other: tuple[float, float]
) -> float:
    """The step from ``best`` by a secant, or by the inverse parabola through three points.

    NaN where the values leave none.
    """
    (x, f), (x_best, f_best), (x_other, f_other) = last, best, other
    try:
        if x == x_other:
            return -f_best * (x_best - x) / (f_best - f)
        slope = (f - f_best) / (x - x_best)
        other_slope = (f_other - f_best) / (x_other - x_best)
        rise = f_other * other_slope - f * slope
        return -f_best * rise / (other_slope * slope * (f_other - f))
    except ZeroDivisionError:
        return math.nan
