"""Tables of numbers and categories: what a column is, and how a model's coding is made from one."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import ClassVar, Literal

from engine.core.errors import UserError, quoted
from engine.inputs.base import Given
from engine.inputs.coding import Column, TableCoding, number

ColumnType = Literal["numeric", "categorical"]
TYPES: tuple[ColumnType, ...] = ("numeric", "categorical")
LABELS = ("label", "class", "target")
_FEW = 10
"""Whole numbers with no more values than this, each seen twice on average, are taken for codes."""
_MOST_VALUES = 1000


@dataclass(frozen=True)
class Table:
    """A CSV file: texts in rows and columns.

    Attributes:
        name: short name for people.
        source: the file as the user named it.
        sha256: digest of its bytes.
        header: names of the columns.
        rows: cells, each row as long as the header.
        types: what the user says that columns are; the others' types are detected.
    """

    name: str
    source: str
    sha256: str
    header: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...] = field(repr=False)
    types: Mapping[str, ColumnType] = field(default_factory=dict)

    def named(self, names: Sequence[str]) -> str | None:
        """The first column with one of these names, whatever their case; None if there is none."""
        return next((column for column in self.header if column.lower() in names), None)

    def column(self, name: str) -> list[str]:
        """Its cells."""
        place = self.header.index(name)
        return [row[place] for row in self.rows]

    def cells(self, row: int) -> dict[str, str]:
        """A row by column name."""
        return dict(zip(self.header, self.rows[row], strict=True))

    def type_of(self, name: str) -> ColumnType:
        """What a column is: said, or numeric if its cells are numbers that are no codes."""
        said = self.types.get(name)
        if said is not None:
            return said
        values = set(self.column(name))
        numbers = [number(value) for value in values]
        found = [value for value in numbers if value is not None]
        if len(found) < len(numbers):
            return "categorical"
        few = len(found) <= min(_FEW, len(self.rows) // 2)
        codes = few and all(value == int(value) for value in found)
        return "categorical" if codes else "numeric"

    def coding(self, names: Sequence[str]) -> TableCoding:
        """How the columns ``names`` become numbers, from this table alone.

        Numbers are standardised by mean and deviation of their column.

        Raises:
            UserError: there is no such column, a numeric one has no number or only one, or a
                categorical one has a single value or far too many.
        """
        missing = next((name for name in names if name not in self.header), None)
        if missing is not None:
            raise UserError(f"{self.source} has no column '{missing}', which the model reads.")
        return TableCoding(tuple(self._column(name) for name in names))

    def _column(self, name: str) -> Column:
        if self.type_of(name) == "categorical":
            return self._categorical(name)
        numbers = [number(cell) for cell in self.column(name)]
        found = [value for value in numbers if value is not None]
        mean = math.fsum(found) / max(1, len(found))
        scale = math.sqrt(math.fsum((v - mean) ** 2 for v in found) / max(1, len(found)))
        if not 0 < scale < math.inf:
            raise UserError(
                f"{self.source}: its numeric column '{quoted(name)}' has fewer than two different "
                "numbers, so it has no unit; leave it out or call it categorical."
            )
        return Column(name, mean=mean, scale=scale)

    def _categorical(self, name: str) -> Column:
        values = tuple(sorted(set(self.column(name))))
        if not 2 <= len(values) <= _MOST_VALUES:
            raise UserError(
                f"{self.source}: its categorical column '{quoted(name)}' has {len(values):,} "
                f"values; a category has 2 to {_MOST_VALUES:,}."
            )
        return Column(name, values)


@dataclass(frozen=True)
class TableInput(Given):
    """One row of a table of numbers and categories, before any model is chosen.

    Attributes:
        table: the whole table.
        row: its number, from 0, the first line after the names.
    """

    kind: ClassVar[Literal["table"]] = "table"

    table: Table
    row: int

    @property
    def cells(self) -> dict[str, str]:
        """The row by column name."""
        return self.table.cells(self.row)
