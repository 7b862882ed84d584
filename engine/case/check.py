"""Whether a run's record is what was written: every number of it is covered by some digest.

Digests without a secret find accidents and careless edits; against somebody who rewrites all of
them only a head hash kept elsewhere, or a signature, helps.
"""

from __future__ import annotations

import hashlib
import sqlite3
from collections.abc import Sequence
from pathlib import Path

from engine.case import answers, votes
from engine.case.digests import start_hashes, subject
from engine.case.log import Event
from engine.case.rows import Configuration, read_configuration
from engine.case.votes import Progress
from engine.core.errors import UserError
from engine.evidence.vote_chain import first_broken, misfit, phases_of, start_of

_UNREADABLE = (
    UserError,
    ValueError,
    TypeError,
    LookupError,
    AttributeError,
    ArithmeticError,
    RecursionError,
)


_REFUSED = "its model was found to depend on its batch or on chance"


def structure(db: sqlite3.Connection) -> str:
    """What SQLite's own check finds wrong with the file; empty for nothing."""
    found = [str(row[0]) for row in db.execute("PRAGMA integrity_check(1)")]
    if found != ["ok"]:
        return " ".join(found[0].split()) if found else "its check gives no answer"
    loose = db.execute("PRAGMA foreign_key_check").fetchone()
    return f"a row of its table {loose[0]} belongs to nothing" if loose else ""


def verdict(db: sqlite3.Connection, run: int, events: Sequence[Event], case: Path) -> str:
    """What is wrong with the record of a run, as a clause; empty if it is whole."""
    if not all(event.whole for event in events):
        return "its entries in the log are damaged"
    try:
        return (
            _configuration(read_configuration(db, run, case), events)
            or _votes(db, read_configuration(db, run, case), events)
            or _results(db, run, events)
            or refusal(events)
        )
    except _UNREADABLE:
        return "it cannot be read"


def refusal(events: Sequence[Event]) -> str:
    """Why a run whose model was refused does not count, as a clause; empty if none was."""
    refused = [event for event in events if event.kind == "refused" and event.whole]
    if not refused:
        return ""
    by = refused[0].detail.get("by")
    return f"{_REFUSED} in run {by}" if by != refused[0].run else _REFUSED


def sentence(run: int, clause: str, where: str = "") -> str:
    """A clause about a run as a sentence."""
    what = "does not count" if clause.startswith(_REFUSED) else "is damaged"
    return f"Run {run}{where} {what}: {clause}."


def evidence_digest(text: str) -> str:
    """Digest of a result as it is stored."""
    return hashlib.sha256(text.encode()).hexdigest()


def _configuration(found: Configuration, events: Sequence[Event]) -> str:
    written = [event for event in events if event.kind in ("began", "extended")]
    if not written or written[0].kind != "began":
        return "its beginning is missing from the log"
    same = subject(found.model, found.input, found.settings) == found.subject
    if not same or written[-1].detail.get("configuration") != found.digest:
        return "its model, input or settings are not those it began with"
    return ""


def _votes(db: sqlite3.Connection, found: Configuration, events: Sequence[Event]) -> str:
    progress = votes.read_progress(db, found.id)
    if progress is None:
        return "its counts are missing"
    if progress.due != progress.digest:
        return "its counts are not those that were written"
    return _blocks(db, found, progress) or _heads(progress, events)


def _blocks(db: sqlite3.Connection, found: Configuration, progress: Progress) -> str:
    blocks = votes.read_blocks(db, found.id)
    if sum(block.n for block in blocks) != progress.n:
        return "some of its votes are missing"
    if not blocks:
        return ""
    classes = len(found.model.class_names)
    if progress.selection is None or len(progress.selection.counts) != classes:
        return "its selection votes are missing"
    starts = start_hashes(
        found.model, found.input, found.settings, key=found.key, selection=progress.selection
    )
    start = start_of(starts, blocks)
    broken = first_broken(start, blocks)
    if broken is not None:
        return f"its votes are damaged from block {broken} on"
    if any(index >= classes for block in blocks for index in block.counts):
        return "it holds votes for classes that its model does not have"
    phases = phases_of(found.settings)
    said = blocks[-1:] if phases else blocks  # each phase has answers of its own
    if not answers.fit(db, found.id, said, classes, writes=found.model.generation is not None):
        return "its answers are not those of its votes"
    if misfit(blocks, found.block, phases) is not None:
        return "its blocks are not of its block size"
    return "" if blocks[-1].hash == progress.head else "its last votes are missing"


def _heads(progress: Progress, events: Sequence[Event]) -> str:
    """A result's head is that of the votes it came from."""
    for event in events:
        head = event.detail.get("head")
        if event.kind != "ended" or not head:
            continue
        if event.detail["n"] > progress.n:
            return "votes behind its result are missing"
        if event.detail["n"] == progress.n and head != progress.head:
            return "its result rests on other votes than those recorded"
    return ""


def _results(db: sqlite3.Connection, run: int, events: Sequence[Event]) -> str:
    kept = dict(db.execute("SELECT id, evidence FROM result WHERE run = ?", (run,)).fetchall())
    logged = {e.detail.get("result"): e.detail for e in events if e.kind == "ended"}
    if kept.keys() != logged.keys():
        return "its results are not those in the log"
    for number, text in kept.items():
        if evidence_digest(text) != logged[number].get("evidence"):
            return "its result was changed after it was written"
    return ""
