"""A file of votes as lines of cells, whichever of the usual forms of text it has."""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import chain
from pathlib import Path
from typing import Any

from engine.core.errors import UserError, quoted
from engine.core.files import read_bounded

MOST_BYTES = 256 << 20
MOST_HEADER = 4 << 20
Numbered = tuple[int, list[str]]
"""The number of a line, from 1, and its cells."""
_SEPARATORS = ("\t", ";", ",", " ")
_LISTS = {"n": "n", "counts": "n", "votes": "n", "n0": "n0"}
"""Keys of JSON lines that hold the counts of all classes, and the columns that these are."""


@dataclass(frozen=True)
class Place:
    """A line of a file, for its complaints."""

    path: Path
    number: int

    def error(self, what: str) -> UserError:
        """The complaint as a sentence."""
        return UserError(f"{self.path}, line {self.number}: {what}.")


def read_bytes(path: Path) -> bytes:
    """The file's bytes.

    Raises:
        UserError: it is missing, a folder, unreadable or too large.
    """
    return read_bounded(path, MOST_BYTES, advice="split it")


def lines_of(path: Path, data: bytes) -> Iterator[Numbered]:
    """The lines of a text that are not blank, decoded as they are needed; the header among them.

    A table may be separated by tabs, semicolons, commas or spaces; comments at its beginning and
    the line ``sep=;`` of spreadsheets are passed over. JSON lines come as the table that they are.

    Raises:
        UserError: it is no text, or no table.
    """
    no_text = UserError(
        f"{path} is not a text file; votes come as CSV, TSV or JSON lines in UTF-8, or as .npy."
    )
    if b"\0" in data:
        raise no_text
    text = io.TextIOWrapper(io.BytesIO(data), encoding="utf-8-sig", newline=None)
    try:
        yield from _json(path, text) if data.lstrip()[:1] == b"{" else _table(path, text)
    except UnicodeDecodeError as error:
        raise no_text from error


def _table(path: Path, text: Iterable[str]) -> Iterator[Numbered]:
    lines = iter(text)
    passed, first = 0, ""
    for first in lines:
        if not _passed_over(first):
            break
        passed += 1
    separator = next((each for each in _SEPARATORS if each in first.strip()[:MOST_HEADER]), ",")
    if declared := re.fullmatch(r"\s*sep=(\S)\s*", first):
        separator, first = declared[1], "\n"
    spaced = separator == " "
    whole = chain([first.lstrip("# ") if first.startswith("#") else first], lines)
    trimmed = (line.strip() + "\n" for line in whole) if spaced else whole
    reader = csv.reader(trimmed, delimiter=separator, strict=True, skipinitialspace=spaced)
    try:
        for cells in reader:
            if any(cell.strip() for cell in cells):
                yield passed + reader.line_num, cells
    except csv.Error as error:
        number = max(1, passed + reader.line_num)
        raise Place(path, number).error(f"not readable as a table ({error})") from error


def _passed_over(line: str) -> bool:
    """Blank lines, and comments that name no column."""
    return not line.strip() or (
        line.startswith("#") and not re.match(r"#\s*(idx|label|n0?_0)\b", line, re.IGNORECASE)
    )


def _json(path: Path, text: Iterable[str]) -> Iterator[Numbered]:
    """An object a line: ``{"idx": 7, "label": 1, "n": [3, 997]}``, or keys as a header has them."""
    names: tuple[str, ...] = ()
    for number, line in enumerate(text, 1):
        if not line.strip():
            continue
        place = Place(path, number)
        try:
            found = json.loads(line, object_pairs_hook=_Pairs)
        except (ValueError, RecursionError) as error:
            raise place.error(
                "not readable as JSON: every line must hold one whole object"
            ) from error
        if not isinstance(found, _Pairs):
            raise place.error("no JSON object")
        columns = _columns(found, place)
        if not names:
            names = tuple(sorted(columns, key=_order))
            yield number, list(names)
        if columns.keys() != set(names):
            odd = ", ".join(sorted(columns.keys() ^ set(names), key=_order)[:3])
            raise place.error(f"it has not the columns of the first line ({quoted(odd, 40)})")
        yield number, [columns[name] for name in names]


class _Pairs(list[tuple[str, Any]]):
    """Keys and values of an object as they are written: a key may be there twice."""


def _columns(found: _Pairs, place: Place) -> dict[str, str]:
    """The columns of an object, those in lists one by one."""
    columns: dict[str, str] = {}
    for key, value in found:
        name = key.strip().lower()
        block = _LISTS.get(name)
        if type(value) is list and block:
            named = {f"{block}_{c}": one for c, one in enumerate(value)}
        else:
            named = {name: value}
        for column, one in named.items():
            if isinstance(one, bool) or not isinstance(one, int | float | str):
                raise place.error(f"{quoted(column, 40)} holds neither a number nor a text")
            if column in columns:
                raise place.error(f"{quoted(column, 40)} is there twice")
            columns[column] = str(one)
    return columns


def _order(name: str) -> tuple[int, int, str]:
    """Where a column stands in a header."""
    fixed = {"idx": 0, "label": 1, "p_lower": 4, "p_upper": 5}
    block, _, number = name.partition("_")
    if block in ("n0", "n") and number.isascii() and number.isdigit() and len(number) <= 6:
        return (2 if block == "n0" else 3), int(number), name
    return fixed.get(name, 6), 0, name
