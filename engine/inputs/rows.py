"""Rows of CSV files: texts, images with texts, images, or numbers with categories.

``rows.csv:3`` is row 3, the first row being 0. A column of ``TEXTS`` (``text``, ``review``, ...)
makes it a text, one of ``IMAGES`` (``image``, ``path``, ...) an image, both a pair; any other table
is one of numbers and categories. What its columns are is detected, said as
``rows.csv:3?types=age:numeric,job:categorical``, or in ``rows.types.json`` beside the file. For a
model that does not name its columns ``?columns=age,job`` after that names them in its order, and
``?columns=all`` says that the table has them in that order.
``mixed:5`` is row 5 of the shipped example.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any, NamedTuple

from engine.core.errors import UserError, quoted
from engine.core.resources import assets
from engine.inputs.base import ImageInput, PairInput, paired
from engine.inputs.labels import split_rule, with_rule
from engine.inputs.table import LABELS, TYPES, ColumnType, Table, TableInput, read_table
from engine.inputs.text import TextInput, decoded, shortened

MIXED = "mixed"
ALL = "all"
TEXTS = ("text", "prompt", "caption", "review", "sentence", "comment", "message")
IMAGES = ("image", "picture", "path")
RowInput = TextInput | PairInput | ImageInput | TableInput
_SPEC = re.compile(
    r"(?P<file>mixed|.+\.(?:csv|tsv))(?::(?P<row>\d{1,12}))?(?:\?types=(?P<types>.*?))?"
    r"(?:\?columns=(?P<columns>.+))?",
    re.DOTALL | re.IGNORECASE,
)


class Place(NamedTuple):
    """The parts of a spec.

    Attributes:
        file: a CSV file, or ``mixed``.
        row: its number, or None for the whole table.
        types: what the columns are said to be, as written.
        columns: those that the model reads, as written.
    """

    file: str
    row: int | None
    types: str
    columns: str = ""

    def at(self, row: int) -> str:
        """The spec of another row."""
        types = f"?types={self.types}" if self.types else ""
        return f"{self.file}:{row}{types}" + (f"?columns={self.columns}" if self.columns else "")


def claims(spec: str) -> bool:
    """The shipped table, or a file called .csv or .tsv."""
    return _SPEC.fullmatch(spec) is not None


def expand(spec: str) -> list[str]:
    """A table stands for its rows.

    Raises:
        UserError: it cannot be read.
    """
    place = parsed(spec)
    if place.row is not None:
        return [spec]
    return [place.at(row) for row in range(len(opened(place).rows))]


def load(spec: str) -> RowInput:
    """The row that ``spec`` names.

    Raises:
        UserError: the table or the image that the row names cannot be read, no row is named, or
            there is none of that number.
    """
    place = parsed(spec)
    table = opened(place)
    if place.row is None:
        raise UserError(
            f"{spec} is a table of {len(table.rows):,} rows; name one by its number, e.g. "
            f"{place.at(0)}."
        )
    if place.row >= len(table.rows):
        raise UserError(
            f"{place.file} has no row {place.row}; its rows are numbered 0 to "
            f"{len(table.rows) - 1}."
        )
    text, image = (None if table.types else table.named(names) for names in (TEXTS, IMAGES))
    if text is None and image is None:
        return _row(table, place, spec)
    return _texts(table, place, spec, text, image)


def parsed(spec: str) -> Place:
    """The parts of a spec that :func:`claims` takes."""
    found = _SPEC.fullmatch(spec)
    if found is None:
        raise UserError(f"{spec[:200]} is not a row of a table, e.g. rows.csv:3.")
    row = found["row"]
    number = None if row is None else int(row)
    return Place(found["file"], number, found["types"] or "", found["columns"] or "")


def in_table_order(spec: str) -> str:
    """The spec of a row with its columns taken as the table has them."""
    plain, rule = split_rule(spec)
    return with_rule(f"{plain.partition('?columns=')[0]}?columns={ALL}", rule)


def opened(place: Place) -> Table:
    """The table, with what is said of its columns.

    Raises:
        UserError: it cannot be read, or what is said of a column makes no sense.
    """
    shipped = place.file == MIXED
    table = read_table(str(assets() / "examples" / "mixed.csv") if shipped else place.file)
    if shipped:
        table = replace(table, name="mixed", source=MIXED)
    said = _written(place.types) if place.types else _beside(place.file, shipped=shipped)
    for name, kind in said.items():
        if name not in table.header:
            raise UserError(f"{place.file} has no column '{quoted(name)}', but its type is given.")
        if kind not in TYPES:
            raise UserError(
                f"A column is numeric or categorical, not '{quoted(kind)}' ('{quoted(name)}')."
            )
    types: dict[str, ColumnType] = {
        name: "numeric" if kind == "numeric" else "categorical" for name, kind in said.items()
    }
    table = replace(table, types=types) if types else table
    return replace(table, columns=_named_columns(table, place)) if place.columns else table


def _named_columns(table: Table, place: Place) -> tuple[str, ...]:
    if place.columns == ALL and ALL not in table.header:
        return table.without_label()
    names = tuple(name.strip() for name in next(csv.reader([place.columns])))
    odd = next((name for name in names if name not in table.header or names.count(name) > 1), None)
    if odd is not None:
        why = "is named twice" if odd in table.header else "is no column of it"
        raise UserError(
            f"{place.file}: '{quoted(odd)}' {why}; ?columns= names the columns that the model "
            f"reads, in its order, or is {ALL}."
        )
    return names


def _written(text: str) -> dict[str, str]:
    parts = [part.rpartition(":") for part in text.split(",")]
    return {name.strip(): kind.strip() for name, _, kind in parts}


def _beside(file: str, *, shipped: bool) -> Mapping[str, str]:
    """What ``rows.types.json`` says, where there is one."""
    from engine.core.files import read_description

    path = Path(file).expanduser().with_suffix(".types.json")
    if shipped or not path.is_file():
        return {}
    try:
        return {str(name): str(kind) for name, kind in read_description(path).items()}
    except (OSError, ValueError) as error:
        raise UserError(
            f'{path} is not understood; write {{"age": "numeric", "job": "categorical"}}.'
        ) from error


def _label(table: Table, row: int) -> dict[str, Any]:
    """The label of a row as fields of a :class:`engine.inputs.base.Given`; none where it has none.

    Labels that are numbers are numbered so, others by their place among the column's values.
    """
    column = table.named(LABELS)
    if column is None or not table.cells(row)[column]:
        return {"label": None, "label_name": None, "label_names": ()}
    values = sorted({value for value in table.column(column) if value})
    name = table.cells(row)[column]
    numbered = all(value.isascii() and value.isdigit() and len(value) < 6 for value in values)
    return {
        "label": int(name) if numbered else values.index(name),
        "label_name": name,
        "label_names": tuple(values),
    }


def _row(table: Table, place: Place, spec: str) -> TableInput:
    row = place.row or 0
    return TableInput(
        name=f"{table.name}, row {row}",
        source=spec,
        sha256=table.sha256,
        table=table,
        row=row,
        **_label(table, row),
    )


def _texts(
    table: Table, place: Place, spec: str, text: str | None, image: str | None
) -> TextInput | PairInput | ImageInput:
    row = place.row or 0
    cells, labelled = table.cells(row), _label(table, row)
    where = f"{table.name}, row {row}"
    shown = None if image is None else _image(place.file, cells[image], where)
    if text is None and shown is not None:
        return replace(shown, name=where, source=spec, **labelled)
    words = decoded(cells[text or ""].encode(), f"{where}: its text")
    if shown is not None:
        return paired(shown, words, name=where, source=spec, **labelled)
    name = f"{where}: {shortened(words)}"
    return TextInput(name, spec, table.sha256, words, **labelled)


def _image(file: str, cell: str, where: str) -> ImageInput:
    """The image that a cell names, from the table's folder on, or a shipped one."""
    from engine.inputs import load_input, shipped

    if not cell:
        raise UserError(f"{where} names no image; write the path of one into the table.")
    beside = Path(file).expanduser().parent / Path(cell)
    found = load_input(cell if shipped.claims(cell) else str(beside))
    if not isinstance(found, ImageInput):
        raise UserError(f"{where}: {quoted(cell)} is not an image.")
    return found
