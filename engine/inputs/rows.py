"""Rows of CSV files: texts, images with texts, images, or numbers with categories.

``rows.csv:3`` is row 3, the first row being 0. A column of ``TEXTS`` (``text``, ``review``, ...)
makes it a text, one of ``IMAGES`` (``image``, ``path``, ...) an image, both a pair; any other table
is one of numbers and categories. What its columns are is detected, said as
``rows.csv:3?types=age:numeric,job:categorical``, or in ``rows.types.json`` beside the file. For a
model that does not name its columns ``?columns=age,job`` names them in its order, and
``?columns=all`` says that the table has them in that order. ``?text=tweet``, ``?image=file`` and
``?label=mood`` choose a column by its name. ``mixed:5`` is row 5 of a shipped
example, ``breast-cancer:5`` and ``diabetes:5`` of others.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, NamedTuple

from engine.core.errors import UserError, quoted
from engine.core.resources import assets
from engine.inputs.base import ImageInput, PairInput, paired
from engine.inputs.labels import split_rule, with_rule
from engine.inputs.table import TYPES, ColumnType, Table, TableInput, read_table
from engine.inputs.text import TextInput, decoded, shortened

SHIPPED = ("mixed", "breast-cancer", "diabetes")
"""Tables that come with the program."""
ALL = "all"
TEXTS = ("text", "prompt", "caption", "review", "sentence", "comment", "message")
IMAGES = ("image", "picture", "path")
RowInput = TextInput | PairInput | ImageInput | TableInput
_SPEC = re.compile(
    r"(?P<file>mixed|breast-cancer|diabetes|.+\.(?:csv|tsv))(?::(?P<row>\d{1,12}))?"
    r"(?P<said>(?:\?(?:types|columns|text|image|label)=[^?]*)*)",
    re.DOTALL | re.IGNORECASE,
)


class Place(NamedTuple):
    """The parts of a spec.

    Attributes:
        file: a CSV file, or the name of a shipped table.
        row: its number, or None for the whole table.
        said: of the columns, as written, by what it is about.
    """

    file: str
    row: int | None
    said: Mapping[str, str]

    def at(self, row: int | None) -> str:
        """The spec of another row, or of the table."""
        said = "".join(f"?{key}={value}" for key, value in self.said.items())
        return f"{self.file}{'' if row is None else f':{row}'}{said}"


def claims(spec: str) -> bool:
    """A shipped table, or a file called .csv or .tsv."""
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
    text, image = (_chosen(table, place, *what) for what in (("text", TEXTS), ("image", IMAGES)))
    if text is None and image is None:
        return _row(table, place, spec)
    return _texts(table, place, spec, text, image)


def parsed(spec: str) -> Place:
    """The parts of a spec that :func:`claims` takes."""
    found = _SPEC.fullmatch(spec)
    if found is None:
        raise UserError(f"{spec[:200]} is not a row of a table, e.g. rows.csv:3.")
    row = found["row"]
    parts = (one.partition("=") for one in found["said"].split("?")[1:])
    said = {key.lower(): value for key, _, value in parts if value}
    return Place(found["file"], None if row is None else int(row), said)


def saying(spec: str, about: str, what: str) -> str:
    """The spec of a row with something else said of its columns."""
    plain, rule = split_rule(spec)
    place = parsed(plain)
    return with_rule(place._replace(said={**place.said, about: what}).at(place.row), rule)


def in_table_order(spec: str) -> str:
    """The spec of a row with its columns taken as the table has them."""
    return saying(spec, "columns", ALL)


def _chosen(table: Table, place: Place, about: str, usual: Sequence[str]) -> str | None:
    """The column that holds the text or image: the one that is named, else one of a usual name."""
    if about in place.said:
        return _column(table, place, about)
    return None if table.types or {"text", "image"} & set(place.said) else table.named(usual)


def _column(table: Table, place: Place, about: str) -> str:
    name = place.said[about]
    if name not in table.header:
        shown = ", ".join(quoted(one, 40) for one in table.header[:8])
        raise UserError(f"{place.file} has no column '{quoted(name)}'; it has {shown}.")
    return name


def opened(place: Place) -> Table:
    """The table, with what is said of its columns.

    Raises:
        UserError: it cannot be read, or what is said of a column makes no sense.
    """
    shipped = place.file in SHIPPED
    path = assets() / "examples" / f"{place.file}.csv"
    table = read_table(str(path) if shipped else place.file)
    if shipped:
        table = replace(table, name=place.file, source=place.file)
    types = place.said.get("types", "")
    said = _written(types) if types else _beside(place.file, shipped=shipped)
    for name, kind in said.items():
        if name not in table.header:
            raise UserError(f"{place.file} has no column '{quoted(name)}', but its type is given.")
        if kind not in TYPES:
            raise UserError(
                f"A column is numeric or categorical, not '{quoted(kind)}' ('{quoted(name)}')."
            )
    kinds: dict[str, ColumnType] = {
        name: "numeric" if kind == "numeric" else "categorical" for name, kind in said.items()
    }
    label = _column(table, place, "label") if "label" in place.said else ""
    table = replace(table, types=kinds or table.types, label=label)
    return (
        replace(table, columns=_named_columns(table, place)) if "columns" in place.said else table
    )


def _named_columns(table: Table, place: Place) -> tuple[str, ...]:
    written = place.said["columns"]
    if written == ALL and ALL not in table.header:
        return table.without_label()
    names = tuple(name.strip() for name in next(csv.reader([written])))
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
    column = table.label_column
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
