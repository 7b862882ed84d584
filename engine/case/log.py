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
from engine.core.records import Record

Kind = Literal[
    "created", "began", "resumed", "extended", "ended", "noted", "pinned", "unpinned", "known"
]
"""``known`` is a try that another case counted and that has no run here."""
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


def read(db: sqlite3.Connection) -> Iterator[Event]:
    """All events in order, each checked against its hash."""
    previous, due = _FIRST, 1
    rows = db.execute("SELECT id, at, kind, run, detail, hash FROM event ORDER BY id")
    for number, at, kind, run, text, found in rows:
        whole = number == due and found == digest(previous, number, at, kind, run, text)
        yield Event(
            id=number,
            at=str(at),  # a damaged row may hold anything
            kind=str(kind),
            run=run if isinstance(run, int) else None,
            detail=_parsed(text) if whole else {},
            whole=whole,
        )
        previous, due = found, number + 1


def _parsed(text: str) -> dict[str, Any]:
    try:
        found = json.loads(text)
    except (ValueError, RecursionError):
        return {}
    return found if isinstance(found, dict) else {}
