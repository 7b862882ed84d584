"""Required p_lower: the smallest value that certifies a perturbation (p*), over whole maps of them.

It depends on the scheme alone. So it is worked out once per setting, and a live image of what is
certified is one comparison per cell.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import (
    TYPE_CHECKING,
    Any,
    ClassVar,
    Generic,
    Protocol,
    TypeAlias,
    TypeVar,
    runtime_checkable,
)

from engine.core.late import np
from engine.core.records import ProbabilityBounds
from engine.regions.base import Perturbation, Term

if TYPE_CHECKING:
    import numpy.typing as npt

BANDS = (0.6, 0.7, 0.8, 0.9, 0.95, 0.99, 0.999)
"""Images of maps change their colour between these values of p*."""
MOST_COLUMNS = 48
"""Counts that get a column of their own; where there are more, a column stands for several."""
ALMOST_SURE = 1.0 - 1e-9
BEYOND = 1
"""Counts shown past the last one that can be certified."""

Grid: TypeAlias = "npt.NDArray[np.float64]"
Outline = list[tuple[float, float]]
Rows = list[list[Any]]


@runtime_checkable
class Certifier(Hashable, Protocol):
    """What a map asks of a scheme; equal where its parameters are."""

    @property
    def terms(self) -> Mapping[str, Term]:
        """The terms of its perturbations."""

    def utmost(self, bounds: ProbabilityBounds) -> Any:
        """What ``bounds`` could certify, or None where they certify nothing."""

    def required_probability(self, perturbation: Perturbation) -> float:
        """Smallest p_lower that certifies ``perturbation``; more than 1 where nothing does."""

    def required_probabilities(self, perturbations: Sequence[Perturbation]) -> list[float]:
        """The same for ever stronger perturbations."""

    def transformed(self, x: npt.NDArray[Any], moves: Perturbation) -> npt.NDArray[Any] | None:
        """The input after a perturbation that leaves an attacker no choice, else None."""


R = TypeVar("R")


@dataclass(frozen=True)
class RequiredMap(ABC, Generic[R]):
    """p* over the perturbations that a scheme's regions may hold.

    Attributes:
        scheme: whose.
        ceiling: the largest p_lower that is considered.
        utmost: what it would certify; names terms and units.
    """

    scheme: Certifier
    ceiling: float
    utmost: R

    def spans(self) -> dict[str, tuple[float, float]]:
        """From where to where each term is shown, for a slider; empty where it has no sliders."""
        return {}

    @abstractmethod
    def table(self, region: R | None) -> tuple[list[str], Rows]:
        """Header and rows for a spreadsheet: every cell, its p* and whether ``region`` has it."""


@dataclass(frozen=True)
class GridMap(RequiredMap[R]):
    """p* over columns of counts and rows of a second measure, in one or several layers.

    Column j lies between j - 1/2 and j + 1/2; rows lie between ``floor`` and ``top``. In every
    column all is certified up to some height.
    """

    whole_rows: ClassVar[bool] = False
    """Whether rows count too: row i lies between i - 1/2 and i + 1/2."""
    marks_above: ClassVar[bool] = True
    """Whether a mark stands on its place, not around it."""
    most_marks: ClassVar[int] = 12
    """Where there are more none is written."""

    @property
    def layers(self) -> int:
        """How many layers there are."""
        return 1

    @property
    def floor(self) -> float:
        """The lower edge of the map."""
        return -0.5 if self.whole_rows else 0.0

    @property
    def ground(self) -> float:
        """From where heights are counted; above ``floor`` where they count alike either way."""
        return self.floor

    @property
    @abstractmethod
    def upper(self) -> float:
        """The upper edge of the map."""

    @property
    @abstractmethod
    def columns(self) -> tuple[str, ...]:
        """The names of the columns."""

    @property
    @abstractmethod
    def names(self) -> tuple[str, str, str]:
        """Of the horizontal and the vertical axis, and of the latter at length."""

    def ticks(self, shown: int, most: int) -> list[tuple[float, str]]:
        """Places along the first ``shown`` columns, and their names; at most ``most`` of them."""
        every = -(-shown // most)
        return [(float(place), self.columns[place]) for place in range(0, shown, every)]

    def layer_name(self, layer: int) -> str:
        """``2 nodes``; empty where there is one layer."""
        del layer
        return ""

    @abstractmethod
    def grid(self, layer: int = 0) -> Grid:
        """(rows, columns) p*."""

    @abstractmethod
    def heights(self, region: R | None, layer: int = 0) -> Grid:
        """(columns,) up to where ``region`` certifies; ``ground`` where it certifies nothing."""

    @abstractmethod
    def reach(self, p_lower: float, layer: int = 0) -> Grid:
        """(columns,) the same for what ``p_lower`` would certify, to the grain of the map."""

    @abstractmethod
    def marks(self, region: R, layer: int = 0) -> list[tuple[float, float, str]]:
        """Place and certified strength, rounded down, of what bears one."""

    @abstractmethod
    def change(self, x: float, y: float, layer: int = 0) -> Perturbation | None:
        """The perturbation at a place; None beside the map."""

    @abstractmethod
    def place(self, change: Perturbation) -> tuple[float, float]:
        """Where a perturbation lies, inside the map."""

    def layer_of(self, change: Perturbation) -> int:
        """The layer a perturbation lies in."""
        del change
        return 0

    @abstractmethod
    def beside(self, change: Perturbation | None, right: int, up: int, layer: int) -> Perturbation:
        """The neighbour of a perturbation, or one to begin with."""

    def in_words(self, region: R, layer: int = 0) -> str:
        """What is certified, as one sentence."""
        del layer
        found: Any = region
        return f"Certified: {found.headline()} ({found.note()})."

    def outline(self, heights: Grid) -> Outline:
        """The border of what lies below ``heights``, and above as much under the ground."""
        line = outline(heights, self.ground)
        if self.ground == self.floor:
            return line
        return line + [(x, 2 * self.ground - y) for x, y in reversed(line)]

    def extent(self, *heights: Grid) -> tuple[float, float]:
        """Columns and height that hold something in any of ``heights``; not next to nothing."""
        most = np.max(heights, axis=0) - self.ground
        least = 4.0 if self.whole_rows else 0.1 * (self.upper - self.floor)
        return max(4.0, float((most > 0).sum())), max(least, float(most.max()))


def outline(heights: Grid, floor: float) -> Outline:
    """A staircase from the ground to the ground, over the first steps above it without a gap."""
    line: Outline = []
    for j, height in enumerate(heights.tolist()):
        if height > floor:
            line += [(j - 0.5, height), (j + 0.5, height)]
        elif line:
            break
    return [(line[0][0], floor), *line, (line[-1][0], floor)] if line else []


def required_map(scheme: Certifier, ceiling: float = ALMOST_SURE) -> RequiredMap[Any] | None:
    """The map of a scheme; None where nothing can ever be certified.

    Args:
        scheme: with its parameters.
        ceiling: the largest p_lower to consider, such as that of unanimous votes: the map is as
            large as what it would certify, and a little larger. If it certifies nothing the map
            is that of certainty.
    """
    return _required_map(scheme, min(ceiling, ALMOST_SURE))


@lru_cache(maxsize=32)
def _required_map(scheme: Certifier, ceiling: float) -> RequiredMap[Any] | None:
    for p_lower in (ceiling, ALMOST_SURE):
        utmost = scheme.utmost(unanimous(p_lower))
        found: RequiredMap[Any] | None = utmost and utmost.required_map(scheme, p_lower)
        if found is not None:
            return found
    return None


def unanimous(p_lower: float) -> ProbabilityBounds:
    """Bounds that say no more than ``p_lower``, for what it would certify."""
    return ProbabilityBounds(
        method="", alpha=0.5, n=0, top=0, p_lower=p_lower, p_upper=1 - p_lower, valid=True, basis=""
    )


def chosen_counts(first: int, last: int) -> tuple[int, ...]:
    """All counts, or evenly chosen ones, the first on its own."""
    stride = -(-(last - first) // (MOST_COLUMNS - 1)) or 1
    return tuple(range(first, last + stride, stride))


def shown(required: float) -> float | str:
    """p* for a table: nothing where no probability suffices."""
    return required if required < 1 else ""


def reached(required: Grid, top: float, p_lower: float) -> float:
    """How far ``p_lower`` certifies along a measure from 0 to ``top``, to the grain of its map.

    Args:
        required: (s,) p* in the middle of s equal steps, rising.
        top: the end of the last step.
        p_lower: what there is.
    """
    inside = int(np.searchsorted(required, p_lower))
    if not inside:
        return 0.0
    if inside == len(required):
        return top
    low, high = required[inside - 1], min(required[inside], 1.0)
    share = (p_lower - low) / (high - low) if high > low else 0.0
    return float((inside - 0.5 + min(1.0, share)) * top / len(required))
