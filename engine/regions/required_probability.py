"""What it takes: the smallest p_lower that certifies, cell by cell (p*).

It depends on the scheme alone. So it is worked out once per setting, and a live image of what is
certified is one comparison per cell.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import numpy.typing as npt

from engine.core.records import ProbabilityBounds
from engine.regions import CellMap, Count, Staircase
from engine.schemes import Scheme
from engine.schemes.base import IMPOSSIBLE

LEVELS = 60
"""Strengths of a staircase's map."""
BANDS = (0.6, 0.7, 0.8, 0.9, 0.95, 0.99, 0.999)
"""Images of maps change their colour between these values of p*."""
MOST_COLUMNS = 48
"""Counts that get a column of their own; where there are more, a column stands for several."""
MOST_CELLS = 64
"""Rows and columns of a map of cells."""
ALMOST_SURE = 1.0 - 1e-9
_BEYOND = 1
"""Counts shown past the last one that can be certified."""

Grid = npt.NDArray[np.float64]


@dataclass(frozen=True)
class CountMap:
    """p* for every count.

    Attributes:
        scheme: whose.
        ceiling: the largest p_lower that is thought of.
        utmost: what it would certify; names terms and units.
        counts: rising from 0.
        required: one p* per count; more than 1 where nothing suffices.
    """

    scheme: Scheme
    ceiling: float
    utmost: Count
    counts: tuple[int, ...]
    required: Grid


@dataclass(frozen=True)
class StaircaseMap:
    """p* for every count and strength.

    Attributes:
        scheme, ceiling, utmost: as in :class:`CountMap`.
        counts: of the columns, rising; where there are many, the last of those it stands for.
        top: the strength at the upper edge of the map; its lower edge is 0.
        strengths: (s,) in the middle of the rows, rising.
        required: (s, c) p*.
    """

    scheme: Scheme
    ceiling: float
    utmost: Staircase
    counts: tuple[int, ...]
    top: float
    strengths: Grid
    required: Grid

    def reach(self, p_lower: float) -> Grid:
        """(c,) the strength that ``p_lower`` would certify, to the grain of the map; 0 for none."""
        return np.array([self._reach(column, p_lower) for column in self.required.T])

    def _reach(self, column: Grid, p_lower: float) -> float:
        inside = int(np.searchsorted(column, p_lower))
        if not inside:
            return 0.0
        if inside == len(column):
            return self.top
        low, high = column[inside - 1], min(column[inside], 1.0)
        share = (p_lower - low) / (high - low) if high > low else 0.0
        step = self.top / len(self.strengths)
        return float(self.strengths[inside - 1] + min(1.0, share) * step)


@dataclass(frozen=True)
class CellsMap:
    """p* for every pair of counts, layer by layer; strength 0 where there is one.

    Attributes:
        scheme, ceiling, utmost: as in :class:`CountMap`.
        rows, columns: how many of each, counting from 0.
    """

    scheme: Scheme
    ceiling: float
    utmost: CellMap
    rows: int
    columns: int

    @property
    def layers(self) -> int:
        """How many layers there are."""
        return len(self.utmost.layers)

    def required(self, layer: int = 0) -> Grid:
        """(rows, columns) p*."""
        return _cells(self.scheme, self.ceiling, layer)


RequiredMap = CountMap | StaircaseMap | CellsMap


def required_map(scheme: Scheme, ceiling: float = ALMOST_SURE) -> RequiredMap | None:
    """The map of a scheme; None where the region is a ball, or nothing can ever be certified.

    Args:
        scheme: with its parameters.
        ceiling: the largest p_lower to think of, such as that of unanimous votes: the map is as
            large as what it would certify, and a little larger. If it certifies nothing the map
            is that of certainty.
    """
    return _required_map(scheme, min(ceiling, ALMOST_SURE))


@lru_cache(maxsize=32)
def _required_map(scheme: Scheme, ceiling: float) -> RequiredMap | None:
    for p_lower in (ceiling, ALMOST_SURE):
        utmost = scheme.region(_bounds(p_lower))
        if isinstance(utmost, Count):
            return _count_map(scheme, p_lower, utmost)
        if isinstance(utmost, Staircase) and utmost.reach:
            return _staircase_map(scheme, p_lower, utmost)
        if isinstance(utmost, CellMap):
            return _cells_map(scheme, p_lower, utmost)
    return None


def _bounds(p_lower: float) -> ProbabilityBounds:
    return ProbabilityBounds(
        method="", alpha=0.5, n=0, top=0, p_lower=p_lower, p_upper=1 - p_lower, valid=True, basis=""
    )


def _count_map(scheme: Scheme, ceiling: float, utmost: Count) -> CountMap:
    counts = _columns(0, utmost.most + _BEYOND)
    found = scheme.required_probabilities([{utmost.term: float(r)} for r in counts])
    return CountMap(scheme, ceiling, utmost, counts, np.array(found))


def _staircase_map(scheme: Scheme, ceiling: float, utmost: Staircase) -> StaircaseMap:
    last = utmost.first + len(utmost.reach) - 1
    counts = _columns(utmost.first, last + _BEYOND)
    top = _rounded_up(max(utmost.reach))
    strengths = (np.arange(LEVELS) + 0.5) * top / LEVELS
    columns = [
        scheme.required_probabilities(
            [{utmost.count_term: float(r), utmost.strength_term: e} for e in strengths.tolist()]
        )
        for r in counts
    ]
    required = np.array(columns).T
    return StaircaseMap(scheme, ceiling, utmost, counts, top, strengths, required)


def _cells_map(scheme: Scheme, ceiling: float, utmost: CellMap) -> CellsMap:
    rows = max(len(layer) for layer in utmost.layers)
    columns = max((len(row) for layer in utmost.layers for row in layer), default=1)
    size = (min(MOST_CELLS, side + _BEYOND) for side in (rows, columns))
    return CellsMap(scheme, ceiling, utmost, *size)


@lru_cache(maxsize=64)
def _cells(scheme: Scheme, ceiling: float, layer: int) -> Grid:
    whole = _required_map(scheme, ceiling)
    assert isinstance(whole, CellsMap)
    utmost, rows, columns = whole.utmost, whole.rows, whole.columns
    fixed = {utmost.layer_term: float(layer + 1)} if utmost.layer_term else {}
    if utmost.strength_term:
        fixed[utmost.strength_term] = 0.0
    found = np.full((rows, columns), IMPOSSIBLE)
    for row in range(rows):
        cells = [
            {**fixed, utmost.row_term: float(row), utmost.column_term: float(column)}
            for column in range(columns)
        ]
        found[row] = scheme.required_probabilities(cells)
        if found[row, 0] >= 1:
            break
    found.flags.writeable = False
    return found


def _columns(first: int, last: int) -> tuple[int, ...]:
    """All counts, or evenly chosen ones, the first on its own."""
    stride = -(-(last - first) // (MOST_COLUMNS - 1)) or 1
    return tuple(range(first, last + stride, stride))


def _rounded_up(strength: float) -> float:
    """A little more than ``strength``, so that the highest step is seen whole."""
    return 1.06 * strength
