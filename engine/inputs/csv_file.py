"""Reading a CSV file: bounded, in UTF-8, every row as long as the first line."""

from __future__ import annotations

import csv
import io
from functools import lru_cache
from pathlib import Path

from engine.core.errors import UserError, quoted
from engine.core.files import sha256_bytes
from engine.inputs.table import Table

MAX_BYTES = 64_000_000
MOST_ROWS, MOST_COLUMNS = 1_000_000, 1000
_GIVE = "give a CSV file in UTF-8 whose first line names the columns"
_SEPARATORS = (",", ";", "\t")


def read_table(spec: str) -> Table:
    """The table in a file; a file that did not change is read once.

    Raises:
        UserError: there is no such file, or it is no CSV file that opens here.
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
        raise UserError(f"{spec} is no CSV file that opens here ({error}); {_GIVE}.") from error
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
    first = text.partition("\n")[0]
    separator = max(_SEPARATORS, key=first.count)
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
