"""A file of votes, read line by line: whatever is wrong with it is said with its line number."""

from __future__ import annotations

import csv
import io
import math
import re
from array import array
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from engine.core.errors import UserError, quoted

MOST_BYTES = 256 << 20
MOST_CLASSES = 100_000
MOST_HEADER = 4 << 20
MOST_VOTES = 10**9
_COLUMN = re.compile(r"(n0|n)_(0|[1-9]\d{0,5})")
_FORMS = (
    "the header must be idx,label,n0_0,...,n_0,... or idx,label,n_0,... or idx,label,p_lower "
    "with or without p_upper"
)


@dataclass(frozen=True)
class Header:
    """Which columns a file has: blocks of ``classes`` counts, or bounds (``classes`` 0)."""

    names: tuple[str, ...]
    classes: int
    selection: bool
    upper: bool


@dataclass(frozen=True, slots=True)
class Line:
    """One row of the file.

    Attributes:
        number: of the line, from 1.
        selection, estimation: counts; empty where the file has none.
        p_lower, p_upper: bounds; None where the file has none.
    """

    number: int
    idx: str | int
    label: int
    selection: Sequence[int] = ()
    estimation: Sequence[int] = ()
    p_lower: float | None = None
    p_upper: float | None = None


def read_table(path: Path, data: bytes) -> tuple[Header, list[Line]]:
    """The header and the rows of a CSV or TSV file.

    Raises:
        UserError: the first thing that is wrong, with its line.
    """
    rows = _cells(path, data)
    _, names = next(rows, (0, []))
    header = _header(path, [name.strip() for name in names])
    lines, seen = [], set()
    for number, cells in rows:
        line = _line(_Place(path, number), header, cells)
        if line.idx in seen:
            raise _Place(path, number).error(f"idx {quoted(line.idx, 40)} occurs a second time")
        seen.add(line.idx)
        lines.append(line)
    if not lines:
        raise UserError(f"{path} has a header and no rows.")
    return header, lines


def holds_bounds(path: Path) -> bool:
    """Whether a file has bounds in the place of votes.

    Raises:
        UserError: it cannot be read, or its header is none.
    """
    _, names = next(_cells(path, read_bytes(path)), (0, []))
    return not _header(path, [name.strip() for name in names]).classes


def read_bytes(path: Path) -> bytes:
    """The file's bytes.

    Raises:
        UserError: it is missing, a folder, unreadable or too large.
    """
    try:
        with path.open("rb") as file:
            data = file.read(MOST_BYTES + 1)
    except OSError as error:
        raise UserError(f"Cannot read {path}: {error.strerror or error}.") from error
    if len(data) > MOST_BYTES:
        raise UserError(f"{path} is larger than {MOST_BYTES >> 20} MiB; split it.")
    return data


@dataclass(frozen=True)
class _Place:
    """A line of a file, for its complaints."""

    path: Path
    number: int

    def error(self, what: str) -> UserError:
        return UserError(f"{self.path}, line {self.number}: {what}.")


def _cells(path: Path, data: bytes) -> Iterator[tuple[int, list[str]]]:
    """Line numbers and cells of the lines that are not blank, decoded as they are needed."""
    no_text = UserError(f"{path} is not a text file; votes come as CSV or TSV in UTF-8.")
    if b"\0" in data:
        raise no_text
    delimiter = "\t" if b"\t" in data.lstrip()[:MOST_HEADER].partition(b"\n")[0] else ","
    text = io.TextIOWrapper(io.BytesIO(data), encoding="utf-8-sig", newline=None)
    reader = csv.reader(text, delimiter=delimiter, strict=True)
    try:
        for cells in reader:
            if any(cell.strip() for cell in cells):
                yield reader.line_num, cells
    except csv.Error as error:
        raise _Place(path, max(1, reader.line_num)).error(
            f"not readable as a table ({error})"
        ) from error
    except UnicodeDecodeError as error:
        raise no_text from error


def _header(path: Path, names: list[str]) -> Header:
    if names[:2] != ["idx", "label"]:
        raise UserError(f"{path}, line 1: the columns idx and label are missing; {_FORMS}.")
    rest = tuple(names[2:])
    if rest in (("p_lower",), ("p_lower", "p_upper")):
        return Header(tuple(names), 0, selection=False, upper="p_upper" in rest)
    for name in rest:
        if not _COLUMN.fullmatch(name):
            shown = quoted(name, 40)
            raise UserError(f"{path}, line 1: '{shown}' is no column of votes; {_FORMS}.")
    selection = any(name.startswith("n0_") for name in rest)
    classes = len(rest) // 2 if selection else len(rest)
    estimation = tuple(f"n_{c}" for c in range(classes))
    expected = (tuple(f"n0_{c}" for c in range(classes)) if selection else ()) + estimation
    if rest != expected or classes < 2 or classes > MOST_CLASSES:
        raise UserError(
            f"{path}, line 1: the counts must be numbered from 0 without a gap, for at least two "
            f"classes, and alike in both blocks; {_FORMS}."
        )
    return Header(tuple(names), classes, selection=selection, upper=False)


def _line(place: _Place, header: Header, cells: list[str]) -> Line:
    if len(cells) != len(header.names):
        raise place.error(f"{len(cells)} cells where the header has {len(header.names)}")
    cells = [cell.strip() for cell in cells]
    idx = _idx(place, cells[0])
    label = _whole(place, "label", cells[1])
    if not header.classes:
        lower = _probability(place, "p_lower", cells[2])
        upper = _probability(place, "p_upper", cells[3]) if header.upper else None
        return Line(place.number, idx, label, p_lower=lower, p_upper=upper)
    if label >= header.classes:
        raise place.error(f"label {label} is none of the {header.classes} classes")
    counts = _counts(place, header.names[2:], cells[2:])
    selection = counts[: header.classes] if header.selection else array("Q")
    estimation = counts[len(selection) :]
    if header.selection and not sum(selection):
        raise place.error("the selection block holds no votes, so no class was chosen")
    if not sum(estimation):
        raise place.error("the estimation block holds no votes")
    if max(sum(selection), sum(estimation)) > MOST_VOTES:
        raise place.error(f"more than {MOST_VOTES:,} votes in one block")
    return Line(place.number, idx, label, selection=selection, estimation=estimation)


def _counts(place: _Place, names: Sequence[str], cells: Sequence[str]) -> array[int]:
    """Machine integers: a file may hold a hundred million of them."""
    joined = "".join(cells)
    if joined.isascii() and joined.isdigit() and "" not in cells and len(max(cells, key=len)) <= 10:
        return array("Q", map(int, cells))
    pairs = zip(names, cells, strict=True)
    return array("Q", [_whole(place, name, text) for name, text in pairs])


def _idx(place: _Place, text: str) -> str | int:
    if not text:
        raise place.error("idx is empty")
    plain = re.fullmatch(r"0|-?[1-9][0-9]{0,17}", text)
    return int(text) if plain else text


def _whole(place: _Place, name: str, text: str) -> int:
    if not (text.isascii() and text.isdigit() and len(text) <= 10):
        raise place.error(f"{name} is '{quoted(text, 40)}', not a whole number of 0 or more")
    return int(text)


def _probability(place: _Place, name: str, text: str) -> float:
    try:
        value = math.nan if "_" in text else float(text)
    except ValueError:
        value = math.nan
    if not 0 <= value <= 1:  # also where it is not a number
        raise place.error(f"{name} is '{quoted(text, 40)}', not a probability between 0 and 1")
    return value
