"""What a generative model said in a run's votes, kept beside them: one row per run."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence

from pydantic import TypeAdapter

from engine.evidence.generations import AnswerGroup, per_class
from engine.evidence.vote_chain import Block, total

_GROUPS = TypeAdapter(tuple[AnswerGroup, ...])


def write(
    db: sqlite3.Connection, run: int, groups: Sequence[AnswerGroup], blocks: Sequence[Block]
) -> None:
    """Keep the answers behind these blocks, inside the caller's transaction.

    A file that holds more votes already, because another window counted on, stays as it is.
    """
    counted = db.execute("SELECT n FROM progress WHERE run = ?", (run,)).fetchone()
    if not groups or counted is None or counted[0] != sum(block.n for block in blocks):
        return
    text = _GROUPS.dump_json(tuple(groups)).decode()
    db.execute("INSERT OR REPLACE INTO answers (run, groups) VALUES (?, ?)", (run, text))


def read(db: sqlite3.Connection, run: int) -> tuple[AnswerGroup, ...]:
    """The answers of a run; none for a model that does not write.

    Raises:
        ValueError: they cannot be read.
    """
    row = db.execute("SELECT groups FROM answers WHERE run = ?", (run,)).fetchone()
    return () if row is None else _GROUPS.validate_json(row[0])


def fit(
    db: sqlite3.Connection, run: int, blocks: Sequence[Block], classes: int, *, writes: bool
) -> bool:
    """Whether the answers kept of a run add up to its votes, class by class.

    Raises:
        ValueError: they cannot be read.
    """
    groups = read(db, run)
    if not writes:
        return not groups
    try:
        return per_class(groups, classes) == total(blocks, classes).counts
    except IndexError:
        return False
