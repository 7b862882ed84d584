"""Answers that a person labelled, from a CSV file."""

from __future__ import annotations

import csv
import hashlib
import io
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from engine.core.errors import UserError, quoted
from engine.evidence.evidence import AuditRecord
from engine.oracles.base import Oracle

OTHER = "other"
"""What a person writes who finds that an answer means none of the classes."""
UNLABELLED = "not labelled"
"""Stands for the label of an answer that was drawn and that nobody looked at."""
_LARGEST, _MOST_ROWS, _MOST = 4 << 20, 100_000, 10**9
_YES = {"yes": True, "true": True, "1": True, "no": False, "false": False, "0": False}
_COLUMNS = (
    "answer,said,true with one labelled answer a row, e.g. 'go left,turn left,turn left', or "
    "accepted,true,count, e.g. 'yes,no,3'"
)

Pair = tuple[str, str]
"""What the oracle said and what the person says."""


@dataclass(frozen=True)
class Labelled:
    """Labelled answers.

    Attributes:
        source, sha256: the file.
        pairs: how often the oracle said one class and the person another (or the same).
        table: counts by (accepted, true), where the file gives those for the certified class.
    """

    source: str
    sha256: str
    pairs: Mapping[Pair, int] | None
    table: Mapping[tuple[bool, bool], int] | None

    def about(self, name: str) -> AuditRecord:
        """The four counts for the class ``name``."""
        counts: Counter[tuple[bool, bool]] = Counter(self.table or {})
        for (said, true), count in (self.pairs or {}).items():
            # what nobody looked at makes the oracle look worst, whichever class is asked about
            really = said != name if true == UNLABELLED else true == name
            counts[said == name, really] += count
        return AuditRecord(
            source=self.source,
            sha256=self.sha256,
            accepted_true=counts[True, True],
            accepted_false=counts[True, False],
            rejected_true=counts[False, True],
            rejected_false=counts[False, False],
        )


def read_audit(path: Path, class_names: Sequence[str], oracle: Oracle | None = None) -> Labelled:
    """Labelled answers of a CSV file with a header.

    Args:
        path: columns ``answer,said,true`` (``said`` may be empty where there is an oracle; with a
            column ``count`` a row stands for as many answers) or
            ``accepted,true,count``, the latter about the class that is certified.
        class_names: what may stand in ``said`` and ``true``; ``true`` may also be ``other``.
        oracle: reads the answers again, and refuses a file that says otherwise.

    Raises:
        UserError: it cannot be read, or a row that cannot be.
    """
    rows, sha256 = audit_rows(path)
    columns = set(rows[0]) if rows else set()
    if {"accepted", "true", "count"} <= columns:
        return Labelled(str(path), sha256, None, _table(path, rows))
    if "true" not in columns or not columns & {"said", "answer"}:
        raise UserError(f"{path} has no labelled answers; it needs the columns {_COLUMNS}.")
    reader = oracle if oracle is not None and not oracle.needs_reference else None
    pairs: Counter[Pair] = Counter()
    for number, row in enumerate(rows, 2):
        place = f"{path}, row {number}"
        pairs[_pair(row, place, class_names, reader)] += _times(row, place)
    return Labelled(str(path), sha256, pairs, None)


def audit_rows(path: Path) -> tuple[list[dict[str, str | None]], str]:
    """The rows of an audit by the names of its header, and the digest of the file.

    Raises:
        UserError: it cannot be read.
    """
    data = _read(path)
    try:
        text = data.decode("utf-8-sig")
        rows = list(csv.DictReader(io.StringIO(text, newline=""), strict=True))
    except (UnicodeDecodeError, csv.Error) as error:
        raise UserError(f"{path} is no CSV file; it needs the columns {_COLUMNS}.") from error
    if len(rows) > _MOST_ROWS:
        raise UserError(f"{path} has more than {_MOST_ROWS:,} rows.")
    return rows, hashlib.sha256(data).hexdigest()


def _table(path: Path, rows: Sequence[Mapping[str, str | None]]) -> Counter[tuple[bool, bool]]:
    counts: Counter[tuple[bool, bool]] = Counter()
    for number, row in enumerate(rows, 2):
        said, true = (_YES.get(cell(row, name).lower()) for name in ("accepted", "true"))
        if said is None or true is None or not _is_count(cell(row, "count")):
            raise UserError(
                f"{path}, row {number}: write yes or no, yes or no, and a count, e.g. yes,no,3."
            )
        counts[said, true] += _times(row, f"{path}, row {number}")
    return counts


def _times(row: Mapping[str, str | None], place: str) -> int:
    """How many answers a row stands for: its count, or one where there is no such column."""
    text = cell(row, "count")
    if "count" not in row:
        return 1
    if not _is_count(text):
        raise UserError(f"{place}: the count must be a whole number.")
    if len(text) > len(str(_MOST)):
        raise UserError(f"{place}: the count is too large.")
    return int(text)


def _is_count(text: str) -> bool:
    return text.isascii() and text.isdigit()


def _pair(
    row: Mapping[str, str | None], place: str, names: Sequence[str], oracle: Oracle | None
) -> Pair:
    answer, said, true = (cell(row, name) for name in ("answer", "said", "true"))
    found = names[oracle.classify([answer])[0]] if oracle is not None and answer else ""
    if said and found and said != found and oracle is not None:
        # an oracle may see the blanks around an answer, which a cell has lost
        found = names[oracle.classify([row.get("answer") or ""])[0]]
    if said and found and said != found:
        raise UserError(
            f"{place}: the oracle reads '{quoted(answer)}' as '{found}', not '{quoted(said)}'; "
            "label what this oracle said."
        )
    said = said or found
    if said not in names:
        raise UserError(f"{place}: '{quoted(said)}' is no class of the oracle ({_some(names)}).")
    check_true(true, names, place)
    return said, true


def check_true(true: str, names: Sequence[str], place: str) -> None:
    """Refuse what is no class: a slip of the pen would make the oracle look better than it is.

    Raises:
        UserError: naming the place and the classes.
    """
    if true not in names and true not in (OTHER, UNLABELLED):
        raise UserError(
            f"{place}: '{quoted(true)}' is no class; write one of {_some(names)}, {OTHER}, or "
            f"{UNLABELLED}."
        )


def cell(row: Mapping[str, str | None], name: str) -> str:
    """A cell without the blanks around it; empty where there is none."""
    return (row.get(name) or "").strip()


def _some(names: Sequence[str]) -> str:
    return ", ".join(names[:8]) + (", ..." if len(names) > 8 else "")


def _read(path: Path) -> bytes:
    try:
        with path.open("rb") as file:
            data = file.read(_LARGEST + 1)
    except OSError as error:
        raise UserError(f"Cannot read the audit {path}: {error.strerror or error}.") from error
    if len(data) > _LARGEST:
        raise UserError(f"{path} is too large for an audit ({_LARGEST >> 20} MiB).")
    return data
