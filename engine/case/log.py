"""The log of a case: events that are only ever added, each hashed together with the one before.

Notes and pins live here alone: the last one counts. Results and configurations are rows of their
own whose digests the log holds.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any, Literal

from engine.case.digests import digest
from engine.case.schema import CLAIM, SUBJECT
from engine.core.records import Record

Kind = Literal[
    "created",
    "began",
    "resumed",
    "extended",
    "ended",
    "refused",
    "noted",
    "pinned",
    "unpinned",
    "known",
]
"""``known`` is a try that another case counted and that has no run here; ``refused`` is a run whose
model was found to be no function of one sample, in this run or another."""
_FIRST = "certiscope log v1"


class Event(Record):
    """Something that happened in a case.

    Attributes:
        id: 1, 2, 3, ...
        at: ISO 8601, UTC.
        kind: see ``Kind``.
        run: the run it is about, None for the case.
        detail: what a reader needs to know, and digests.
        whole: the event is as it was written.
    """

    id: int
    at: str
    kind: str
    run: int | None
    detail: dict[str, Any]
    whole: bool = True


def append(db: sqlite3.Connection, kind: Kind, run: int | None = None, **detail: Any) -> None:
    """Add an event, inside the caller's transaction."""
    last = db.execute("SELECT id, hash FROM event ORDER BY id DESC LIMIT 1").fetchone()
    number, previous = (last[0] + 1, last[1]) if last else (1, _FIRST)
    at = datetime.now(UTC).isoformat(timespec="seconds")
    text = json.dumps(detail, sort_keys=True, separators=(",", ":"))
    db.execute(
        "INSERT INTO event (id, at, kind, run, detail, hash) VALUES (?, ?, ?, ?, ?, ?)",
        (number, at, kind, run, text, digest(previous, number, at, kind, run, text)),
    )


def read(db: sqlite3.Connection, after: int = 0) -> Iterator[Event]:
    """All events in order, or those after one, each checked against its hash."""
    previous, due = _FIRST, after + 1
    if after:
        last = db.execute("SELECT hash FROM event WHERE id = ?", (after,)).fetchone()
        previous = last[0] if last else ""
    columns = "id, at, kind, run, detail, hash"
    for row in db.execute(f"SELECT {columns} FROM event WHERE id > ? ORDER BY id", (after,)):
        yield _event(row, previous if row[0] == due else None)
        previous, due = row[-1], row[0] + 1


def of_run(db: sqlite3.Connection, run: int) -> list[Event]:
    """The events of a run, each checked against its hash and the one before."""
    return _found(db, "run = ?", run)


def of_claim(db: sqlite3.Connection, claim: str) -> list[Event]:
    """Tries of a claim, each checked; and all that are older than claims in the log."""
    tries = "kind IN ('began', 'known') AND"
    older = f"SELECT id FROM event WHERE {tries} {CLAIM} IS NULL"  # the index serves no OR
    return _found(db, f"{tries} {CLAIM} = ? UNION ALL {older}", claim)


def of_subject(db: sqlite3.Connection, subject: str) -> list[Event]:
    """The beginnings of all runs of one model, input and setting, each checked."""
    return _found(db, f"kind = 'began' AND {SUBJECT} = ?", subject)


def _found(db: sqlite3.Connection, where: str, value: Any) -> list[Event]:
    rows = db.execute(
        "SELECT e.id, e.at, e.kind, e.run, e.detail, e.hash, before.hash FROM event e "
        "LEFT JOIN event before ON before.id = e.id - 1 "
        f"WHERE e.id IN (SELECT id FROM event WHERE {where}) ORDER BY e.id",
        (value,),
    )
    return [_event(row[:-1], _FIRST if row[0] == 1 else row[-1]) for row in rows]


def _event(row: tuple[Any, ...], previous: str | None) -> Event:
    """An event as it is kept; damaged where nothing comes before it, or its hash is another."""
    number, at, kind, run, text, found = row
    whole = previous is not None and found == digest(previous, number, at, kind, run, text)
    return Event(
        id=number,
        at=str(at),  # a damaged row may hold anything
        kind=str(kind),
        run=run if isinstance(run, int) else None,
        detail=_parsed(text) if whole else {},
        whole=whole,
    )


def _parsed(text: str) -> dict[str, Any]:
    try:
        found = json.loads(text)
    except (ValueError, RecursionError):
        return {}
    return found if isinstance(found, dict) else {}
