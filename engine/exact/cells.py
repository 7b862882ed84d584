"""Cells of a box that is halved again and again, first across its first parameter: a map as text.

The whole box is cell 1; cell i is halved into 2 i and 2 i + 1. A map is written cell by cell, each
before its halves: ``s`` for one that is split, ``c`` certified, ``v`` violated at its middle, ``o``
open.
"""

from __future__ import annotations

import functools
from collections.abc import Mapping
from typing import NamedTuple

from engine.core.late import np
from engine.exact.operations import Floats

SPLIT, CERTIFIED, VIOLATED, OPEN = "s", "c", "v", "o"
DEEPEST = 60
"""Halvings; ends of cells are exact in binary beyond that many."""


def looked_at(text: str) -> int:
    """Cells of a map that were looked at, those that were halved among them.

    >>> looked_at("sscvo")
    5
    """
    return 2 * text.count(SPLIT) + 1


class Leaves(NamedTuple):
    """The cells of a map that are not split, from left to right.

    Attributes:
        cells: their numbers.
        status: a letter each.
        shares: (N, 2, 2) low and high end of each parameter, as shares of the box from 0 to 1.
    """

    cells: tuple[int, ...]
    status: tuple[str, ...]
    shares: Floats

    def area(self, status: str) -> float:
        """Share of the box in cells of one status; a sum of powers of two, so that it is exact."""
        held = np.array([one == status for one in self.status], dtype=bool)
        sides = self.shares[held, :, 1] - self.shares[held, :, 0]
        return float(sides.prod(1).sum())

    def boxes(self, first: float, second: float) -> Floats:
        """(N, 2, 2) ends of the parameters in a box of these half-widths."""
        return ends(self.shares, first, second)


def ends(shares: Floats, first: float, second: float) -> Floats:
    """Shares of a box from 0 to 1 as values from -half to +half."""
    halves = np.array([first, second])
    found: Floats = halves[:, None] * (2.0 * shares - 1.0)
    return found


def shares(cells: tuple[int, ...]) -> Floats:
    """(N, 2, 2) ends of cells, as shares of the box."""
    return np.array([_share(cell) for cell in cells]).reshape(-1, 2, 2)


def _share(cell: int) -> list[list[float]]:
    low, width = [0.0, 0.0], [1.0, 1.0]
    for depth, bit in enumerate(bin(cell)[3:]):
        axis = depth % 2
        width[axis] /= 2
        low[axis] += width[axis] * int(bit)
    return [[low[axis], low[axis] + width[axis]] for axis in (0, 1)]


def written(status: Mapping[int, str]) -> str:
    """The map of cells by number; what is not known is open."""
    found, waiting = [], [1]
    while waiting:
        cell = waiting.pop()
        known = status.get(cell, OPEN)
        found.append(known)
        if known == SPLIT:
            waiting += [2 * cell + 1, 2 * cell]
    return "".join(found)


@functools.lru_cache(maxsize=64)
def read(text: str) -> Leaves:
    """The leaves of a map.

    Raises:
        ValueError: it is no map.
    """
    cells, status, waiting = [], [], [1]
    for letter in text:
        if not waiting:
            raise ValueError("the map goes on after its last cell")
        cell = waiting.pop()
        if letter == SPLIT and cell.bit_length() <= DEEPEST:
            waiting += [2 * cell + 1, 2 * cell]
        elif letter in (CERTIFIED, VIOLATED, OPEN):
            cells.append(cell)
            status.append(letter)
        else:
            raise ValueError("the map holds something that is no cell")
    if waiting:
        raise ValueError("the map ends before its last cell")
    found = shares(tuple(cells))
    found.flags.writeable = False
    return Leaves(tuple(cells), tuple(status), found)
