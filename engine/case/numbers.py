"""The answers of a median-smoothing run, block by block: what it would otherwise draw again."""

from __future__ import annotations

import hashlib
import sqlite3
from collections.abc import Sequence

from engine.evidence.vote_chain import Block


def write(
    db: sqlite3.Connection, run: int, blocks: Sequence[Block], numbers: Sequence[bytes]
) -> None:
    """Keep the answers of full blocks that are not kept yet, inside the caller's transaction.

    Args:
        db: of the case.
        run: its number there.
        blocks: its votes so far.
        numbers: the answers of the first of these blocks, as float32, row by row.
    """
    if not numbers:
        return
    found = db.execute("SELECT COUNT(*) FROM numbers WHERE run = ?", (run,)).fetchone()
    new = list(zip(blocks, numbers, strict=False))[found[0] :]
    db.executemany(
        "INSERT OR REPLACE INTO numbers (run, start, answers, digest) VALUES (?, ?, ?, ?)",
        [(run, block.start, kept, _digest(block.hash, kept)) for block, kept in new],
    )


def read(db: sqlite3.Connection, run: int, blocks: Sequence[Block]) -> tuple[bytes, ...]:
    """The answers of a run's first blocks, up to the first that is missing or damaged."""
    rows = db.execute("SELECT start, answers, digest FROM numbers WHERE run = ?", (run,))
    kept = {start: (answers, digest) for start, answers, digest in rows}
    found = []
    for block in blocks:
        answers, digest = kept.get(block.start, (b"", ""))
        if digest != _digest(block.hash, answers):
            break
        found.append(answers)
    return tuple(found)


def _digest(head: str, answers: bytes) -> str:
    """Over a block's votes and its answers."""
    return hashlib.sha256(head.encode() + answers).hexdigest()
