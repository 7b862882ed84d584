"""Anchors over a range of one parameter: cells that are halved, and what each may spend of alpha.

A cell is a number as in a heap: 1 is the whole range and 2 c, 2 c + 1 are the lower and the upper
half of c, so that cell c is of level floor(log2 c) and there are 2^l cells of level l. Its anchor
is its middle. Whether a cell is certified is one statement about the votes at its anchor, each with
votes of its own; a cell of level l may err with probability alpha / ((L + 1) 2^l), for levels 0 to
L. The sum over all 2^(L + 1) - 1 cells is

    sum_(l = 0..L) 2^l alpha / ((L + 1) 2^l) = alpha,

so that all statements hold together with probability 1 - alpha, however a run chooses which cells
to ask and which to halve, and in which order: no choice makes a statement that was not paid for.
"""

from __future__ import annotations

from collections.abc import Iterable

LEVELS = 16
"""L: the range is halved at most so often."""


def level(cell: int) -> int:
    """How often the range was halved to get a cell.

    >>> level(1), level(2), level(7)
    (0, 1, 2)
    """
    return cell.bit_length() - 1


def known(cell: int) -> bool:
    """Whether a number is that of a cell."""
    return 1 <= cell < 2 << LEVELS


def halves(cell: int) -> tuple[int, int]:
    """The lower and the upper half of a cell."""
    return 2 * cell, 2 * cell + 1


def ends(cell: int, low: float, high: float) -> tuple[float, float]:
    """Both ends of a cell of the range from ``low`` to ``high``; neighbours share them exactly.

    >>> ends(6, -30.0, 30.0)
    (0.0, 15.0)
    """
    parts = 1 << level(cell)
    place = cell - parts
    return tuple(low + (high - low) * (one / parts) for one in (place, place + 1))  # type: ignore[return-value]


def anchor(cell: int, low: float, high: float) -> float:
    """The middle of a cell; of cell 0, which is no part of the range, the parameter 0."""
    if not cell:
        return 0.0
    first, last = ends(cell, low, high)
    return (first + last) / 2


def alpha_of_cell(alpha: float, cell: int) -> float:
    """alpha / ((L + 1) 2^l) for a cell of level l."""
    return alpha / (LEVELS + 1) / (1 << level(cell))


def around_zero(cells: Iterable[tuple[float, float]]) -> tuple[float, float] | None:
    """The ends of the longest stretch about 0 that closed intervals cover without a gap.

    Returns:
        None where none of them holds 0.

    >>> around_zero([(0.0, 1.0), (1.0, 1.5), (-2.0, -1.0)])
    (0.0, 1.5)
    """
    intervals = sorted(cells)
    if not any(low <= 0.0 <= high for low, high in intervals):
        return None
    upper = 0.0
    for low, high in intervals:
        if low <= upper:
            upper = max(upper, high)
    lower = 0.0
    for low, high in sorted(intervals, key=lambda ends: -ends[1]):
        if high >= lower:
            lower = min(lower, low)
    return lower, upper
