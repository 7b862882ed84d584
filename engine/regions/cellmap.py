"""A map of cells: which pairs of additions and deletions are certified, and how strongly."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import ClassVar, Literal

from pydantic import PositiveFloat

from engine.core.late import np
from engine.core.rounding import round_down
from engine.regions.anisotropic import together, together_in_words
from engine.regions.base import Perturbation, counted, whole
from engine.regions.region import Budget, Region, inside
from engine.regions.required_probability import BEYOND, Certifier, Grid, GridMap, Rows, shown

MOST_CELLS = 64
"""Rows and columns of a map."""

Cells = tuple[tuple[float | None, ...], ...]


class CellMap(Region):
    """All perturbations whose counts lie in a certified cell.

    A cell covers every smaller one: counts are at most the cell's.

    Attributes:
        row_term, column_term: the two terms that count, e.g. ``additions`` and ``deletions``.
        layer_term: a third count that starts at 1, e.g. ``entities``; None if there is one layer.
        strength_term: a strength besides the counts, e.g. ``epsilon``; None if there is none.
        layers: ``layers[layer][row][column]``: None where nothing is certified, else the strength
            below which a change is (0.0 where there is no strength term).
        norm, unit: of the strength; empty where there is none.
        things: what a layer counts, in the plural: ``nodes``.
        sigmas: as of a :class:`engine.regions.Staircase`.
    """

    kind: Literal["cells"] = "cells"
    row_term: str
    column_term: str
    layer_term: str | None = None
    strength_term: str | None = None
    layers: tuple[Cells, ...]
    norm: Literal["", "l1", "l2", "linf"] = ""
    unit: str = ""
    things: str = ""
    sigmas: tuple[PositiveFloat, ...] = ()

    picture: ClassVar[str] = "map"
    measured: ClassVar[str] = "number of changes"
    counts: ClassVar[bool] = True

    @property
    def terms(self) -> tuple[str, ...]:
        """The counts, and the strength where there is one."""
        known = self.row_term, self.column_term, self.layer_term, self.strength_term
        return tuple(term for term in known if term)

    @property
    def holds_changes(self) -> bool:
        """Whether anything but the unchanged input is certified."""
        return any(
            reach is not None and (row or column or reach > 0)
            for cells in self.layers
            for row, line in enumerate(cells)
            for column, reach in enumerate(line)
        )

    def cell(self, row: int, column: int, layer: int = 0) -> float | None:
        """The cell's certified strength; None outside the map and where nothing is certified."""
        if layer >= len(self.layers) or row >= len(self.layers[layer]):
            return None
        cells = self.layers[layer][row]
        return cells[column] if column < len(cells) else None

    def contains(self, perturbation: Perturbation) -> bool:
        """Whether the perturbation lies in a certified cell."""
        row, column = whole(perturbation, self.row_term), whole(perturbation, self.column_term)
        size = 0.0
        if self.strength_term:
            size = together(perturbation, self.strength_term, self.sigmas)
        layer = whole(perturbation, self.layer_term) - 1 if self.layer_term else 0
        if not size and (layer < 0 or row == column == 0):
            return True  # nothing is changed
        reach = self.cell(row, column, max(layer, 0))
        return reach is not None and (size == 0.0 or size < reach)

    def most(self, layer: int = 0) -> tuple[int, int]:
        """Most additions with no deletion and most deletions with no addition; -1 if none."""
        rows = sum(1 for cells in self.layers[layer] if cells and cells[0] is not None) - 1
        columns = sum(1 for value in self.layers[layer][0] if value is not None) - 1
        return rows, columns

    def corners(self, layer: int = 0) -> Iterator[tuple[int, int]]:
        """The certified cells that no other certified cell covers, by rising row."""
        widths = [sum(1 for value in row if value is not None) for row in self.layers[layer]]
        for row, width in enumerate(widths):
            below = widths[row + 1] if row + 1 < len(widths) else 0
            if width and width > below:
                yield row, width - 1

    def clause(self, subject: str) -> str:
        """The certified set in words: its corners, layer by layer."""
        parts = [self._layer_in_words(i) for i, cells in enumerate(self.layers) if cells]
        strength = f"; strengths are {self.norm} norms, {self.unit}" if self.strength_term else ""
        if self.strength_term and self.sigmas:
            strength += f"; {together_in_words(self.strength_term, self.sigmas)}"
        return (
            f"no change of this {subject}'s features within these limits of ({self.row_term}, "
            f"{self.column_term}) ({'; '.join(parts)}{strength})"
        )

    def _layer_in_words(self, layer: int) -> str:
        corners = []
        for row, column in self.corners(layer):
            reach = self.cell(row, column, layer) or 0.0
            below = f" below {round_down(reach, 3)}" if self.strength_term else ""
            corners.append(f"({row}, {column}){below}")
        prefix = f"{counted(layer + 1, self.things)}: " if self.layer_term else ""
        return prefix + ", ".join(corners)

    def headline(self) -> str:
        """Most additions alone and most deletions alone."""
        rows, columns = self.most()
        alone = (max(rows, 0), self.row_term), (max(columns, 0), self.column_term)
        return " or ".join(counted(number, unit) for number, unit in alone)

    def note(self) -> str:
        """What the headline's numbers leave out."""
        if not self.layer_term:
            return "each alone; the map holds the pairs"
        most = counted(len(self.layers), self.things)
        return f"each alone, at {counted(1, self.things)}; the map holds the pairs, up to {most}"

    def sizes(self) -> dict[str, float]:
        """Most changes of either sort alone."""
        terms = (self.row_term, self.column_term)
        return {f"{term} alone": most for term, most in zip(terms, self.most(), strict=True)}

    def changes(self) -> tuple[Perturbation, ...]:
        """The corners, layer by layer."""
        found = []
        for layer in range(len(self.layers)):
            for row, column in self.corners(layer):
                reach = self.cell(row, column, layer) or 0.0
                if row or column or reach:
                    found.append(self.change(row, column, layer, inside(reach) if reach else 0.0))
        return tuple(found)

    def change(self, row: int, column: int, layer: int, strength: float = 0.0) -> Perturbation:
        """The perturbation of a cell."""
        found = {self.row_term: float(row), self.column_term: float(column)}
        if self.layer_term:
            found[self.layer_term] = float(layer + 1)
        if self.strength_term:
            found[self.strength_term] = strength
        return found

    def describe(self, change: Perturbation) -> str:
        """``2 additions and 1 deletion at 1 node, l2 norm 0.200``."""
        terms = (self.row_term, self.column_term)
        words = " and ".join(counted(int(change[term]), term) for term in terms)
        if self.layer_term:
            words += f" at {counted(int(change[self.layer_term]), self.things)}"
        if self.strength_term and change[self.strength_term]:
            words += f", {self.norm} norm {change[self.strength_term]:.3f}"
        return words

    def budget(self, change: Perturbation) -> Budget:
        """Additions and deletions, in so many things, and the strength of what stands beside."""
        return Budget(
            things=whole(change, self.layer_term) if self.layer_term else None,
            additions=whole(change, self.row_term),
            deletions=whole(change, self.column_term),
            strength=change[self.strength_term] if self.strength_term else 0.0,
            norm=self.norm if self.strength_term else "",
        )

    def required_map(self, scheme: Certifier, ceiling: float) -> CellsMap:
        """p* for every pair of counts."""
        rows = max(len(layer) for layer in self.layers)
        columns = max((len(row) for layer in self.layers for row in layer), default=1)
        rows, columns = (min(MOST_CELLS, side + BEYOND) for side in (rows, columns))
        return CellsMap(scheme, ceiling, self, rows, columns)


