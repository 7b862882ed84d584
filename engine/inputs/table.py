"""Tables of numbers and categories: what a column is, and how a model's coding is made from one.

A CSV file is bounded, in UTF-8, and has every row as long as its first line.
"""

from __future__ import annotations

import csv
import io
import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import ClassVar, Literal

from engine.core.errors import UserError, quoted
from engine.core.files import sha256_bytes
from engine.inputs.base import Given
from engine.inputs.coding import Column, TableCoding, number

ColumnType = Literal["numeric", "categorical"]
TYPES: tuple[ColumnType, ...] = ("numeric", "categorical")
LABELS = ("label", "class", "target", "sentiment")
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
        label: the column of the labels, as the user says; empty for one of a usual name.
        columns: those that a model without names for them reads, in its order, as the user says.
    """

    name: str
    source: str
    sha256: str
    header: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...] = field(repr=False)
    types: Mapping[str, ColumnType] = field(default_factory=dict)
    label: str = ""
    columns: tuple[str, ...] = ()

    def named(self, names: Sequence[str]) -> str | None:
        """The first column with one of these names, whatever their case; None if there is none."""
        return next((column for column in self.header if column.lower() in names), None)

    def without_label(self) -> tuple[str, ...]:
        """Names of all columns but that of the labels."""
        return tuple(name for name in self.header if name != self.label_column)

    @property
    def label_column(self) -> str | None:
        """The column of the labels; None if there is none."""
        return self.label or self.named(LABELS)

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

    def _check_numbers(self, name: str, values: Sequence[str]) -> None:
        """Refuse a column of numbers in which some are written as no program reads them.

        Raises:
            UserError: naming the first such cell by row and column, and what it looks like.
        """
        if name in self.types or len(values) <= _FEW:
            return
        odd = [value for value in values if number(value) is None]
        what = _looks_like(odd)
        if what:
            row, cell = next(one for one in enumerate(self.column(name)) if one[1] in odd)
            shown = f"'{quoted(cell, 40)}'" if cell else "nothing"
            raise UserError(
                f"{self.source}: {shown} in row {row}, column {quoted(name, 40)}, is no number "
                f"({what}); write it with a decimal point alone, or call the column categorical."
            )

    def _categorical(self, name: str) -> Column:
        values = tuple(sorted(set(self.column(name))))
        self._check_numbers(name, values)
        if not 2 <= len(values) <= _MOST_VALUES:
            raise UserError(
                f"{self.source}: its categorical column '{quoted(name)}' has {len(values):,} "
                f"values; a category has 2 to {_MOST_VALUES:,}."
            )
        return Column(name, values)


def _looks_like(odd: Sequence[str]) -> str:
    """What is wrong with all of some cells that are no numbers; empty if they may be words."""
    for pattern, what in (
        (r"[+-]?\d{1,3}(,\d{3})+(\.\d*)?", "thousands separator?"),
        (r"[+-]?\d*,\d+", "decimal comma?"),
        (r"|-|\?|NA|N/A|n/a|null|NULL|None", "a missing value?"),
    ):
        if odd and all(re.fullmatch(pattern, cell, re.ASCII) for cell in odd):
            return what
    return ""


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


MAX_BYTES = 64_000_000
MOST_ROWS, MOST_COLUMNS = 1_000_000, 1000
_GIVE = "give a CSV file in UTF-8 whose first line names the columns"
_SEPARATORS = (",", ";", "\t")


def read_table(spec: str) -> Table:
    """The table in a file; a file that did not change is read once.

    Raises:
        UserError: there is no such file, or it is not a CSV file that opens here.
    """
    try:
        path = Path(spec).expanduser()
        if not path.is_file():
            raise UserError(f"There is no table {spec[:200]}; {_GIVE}.")
        facts = path.stat()
        return _read(spec, path, facts.st_mtime_ns, facts.st_size)
    except (OSError, ValueError, RuntimeError) as error:
        raise UserError(f"Cannot read {spec[:200]}: {_reason(error)}; {_GIVE}.") from error


def parse_table(data: bytes, spec: str) -> Table:
    """The table in some bytes; ``spec`` is what refusals call it.

    Raises:
        UserError: not UTF-8, empty, or ragged.
    """
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise UserError(f"{spec} is not written in UTF-8; {_GIVE}.") from error
    if "\0" in text:
        raise UserError(f"{spec} holds bytes that are no text; {_GIVE}.")
    try:
        lines = _lines(text)
    except csv.Error as error:
        raise UserError(f"{spec} is not a CSV file that opens here ({error}); {_GIVE}.") from error
    if len(lines) < 2:
        raise UserError(f"{spec} has no row below the names of its columns; {_GIVE}.")
    header = tuple(name.strip() for _, cells in lines[:1] for name in cells)
    _check(spec, header, lines)
    return Table(
        name=Path(spec).name,
        source=spec,
        sha256=sha256_bytes(data),
        header=header,
        rows=tuple(tuple(cell.strip() for cell in cells) for _, cells in lines[1:]),
    )


def _lines(text: str) -> list[tuple[int, list[str]]]:
    """Each row with the number of the line it ends in; empty lines are left out."""
    first, _, rest = text.partition("\n")
    said = re.fullmatch(r"sep=([,;\t|])\s*", first)
    if said:  # as spreadsheets write it
        text = rest
    separator = said[1] if said else max(_SEPARATORS, key=first.count)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True)
    return [(reader.line_num, cells) for cells in reader if cells]


def _check(spec: str, header: tuple[str, ...], lines: list[tuple[int, list[str]]]) -> None:
    if len(lines) - 1 > MOST_ROWS or len(header) > MOST_COLUMNS:
        raise UserError(
            f"{spec} has {len(lines) - 1:,} rows of {len(header):,} columns, more than the "
            f"{MOST_ROWS:,} by {MOST_COLUMNS:,} that open here; give a smaller table."
        )
    twice = next((name for name in header if header.count(name) > 1 or not name), None)
    if twice is not None:
        what = f"names two columns '{quoted(twice)}'" if twice else "has a column without a name"
        raise UserError(f"{spec} {what}; give each column a name of its own in the first line.")
    ragged = next((line for line, cells in lines if len(cells) != len(header)), None)
    if ragged is not None:
        raise UserError(
            f"{spec}: line {ragged:,} does not have {len(header):,} cells like the first line; "
            "quote cells with commas in them."
        )


@lru_cache(maxsize=4)
def _read(spec: str, path: Path, changed: int, size: int) -> Table:
    """``changed`` is there for the cache: a file that changed is read again."""
    if size > MAX_BYTES:
        raise UserError(
            f"{spec} has {size / 1e6:.0f} MB, more than the {MAX_BYTES / 1e6:.0f} MB that open "
            "here; give a smaller table."
        )
    return parse_table(path.read_bytes(), spec)


def _reason(error: Exception) -> str:
    return error.strerror if isinstance(error, OSError) and error.strerror else str(error)
