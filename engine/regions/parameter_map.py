"""The plane of two parameters: required p_lower over cells, each of which is proved whole."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar, Protocol, cast

from engine.core.late import np
from engine.regions.base import Perturbation
from engine.regions.required_probability import Certifier, Grid, GridMap, Rows, shown

CELLS = 80
"""Along each side."""
_MARGIN = 1.06
"""So much more than the utmost is shown, so that its end is seen."""


class PlaneCertifier(Certifier, Protocol):
    """A scheme of two parameters: a factor and a signed amount that counts alike either way."""

    def required_over(self, factors: Grid, amounts: Grid, ceiling: float) -> Grid:
        """(rows, columns) p* of the cells between edges, for every pair of values in each.

        Args:
            factors: (columns + 1,) rising edges, 1 among them.
            amounts: (rows + 1,) rising edges from 0 on; a row stands for amounts of both signs.
            ceiling: of cells that require more, any bound above it will do.
        """


@dataclass(frozen=True)
class ParameterMap(GridMap[Any]):
    """p* over a factor, from left to right, and a signed amount, upwards.

    Both signs of the amount require the same, so that one half is worked out and shown twice.

    Attributes:
        factors: (columns + 1,) edges, evenly spaced in their logarithm on each side of 1.
        amounts: (rows + 1,) edges of its size, from 0 on.
        required: (rows, columns) p*, the largest of each cell.
    """

    most_marks: ClassVar[int] = 0

    factors: Grid
    amounts: Grid
    required: Grid

    @classmethod
    def over(
        cls,
        scheme: Certifier,
        ceiling: float,
        utmost: Any,
        factors: tuple[float, float],
        amount: float,
    ) -> ParameterMap:
        """The map that ends a little past ``utmost``.

        Args:
            scheme: whose.
            ceiling: the p_lower of ``utmost``.
            utmost: the largest region.
            factors: its ends at no amount, around 1.
            amount: its end at the factor 1.
        """
        low, high = (_MARGIN * np.log(end) for end in factors)
        left = round(CELLS * low / (low - high)) if high > low else CELLS // 2
        logs = np.concatenate(
            (np.linspace(low, 0.0, left + 1)[:-1], np.linspace(0.0, high, CELLS - left + 1))
        )
        amounts = np.linspace(0.0, _MARGIN * amount, CELLS + 1)
        edges = np.exp(logs)
        required = cast("PlaneCertifier", scheme).required_over(edges, amounts, ceiling)
        required.flags.writeable = False
        return cls(scheme, ceiling, utmost, edges, amounts, required)

    @property
    def floor(self) -> float:
        """As far down as up."""
        return -self.upper

    @property
    def ground(self) -> float:
        """No amount."""
        return 0.0

    @property
    def upper(self) -> float:
        """The last edge."""
        return float(self.amounts[-1])

    @property
    def columns(self) -> tuple[str, ...]:
        """The middles of the columns."""
        return tuple(f"{middle:.3g}" for middle in self._middles().tolist())

    def ticks(self, shown: int, most: int) -> list[tuple[float, str]]:
        """Round factors, 1 among them, where they lie between the middles of columns."""
        del shown
        low, high = float(self.factors[0]), float(self.factors[-1])
        steps = (m * 10.0**e for e in range(-6, 2) for m in (1.0, 2.0, 2.5, 5.0))
        step = next((one for one in steps if (high - low) / one <= most), high - low)
        values = [1.0 + place * step for place in range(-most, most + 1)]
        inside = [value for value in values if low <= value <= high]
        amount = dict.fromkeys(self.scheme.terms, 0.0)
        factor = next(iter(amount))
        return [(self.place({**amount, factor: value})[0], f"{value:g}") for value in inside]

    @property
    def names(self) -> tuple[str, str, str]:
        """The two terms."""
        factor, amount = self.scheme.terms
        return factor, amount, amount

    def grid(self, layer: int = 0) -> Grid:
        """The one layer, both signs of the amount."""
        del layer
        return np.concatenate((self.required[::-1], self.required))

    def heights(self, region: Any, layer: int = 0) -> Grid:
        """(columns,) up to where every cell is certified whole."""
        return self.reach(0.0 if region is None else region.p_lower, layer)

    def reach(self, p_lower: float, layer: int = 0) -> Grid:
        """(columns,) the same for ``p_lower``."""
        del layer
        held = np.logical_and.accumulate(self.required < p_lower, axis=0).sum(axis=0)
        found: Grid = self.amounts[held]
        return found

    def marks(self, region: Any, layer: int = 0) -> list[tuple[float, float, str]]:
        """None: the border tells."""
        del region, layer
        return []

    def spans(self) -> dict[str, tuple[float, float]]:
        """The factor's ends, and the amount either way."""
        factor, amount = self.scheme.terms
        ends = float(self.factors[0]), float(self.factors[-1])
        return {factor: ends, amount: (-self.upper, self.upper)}

    def change(self, x: float, y: float, layer: int = 0) -> Perturbation | None:
        """The middle of the column there, and the amount, to a part in a thousand of the map."""
        del layer
        column = round(x)
        if not (0 <= column < len(self.factors) - 1 and abs(y) <= self.upper):
            return None
        factor, amount = self.scheme.terms
        digits = 3 - int(np.floor(np.log10(self.upper)))
        middle = float(self._middles()[column])
        return {factor: round(middle, 4), amount: round(y, digits)}

    def place(self, change: Perturbation) -> tuple[float, float]:
        """Column and height."""
        factor, amount = self.scheme.terms
        places = np.arange(len(self.factors)) - 0.5
        x = float(np.interp(np.log(change[factor]), np.log(self.factors), places))
        return x, min(max(change[amount], self.floor), self.upper)

    def beside(self, change: Perturbation | None, right: int, up: int, layer: int) -> Perturbation:
        """A column or a row further; from no change on."""
        factor, amount = self.scheme.terms
        start = change or {factor: 1.0, amount: 0.0}
        x, y = self.place(start)
        column = min(max(round(x) + right, 0), len(self.factors) - 2)
        rows = len(self.amounts) - 1
        height = min(max(y + up * self.upper / rows, self.floor), self.upper)
        found = self.change(column, height, layer)
        return found or start

    def extent(self, *heights: Grid) -> tuple[float, float]:
        """All of the map: it is around no change, not above it."""
        del heights
        return float(len(self.factors) - 1), self.upper - self.floor

    def table(self, region: Any) -> tuple[list[str], Rows]:
        """Every cell: its edges, p*, and whether it is certified whole."""
        factor, amount = self.scheme.terms
        tops = self.heights(region)
        edges = np.concatenate((-self.amounts[:0:-1], self.amounts))
        rows: Rows = [
            [
                *self.factors[column : column + 2].tolist(),
                *edges[row : row + 2].tolist(),
                shown(float(required)),
                int(max(-edges[row], edges[row + 1]) <= tops[column]),
            ]
            for (row, column), required in np.ndenumerate(self.grid())
        ]
        ends = [f"{name} {end}" for name in (factor, amount) for end in ("from", "to")]
        return [*ends, "p_required", "certified"], rows

    def _middles(self) -> Grid:
        found: Grid = np.sqrt(self.factors[:-1] * self.factors[1:])
        return found
