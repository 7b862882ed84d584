"""A file of votes in columns: whatever is wrong with it is said with its line number."""

from __future__ import annotations

import io
import math
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import chain, islice
from pathlib import Path
from tokenize import TokenError
from typing import Any

import numpy as np
import numpy.typing as npt
from numpy.lib import format as npy

from engine.core.errors import UserError, quoted
from engine.replay.lines import Numbered, Place, lines_of, read_bytes
from engine.replay.rows import NO_LABEL

MOST_CLASSES = 100_000
MOST_VOTES = 10**9
CHUNK = 4096
"""Lines that are turned into numbers together."""
Seen = Callable[[int, int], object]
"""Called with the lines read and their total."""
_COLUMN = re.compile(r"(n0|n)_(0|[1-9]\d{0,5})")
_NUMBER = re.compile(r"\d+(\.\d*)?([eE][+-]?\d+)?", re.ASCII)
_THOUSANDS = re.compile(r"[1-9]\d{0,2}([.,]\d{3})+", re.ASCII)
_LOGGED = {"predict", "radius", "correct"}
"""Columns of the logs that certification programs write."""
_FORMS = (
    "the header must be idx,label,n0_0,...,n_0,... or idx,label,n_0,... or idx,label,p_lower "
    "with or without p_upper"
)


@dataclass(frozen=True)
class Header:
    """Which columns a file has: blocks of ``classes`` counts, or bounds (``classes`` 0).

    Attributes:
        names: of all columns, in order.
        named: the file itself says which; without a header every column counts a class.
    """

    names: tuple[str, ...]
    classes: int
    selection: bool = False
    upper: bool = False
    named: bool = True

    @property
    def labelled(self) -> bool:
        """Whether rows have a true class."""
        return "label" in self.names

    @property
    def first(self) -> int:
        """How many columns stand before the numbers."""
        return sum(name in ("idx", "label") for name in self.names)


@dataclass(frozen=True)
class VoteTable:
    """The rows of a file, in columns of N values.

    Attributes:
        header: what the columns are.
        idx: names of the rows; their places, from 0, where the file has none.
        labels: true classes; NO_LABEL where the file has none.
        selection, estimation: counts, N x classes; N x 0 where the file has none.
        p_lower, p_upper: bounds; empty where the file has none.
    """

    header: Header
    idx: Sequence[str | int]
    labels: npt.NDArray[np.int64]
    selection: npt.NDArray[np.uint32]
    estimation: npt.NDArray[np.uint32]
    p_lower: npt.NDArray[np.float64]
    p_upper: npt.NDArray[np.float64]

    def __len__(self) -> int:
        return len(self.idx)


def read_table(path: Path, data: bytes, seen: Seen = lambda done, total: None) -> VoteTable:
    """The rows of a table of text, of JSON lines, or of an array of counts (.npy).

    Args:
        path: its name.
        data: its bytes.
        seen: told how far it is.

    Raises:
        UserError: the first thing that is wrong, with its line.
    """
    if data.startswith(npy.MAGIC_PREFIX):
        return _of_array(path, data)
    lines = lines_of(path, data)
    header, lines = _headed(path, lines)
    chunks: list[_Rows] = []
    idx: dict[str | int, None] = {}
    done, total = 0, data.count(b"\n") or 1
    while chunk := list(islice(lines, CHUNK)):
        found = _plain(header, chunk) or _careful(path, header, chunk)
        for place, name in enumerate(found.idx):
            if name in idx:
                number = chunk[place][0]
                raise Place(path, number).error(f"idx {quoted(name, 40)} occurs a second time")
            idx[name] = None
        chunks.append(found)
        done += len(chunk)
        seen(min(done, total), total)
    if not chunks:
        raise UserError(f"{path} has a header and no rows.")
    numbers = np.concatenate([chunk.numbers for chunk in chunks])
    labels = np.concatenate([chunk.labels for chunk in chunks])
    names = tuple(idx) if "idx" in header.names else range(len(labels))
    return _table(path, header, names, labels, numbers)


def holds_bounds(path: Path) -> bool:
    """Whether a file has bounds in the place of votes.

    Raises:
        UserError: it cannot be read, or its header is none.
    """
    data = read_bytes(path)
    if data.startswith(npy.MAGIC_PREFIX):
        return False
    return not _headed(path, lines_of(path, data))[0].classes


@dataclass(frozen=True)
class _Rows:
    """Some rows: counts or bounds side by side in ``numbers``."""

    idx: Sequence[str | int]
    labels: npt.NDArray[np.int64]
    numbers: npt.NDArray[Any]


