"""Counted votes on the disk: full blocks for good, the open one replaced as it grows."""

from __future__ import annotations

import json
import sqlite3
from bisect import bisect_left
from collections.abc import Sequence
from typing import NamedTuple

from pydantic import TypeAdapter

from engine.case.digests import progress_digest
from engine.core.errors import UserError
from engine.core.records import Votes
from engine.core.scores import ScoreSums
from engine.evidence.observations import FunctionCheckRecord
from engine.evidence.vote_chain import Block

_COUNTS = TypeAdapter(tuple[int, ...])
_BY_CLASS = TypeAdapter(dict[int, int])
_SUMS = TypeAdapter(tuple[int, int])
_SCORES = "scores"
"""Beside the counts of a block, the sums of its scores, under a bound on scores."""


class Progress(NamedTuple):
    """How far a run is.

    Attributes:
        selection: selection votes; None before the first.
        n: estimation votes.
        head: hash of the last block; empty before the first.
        function_check: what the base classifier was asked again in them; None if not recorded.
        digest: the row's, as it is kept.
        due: the row's, as it is worked out.
    """

    selection: Votes | None
    n: int
    head: str
    function_check: FunctionCheckRecord | None
    digest: str
    due: str


def write(
    db: sqlite3.Connection,
    run: int,
    run_id: str,
    *,
    selection: Votes,
    blocks: Sequence[Block],
    function_check: FunctionCheckRecord | None,
) -> None:
    """Bring the file to these votes, inside the caller's transaction.

    A file that is already further, because another window counted the same votes, stays.

    Raises:
        UserError: the file holds other votes than these.
    """
    last = db.execute(
        "SELECT start, n, hash FROM block WHERE run = ? ORDER BY start DESC LIMIT 1", (run,)
    ).fetchone()
    first = bisect_left(blocks, last[0], key=lambda block: block.start) if last else 0
    n = sum(block.n for block in blocks)
    if last and n < last[0] + last[1]:
        return
    if last and blocks[first].n == last[1] and blocks[first].hash != last[2]:
        raise UserError("The file holds other votes of this run than those counted now.")
    if last:
        db.execute("DELETE FROM block WHERE run = ? AND start >= ?", (run, last[0]))
    db.executemany(
        "INSERT INTO block (run, start, n, counts, failures, hash) VALUES (?, ?, ?, ?, ?, ?)",
        [(run, b.start, b.n, _text(b), b.failures, b.hash) for b in blocks[first:]],
    )
    stored = json.dumps([selection.failures, *selection.counts])
    head = blocks[-1].hash if blocks else ""
    asked = function_check.model_dump_json() if function_check else ""
    db.execute(
        "INSERT OR REPLACE INTO progress (run, selection, n, head, asked_again, digest) "
        "VALUES (?, ?, ?, ?, ?, ?)",
        (run, stored, n, head, asked, progress_digest(run_id, stored, n, head, asked)),
    )


def read_progress(db: sqlite3.Connection, run: int) -> Progress | None:
    """How far a run is; None if that is not recorded.

    Raises:
        ValueError: what is recorded cannot be read.
    """
    row = db.execute(
        "SELECT p.selection, p.n, p.head, p.asked_again, p.digest, r.run_id "
        "FROM progress p JOIN run r ON r.id = p.run WHERE p.run = ?",
        (run,),
    ).fetchone()
    if row is None:
        return None
    stored, n, head, asked, digest, run_id = row
    failures, *counts = _COUNTS.validate_json(stored) or (0,)
    votes = Votes(counts=tuple(counts), failures=failures) if counts else None
    check = FunctionCheckRecord.model_validate_json(asked) if asked else None
    return Progress(votes, n, head, check, digest, progress_digest(run_id, stored, n, head, asked))


def begin(db: sqlite3.Connection, run: int, run_id: str) -> None:
    """The progress of a run that has counted nothing."""
    db.execute(
        "INSERT INTO progress (run, selection, n, head, digest) VALUES (?, '[]', 0, '', ?)",
        (run, progress_digest(run_id, "[]", 0, "", "")),
    )


def read_blocks(db: sqlite3.Connection, run: int) -> tuple[Block, ...]:
    """The estimation votes of a run, block by block.

    Raises:
        ValueError: they cannot be read.
    """
    rows = db.execute(
        "SELECT start, n, counts, failures, hash FROM block WHERE run = ? ORDER BY start", (run,)
    )
    return tuple(_block(*row) for row in rows)


def _block(start: int, n: int, text: str, failures: int, found: str) -> Block:
    kept = json.loads(text)
    scores = None
    if _SCORES in kept:
        total, squares = _SUMS.validate_python(kept.pop(_SCORES))
        scores = ScoreSums(total=total, squares=squares)
    return Block(
        start=start,
        n=n,
        counts=_BY_CLASS.validate_python(kept),
        failures=failures,
        scores=scores,
        hash=found,
    )


def _text(block: Block) -> str:
    sums = block.scores
    beside = {} if sums is None else {_SCORES: [sums.total, sums.squares]}
    return json.dumps({str(index): count for index, count in block.counts.items()} | beside)
