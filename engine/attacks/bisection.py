"""Where along a line something is lost: doubling until it is, then bisection."""

from __future__ import annotations

from collections.abc import Callable

_BISECTIONS = 10

Lost = Callable[[float], bool]


def found_lost(lost: Lost, start: float, doublings: int) -> tuple[float, float] | None:
    """The last size at which something was kept, 0 at least, and twice that, at which it was lost.

    Args:
        lost: whether it is lost at a size.
        start: the first size that is tried.
        doublings: sizes that are tried at most, each twice the one before.

    Returns:
        None where it is lost at none of them.
    """
    low, high = 0.0, start
    for _ in range(doublings):
        if lost(high):
            return low, high
        low, high = high, 2 * high
    return None


def bisected(lost: Lost, low: float, high: float) -> float:
    """A size at which it is lost, near where that begins.

    Args:
        lost: as for :func:`found_lost`.
        low: where it is kept.
        high: where it is lost.
    """
    for _ in range(_BISECTIONS):
        middle = (low + high) / 2
        low, high = (low, middle) if lost(middle) else (middle, high)
    return high
