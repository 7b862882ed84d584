"""Radii that were worked out once, between whose neighbours the radius at any q lies.

A table holds the radius of one noise law in one norm at scale 1 over a grid of q = 1 - p_lower
that all tables share. Radii fall with q, so that of the grid's next larger q is never above the one
that is asked for, and that of the next smaller q never below it: nothing is interpolated, and no
shape is assumed. ``make tables`` (``engine.planning.radius_tables``) writes them.

A claim never rests on a table: it is worked out by ``engine.certificates.norm_balls``. Tables
answer where thousands of radii are asked for, in plans, and they tell :func:`required` where to
begin.

A file that is not the one whose digest stands here is read as none: a damaged or changed table
costs time, never a radius.

Logarithms of radii are kept in units of 2^-17, rounded down and one unit less, as second
differences, which are small.
"""

from __future__ import annotations

import io
from bisect import bisect_right
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from engine.certificates.norm_balls import Radius, certified
from engine.core.files import sha256_bytes
from engine.core.resources import assets

Floats = npt.NDArray[np.float64]
Integers = npt.NDArray[np.int64]
GRID = "q"
"""The name of the grid beside the tables."""
DIGEST = "1cc86de78bcf316310c82b53dc159e74bfa5a8308b779323b9aa95c4037a9414"
"""SHA-256 of the file that the tests check; ``make tables`` says the new one."""
_UNITS = 2.0**17
_BELOW, _ABOVE = 1, 2
"""Units between a radius and what is kept of it, and from there to more than the radius."""


def shipped() -> Path:
    """The tables that come with the program."""
    return assets() / "tables" / "radii.npz"


class RadiusTable(NamedTuple):
    """The radius of one law in one norm.

    Attributes:
        q: the grid, falling; the last is the least that is told from 0.
        low: of each q less than the radius there, by at most 2^-15 of it; rising.
        high: of each q more than the radius there.
    """

    q: Floats
    low: Floats
    high: Floats

    def below(self, q: float) -> float:
        """At most the radius at q: that of the next larger q of the grid, 0 beyond it."""
        place = self._place(q)
        return float(self.low[place - 1]) if place else 0.0

    def above(self, q: float) -> float:
        """At least the radius at q: that of the next smaller q of the grid."""
        return float(self.high[min(self._place(q), len(self.q) - 1)])

    def _place(self, q: float) -> int:
        """How many of the grid are q or more."""
        return int(np.searchsorted(-self.q, -q, side="right"))


class Bracket(NamedTuple):
    """Two functions between which a radius lies, in one norm and dimension."""

    q: Floats
    low: Radius
    high: Radius

    def around(self, size: float) -> tuple[float, float] | None:
        """Two q of the grid: at the first the radius is above ``size``, at the second not.

        None where the grid does not tell.
        """
        grid: list[float] = self.q.tolist()
        enough = bisect_right(grid, size, key=self.low)
        little = bisect_right(grid, size, key=self.high) - 1
        return None if enough == len(grid) or little < 0 else (grid[enough], grid[little])


def bracket(
    direct: Mapping[str, Radius], tables: Mapping[str, RadiusTable], norm: str, dimension: int
) -> Bracket | None:
    """The best radius in ``norm``, enclosed; None without tables.

    Args:
        direct: radii in the norms that have one of their own.
        tables: of some of these.
        norm: that is asked for.
        dimension: how many numbers an input has.
    """
    if not tables:
        return None
    low = {one: tables[one].below if one in tables else radius for one, radius in direct.items()}
    high = {one: tables[one].above if one in tables else radius for one, radius in direct.items()}
    grid = next(iter(tables.values())).q
    return Bracket(grid, certified(low, norm, dimension), certified(high, norm, dimension))


def packed(radii: Floats) -> npt.NDArray[np.int32]:
    """What is kept of rising radii."""
    units = np.floor(np.log(radii) * _UNITS).astype(np.int64) - _BELOW
    return np.diff(np.diff(units, prepend=0), prepend=0).astype(np.int32)


def unpacked(q: Floats, kept: Integers) -> RadiusTable:
    """The table of what was kept."""
    units = np.cumsum(np.cumsum(kept, dtype=np.int64))
    low = np.exp(units / _UNITS)
    return RadiusTable(q, low, np.exp((units + _BELOW + _ABOVE) / _UNITS))


def name_of(law: str, norm: str, dimension: int) -> str:
    """A table's name in the file."""
    return f"{law}, {norm}, {dimension}"


@lru_cache(maxsize=64)
def looked_up(law: str, norm: str, dimension: int) -> RadiusTable | None:
    """The shipped table of a law in a norm that has a radius of its own, or None."""
    kept, name = _kept(), name_of(law, norm, dimension)
    return unpacked(kept[GRID], kept[name]) if name in kept else None


@lru_cache(maxsize=1)
def _kept() -> Mapping[str, npt.NDArray[Any]]:
    """What the shipped file holds; nothing where there is none, or another one."""
    try:
        data = shipped().read_bytes()
    except OSError:
        return {}
    if sha256_bytes(data) != DIGEST:
        return {}
    with np.load(io.BytesIO(data), allow_pickle=False) as file:
        return dict(file)