@dataclass(frozen=True)
class CellsMap(GridMap[CellMap]):
    """p* for every pair of counts, layer by layer; strength 0 where there is one.

    Attributes:
        rows, wide: how many rows and columns, counting from 0.
    """

    whole_rows: ClassVar[bool] = True
    marks_above: ClassVar[bool] = False
    most_marks: ClassVar[int] = 150

    rows: int
    wide: int
    _grids: dict[int, Grid] = field(default_factory=dict, repr=False, compare=False)

    @property
    def layers(self) -> int:
        """How many layers there are."""
        return len(self.utmost.layers)

    @property
    def upper(self) -> float:
        """Above the last row."""
        return self.rows - 0.5

    @property
    def columns(self) -> tuple[str, ...]:
        """The counts."""
        return tuple(map(str, range(self.wide)))

    @property
    def names(self) -> tuple[str, str, str]:
        """The two terms."""
        return self.utmost.column_term, self.utmost.row_term, self.utmost.row_term

    def layer_name(self, layer: int) -> str:
        """``2 nodes``."""
        return counted(layer + 1, self.utmost.things) if self.utmost.layer_term else ""

    def grid(self, layer: int = 0) -> Grid:
        """(rows, columns) p*."""
        if layer not in self._grids:
            self._grids[layer] = self._required(layer)
        return self._grids[layer]

    def _required(self, layer: int) -> Grid:
        found = np.full((self.rows, self.wide), np.inf)
        for row in range(self.rows):
            cells = [self.utmost.change(row, column, layer) for column in range(self.wide)]
            found[row] = self.scheme.required_probabilities(cells)
            if found[row, 0] >= 1:
                break
        found.flags.writeable = False
        return found

    def heights(self, region: CellMap | None, layer: int = 0) -> Grid:
        """(columns,) above the last certified row."""
        cells = region.layers[layer] if region and layer < len(region.layers) else ()
        widths = [sum(one is not None for one in row) for row in cells[: self.rows]]
        return np.array([sum(w > column for w in widths) - 0.5 for column in range(self.wide)])

    def reach(self, p_lower: float, layer: int = 0) -> Grid:
        """(columns,) above the last row that ``p_lower`` would certify."""
        found: Grid = (self.grid(layer) < p_lower).sum(axis=0) - 0.5
        return found

    def marks(self, region: CellMap, layer: int = 0) -> list[tuple[float, float, str]]:
        """The strength in every certified cell, where there are strengths."""
        if not region.strength_term or layer >= len(region.layers):
            return []
        return [
            (float(column), float(row), round_down(reach, 2))
            for row, line in enumerate(region.layers[layer])
            for column, reach in enumerate(line)
            if reach is not None
        ]

    def change(self, x: float, y: float, layer: int = 0) -> Perturbation | None:
        """The cell there."""
        column, row = round(x), round(y)
        if not (0 <= row < self.rows and 0 <= column < self.wide):
            return None
        return self.utmost.change(row, column, layer)

    def place(self, change: Perturbation) -> tuple[float, float]:
        """Its column and row."""
        return change[self.utmost.column_term], change[self.utmost.row_term]

    def layer_of(self, change: Perturbation) -> int:
        """The layer of so many things."""
        return int(change[self.utmost.layer_term]) - 1 if self.utmost.layer_term else 0

    def beside(self, change: Perturbation | None, right: int, up: int, layer: int) -> Perturbation:
        """The next cell."""
        if change is None:
            return self.utmost.change(0, 0, layer)
        column, row = self.place(change)
        row = min(max(row + up, 0), self.rows - 1)
        return self.utmost.change(int(row), int(min(max(column + right, 0), self.wide - 1)), layer)

    def in_words(self, region: CellMap, layer: int = 0) -> str:
        """The corners."""
        known = region.corners(layer) if layer < len(region.layers) else ()
        corners = ", ".join(map(str, known)) or "(0, 0)"
        return f"Certified up to ({region.row_term}, {region.column_term}) = {corners}."

    def table(self, region: CellMap | None) -> tuple[list[str], Rows]:
        """Every cell of every layer that holds something."""
        rows: Rows = []
        for layer in range(len(region.layers) if region else 1):
            for (row, column), required in np.ndenumerate(self.grid(layer)):
                reach = region.cell(row, column, layer) if region else None
                strength = [reach] if self.utmost.strength_term else []
                cell = [layer + 1] if self.utmost.layer_term else []
                known = int(reach is not None)
                rows.append([*cell, row, column, shown(float(required)), known, *strength])
        terms = self.utmost.row_term, self.utmost.column_term
        before = [self.utmost.layer_term] if self.utmost.layer_term else []
        after = [f"certified {self.utmost.strength_term}"] if self.utmost.strength_term else []
        return [*before, *terms, "p_required", "certified", *after], rows