def _table(
    path: Path,
    header: Header,
    idx: Sequence[str | int],
    labels: npt.NDArray[np.int64],
    numbers: npt.NDArray[Any],
) -> VoteTable:
    """The columns, cut into blocks."""
    none = np.empty((len(labels), 0), np.uint32)
    selection, estimation = none, none
    p_lower = p_upper = np.empty(0)
    if header.classes:
        estimation = numbers[:, -header.classes :]
        selection = numbers[:, : header.classes] if header.selection else none
    else:
        p_lower = numbers[:, 0]
        p_upper = numbers[:, 1] if header.upper else p_upper
    if not header.named:
        _all_alike(path, estimation)
    return VoteTable(header, idx, labels, selection, estimation, p_lower, p_upper)


def _all_alike(path: Path, counts: npt.NDArray[np.uint32]) -> None:
    """Columns without a name are taken for counts only if all rows have the same n.

    Raises:
        UserError: they do not, so that one of the columns may be an index or a label.
    """
    n = counts.sum(axis=1, dtype=np.int64)
    if (other := int(np.argmax(n != n[0]))) and n[other] != n[0]:
        raise UserError(
            f"{path} has no header, and its rows do not add up to the same n (row 1 to {n[0]:,}, "
            f"row {other + 1:,} to {n[other]:,}): not every column can be the votes of a class. "
            f"Give it a header; {_FORMS}."
        )


def _headed(path: Path, lines: Iterator[Numbered]) -> tuple[Header, Iterator[Numbered]]:
    """The header, and the lines after it; all of them where the first holds nothing but numbers."""
    number, cells = next(lines, (1, []))
    names = [cell.strip().lower() for cell in cells]
    if len(cells) > 1 and all(_NUMBER.fullmatch(name.replace(",", ".")) for name in names):
        if parted := [name for name in names if re.match(r"0\d", name)]:
            raise Place(path, number).error(
                f"'{quoted(parted[0], 40)}' may be part of a whole number with a mark at its "
                "thousands; write whole numbers as digits alone, or give the file a header"
            )
        names = [f"n_{c}" for c in range(len(cells))]
        bare = _header(Place(path, number), names)
        return Header(bare.names, bare.classes, named=False), chain([(number, cells)], lines)
    return _header(Place(path, number), names), lines


def _header(place: Place, names: list[str]) -> Header:
    if set(names) >= _LOGGED:
        raise UserError(
            f"{place.path} is a log of results ({', '.join(sorted(_LOGGED))}): it holds radii and "
            "no votes, and a radius cannot be certified again. 'certiscope import' reads it; "
            "replay needs the counts of votes, or the bounds, that it was made from."
        )
    first = 2 if names[:2] == ["idx", "label"] else int(names[:1] in (["idx"], ["label"]))
    rest = tuple(names[first:])
    votes = bool(rest) and all(map(_COLUMN.fullmatch, rest))
    if first < 2 and not votes:
        raise place.error(f"the columns idx and label are missing; {_FORMS}")
    if rest in (("p_lower",), ("p_lower", "p_upper")):
        return Header(tuple(names), 0, upper="p_upper" in rest)
    for name in rest:
        if not _COLUMN.fullmatch(name):
            raise place.error(f"'{quoted(name, 40)}' is no column of votes; {_FORMS}")
    selection = any(name.startswith("n0_") for name in rest)
    classes = len(rest) // 2 if selection else len(rest)
    estimation = tuple(f"n_{c}" for c in range(classes))
    expected = (tuple(f"n0_{c}" for c in range(classes)) if selection else ()) + estimation
    if rest != expected or classes < 2 or classes > MOST_CLASSES:
        raise place.error(
            "the counts must be numbered from 0 without a gap, for at least two classes, and "
            f"alike in both blocks; {_FORMS}"
        )
    return Header(tuple(names), classes, selection=selection)


def _plain(header: Header, lines: list[Numbered]) -> _Rows | None:
    """Rows that hold nothing but digits and nothing wrong; None where one has to look closer."""
    width, first = len(header.names), header.first
    if not header.classes or any(len(cells) != width for _, cells in lines):
        return None
    flat = [cell for _, cells in lines for cell in cells[first - header.labelled :]]
    joined = "".join(flat)
    if not (joined.isascii() and joined.isdigit()) or "" in flat or max(map(len, flat)) > 10:
        return None
    numbers = np.fromstring(",".join(flat), np.int64, sep=",").reshape(len(lines), -1)
    labels, counts = np.full(len(lines), NO_LABEL), numbers
    if header.labelled:
        labels, counts = numbers[:, 0].copy(), numbers[:, 1:]
    blocks = [counts[:, at : at + header.classes] for at in range(0, width - first, header.classes)]
    sums = np.stack([block.sum(axis=1) for block in blocks])
    if labels.max() >= header.classes or sums.min() < 1 or sums.max() > MOST_VOTES:
        return None
    idx: list[str | int] = []
    if "idx" in header.names:
        idx = [_name(cells[0].strip()) for _, cells in lines]
        if "" in idx:
            return None
    return _Rows(idx, labels, counts.astype(np.uint32))


