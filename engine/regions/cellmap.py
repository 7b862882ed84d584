"""A map of cells: which pairs of additions and deletions are certified, and how strongly."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal

from pydantic import PositiveFloat

from engine.core.records import Record
from engine.core.rounding import round_down
from engine.regions.anisotropic import together, together_in_words
from engine.regions.base import Perturbation, counted, whole

Cells = tuple[tuple[float | None, ...], ...]


class CellMap(Record):
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
        more = f", up to {counted(len(self.layers), self.things)}" if self.layer_term else ""
        return f"each alone; the map holds the pairs{more}"
