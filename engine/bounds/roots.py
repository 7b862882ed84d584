"""Roots of a function of one variable. SciPy has them in a package that takes long to load."""

from __future__ import annotations

import math
import sys
from collections.abc import Callable

_MOST_STEPS = 2000
_STEP = sys.float_info.epsilon


def rising_root(
    f: Callable[[float], tuple[float, float]],
    low: float,
    high: float,
    *,
    guess: float,
    relative: float,
) -> float:
    """The root of a function that is below 0 left of it and above 0 right of it.

    Newton's steps, from ``guess``, as long as they stay within the bracket that the signs leave and
    shrink; halves of that bracket where they do not. Near the root each step squares the error, so
    a last step of ``relative`` leaves one that is far below it. The function may have poles at the
    ends of the bracket, where Newton's steps are short: so a step is short by comparison with the
    distance from both.

    Args:
        f: the function and its slope; a slope that is no number is made no use of.
        low, high: the root lies between them, ends included.
        guess: where to begin.
        relative: length of the last step, relative to the distance from the nearer end.

    Raises:
        ArithmeticError: a value is no number, or the bracket does not shrink.

    >>> round(rising_root(lambda x: (x * x - 2, 2 * x), 1.0, 2.0, guess=1.5, relative=1e-9), 12)
    1.414213562373
    """
    x, least, most = min(max(guess, low), high), low, high
    before = math.inf
    for _ in range(_MOST_STEPS):
        value, slope = f(x)
        if value == 0.0:
            return x
        if value < 0:
            low = x
        elif value > 0:
            high = x
        else:
            break
        step = -value / slope if slope > 0 else math.nan
        # Written so that a step that is no number is refused too.
        if not (low <= x + step <= high and 2 * abs(step) < before):
            step = (low + high) / 2 - x
        x, before = x + step, abs(step)
        if abs(step) <= max(relative * min(x - least, most - x), _STEP * abs(x)):
            return x
    raise ArithmeticError("the root was not found")