def _careful(path: Path, header: Header, lines: list[Numbered]) -> _Rows:
    """Rows in any spelling that has one meaning."""
    read = [_line(Place(path, number), header, cells) for number, cells in lines]
    kind: Any = np.uint32 if header.classes else np.float64
    return _Rows(
        [idx for idx, _, _ in read if idx is not None],
        np.array([label for _, label, _ in read], np.int64),
        np.array([numbers for _, _, numbers in read], kind),
    )


def _line(
    place: Place, header: Header, cells: list[str]
) -> tuple[str | int | None, int, Sequence[float]]:
    if len(cells) != len(header.names):
        raise place.error(f"{len(cells)} cells where the header has {len(header.names)}")
    cells = [cell.strip() for cell in cells]
    named = dict(zip(header.names[: header.first], cells, strict=False))
    idx = None
    if "idx" in named:
        idx = _name(named["idx"])
        if idx == "":
            raise place.error("idx is empty")
    label = _whole(place, "label", named["label"]) if header.labelled else NO_LABEL
    pairs = zip(header.names[header.first :], cells[header.first :], strict=True)
    if not header.classes:
        return idx, label, [_probability(place, name, text) for name, text in pairs]
    if label >= header.classes:
        raise place.error(f"label {label} is none of the {header.classes} classes")
    counts = [_whole(place, name, text) for name, text in pairs]
    selection, estimation = sum(counts[: -header.classes]), sum(counts[-header.classes :])
    if header.selection and not selection:
        raise place.error("the selection block holds no votes, so no class was chosen")
    if not estimation:
        raise place.error("the estimation block holds no votes")
    if max(selection, estimation) > MOST_VOTES:
        raise place.error(f"more than {MOST_VOTES:,} votes in one block")
    return idx, label, counts


def _name(text: str) -> str | int:
    if text.isascii() and text.isdigit() and len(text) <= 18 and (text[0] != "0" or text == "0"):
        return int(text)
    return int(text) if re.fullmatch(r"0|-?[1-9][0-9]{0,17}", text) else text


def _whole(place: Place, name: str, text: str) -> int:
    """A count; ``990.0``, ``990,0`` and ``9.9e+02`` are 990."""
    if text.isascii() and text.isdigit() and len(text) <= 10:
        return int(text)
    if _THOUSANDS.fullmatch(text):
        raise place.error(
            f"{name} is '{quoted(text, 40)}', which may be a whole number with a mark at its "
            "thousands or a fraction; write whole numbers as digits alone"
        )
    number = text.replace(",", ".")
    value = float(number) if _NUMBER.fullmatch(number) and len(number) <= 40 else math.nan
    if not value.is_integer() or value >= 10**10:
        raise place.error(f"{name} is '{quoted(text, 40)}', not a whole number of 0 or more")
    return int(value)


def _probability(place: Place, name: str, text: str) -> float:
    try:
        value = math.nan if "_" in text else float(text.replace(",", "."))
    except ValueError:
        value = math.nan
    if not 0 <= value <= 1:  # also where it is not a number
        raise place.error(f"{name} is '{quoted(text, 40)}', not a probability between 0 and 1")
    return value


def _of_array(path: Path, data: bytes) -> VoteTable:
    """Counts as NumPy saves them, N x classes: rows without names and labels."""
    stream = io.BytesIO(data)
    damaged = UserError(f"{path} is a damaged or truncated .npy file; copy or download it again.")
    try:
        version = npy.read_magic(stream)
        read = npy.read_array_header_1_0 if version == (1, 0) else npy.read_array_header_2_0
        shape, fortran, dtype = read(stream)
    except (ValueError, SyntaxError, TokenError, RecursionError, MemoryError) as error:
        raise damaged from error
    if dtype.kind not in "uif" or len(shape) not in (1, 2):
        raise UserError(f"{path} holds no table of numbers; votes are an array of N x classes.")
    if min(shape) < 0 or math.prod(shape) * dtype.itemsize != len(data) - stream.tell():
        raise damaged
    if not math.prod(shape):
        raise UserError(f"{path} holds no votes: its shape is {shape}.")
    array = np.frombuffer(data, dtype, offset=stream.tell())
    counts = array.reshape(shape, order="F" if fortran else "C").reshape(-1, shape[-1])
    if not (np.isfinite(counts).all() and (counts >= 0).all() and (counts % 1 == 0).all()):
        raise UserError(f"{path}: not every number in it is a whole number of 0 or more.")
    names = [f"n_{c}" for c in range(min(shape[-1], MOST_CLASSES + 1))]
    header = _header(Place(path, 1), names)
    n = counts.sum(axis=1, dtype=np.float64)
    if not len(counts) or n.min() < 1 or n.max() > MOST_VOTES:
        raise UserError(
            f"{path}: every row needs from 1 to {MOST_VOTES:,} votes, and there must be a row."
        )
    labels = np.full(len(counts), NO_LABEL)
    bare = Header(header.names, header.classes, named=False)
    return _table(path, bare, range(len(counts)), labels, counts.astype(np.uint32))
