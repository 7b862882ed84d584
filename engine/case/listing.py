"""The list of a case's runs, each labelled from what is stored of itself."""

from __future__ import annotations

import sqlite3
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from engine.case import log, owner
from engine.case.digests import digest
from engine.case.log import Event
from engine.case.rows import Configuration, RunRow, State, read_configuration
from engine.core.errors import UserError
from engine.core.rounding import round_down
from engine.evidence.tries import Ledger, claim_of, stream_of

TARGET_REASONS = ("target certified", "target out of reach")
_STEPS = ("began", "resumed", "extended", "ended")


def numbers(db: sqlite3.Connection) -> list[int]:
    """The numbers of all runs, oldest first."""
    return [int(row[0]) for row in db.execute("SELECT id FROM run ORDER BY id")]


def by_run(events: Iterable[Event]) -> dict[int, list[Event]]:
    """The events of each run, in order."""
    found: dict[int, list[Event]] = defaultdict(list)
    for event in events:
        if event.run is not None:
            found[event.run].append(event)
    return found


def rows(
    db: sqlite3.Connection, case: Path, damaged: Mapping[int, str], *, only: int | None = None
) -> tuple[RunRow, ...]:
    """All runs that can be read, oldest first; or the one of number ``only``."""
    events = list(log.read(db))
    about, ledger, before = by_run(events), Ledger(), _before(events)
    tries = tries_of(db, case, events)
    for claim, stream in tries.values():
        ledger.enter(claim, stream)
    found = []
    for run in numbers(db) if only is None else (only,):
        try:
            known = read_configuration(db, run, case)
        except UserError:
            continue
        row = _row(db, known, about.get(run, []), damaged.get(run, ""))
        number, of = ledger.place(*tries[run]) if run in tries else (1, 1)
        same = before.get(known.subject, [run])
        then = (same.index(run) + 1 if run in same else len(same), len(same))
        found.append(row.model_copy(update={"number": number, "of": of, "then": then}))
    return tuple(found)


def tries_of(
    db: sqlite3.Connection, case: Path, events: Iterable[Event]
) -> dict[int, tuple[str, str]]:
    """The claim and the stream of votes of every try, in the order in which they were begun.

    By the number of its run; a try that has no run here by minus the number of its event. Both
    stand in the log; of a run that began before they did, they are those of its settings.
    """
    found = {}
    for event in events:
        if event.kind not in ("began", "known"):
            continue
        claim, stream = event.detail.get("claim"), event.detail.get("stream")
        if not isinstance(claim, str) or not isinstance(stream, str):
            if event.run is None:
                continue
            try:
                known = read_configuration(db, event.run, case)
            except UserError:
                continue
            claim = digest(*claim_of(known.model, known.input, known.settings))
            stream = digest(*stream_of(known.model, known.settings))
        found[-event.id if event.run is None else event.run] = (claim, stream)
    return found


def _before(events: Iterable[Event]) -> dict[str, list[int]]:
    """The runs of each model, input and setting: so evidence counted before it counted tries."""
    found: dict[str, list[int]] = defaultdict(list)
    for event in events:
        if event.kind == "began" and event.run is not None:
            found[str(event.detail.get("subject"))].append(event.run)
    return found


def _row(
    db: sqlite3.Connection, known: Configuration, events: Sequence[Event], clause: str
) -> RunRow:
    counted = db.execute("SELECT n FROM progress WHERE run = ?", (known.id,)).fetchone()
    return RunRow(
        id=known.id,
        run_id=known.run_id,
        procedure=known.procedure,
        created=next((event.at for event in events if event.kind == "began"), ""),
        state="damaged" if clause else _state(db, known.id, events),
        model=known.model,
        input=known.input,
        settings=known.settings,
        at=known.at,
        counted=max([0 if clause or counted is None else counted[0], *_counts(events)]),
        note=_note(events),
        pinned=_pinned(events),
        damage=f"Run {known.id} is damaged: {clause}." if clause else "",
        **({} if clause else _outcome(events)),
    )


def _state(db: sqlite3.Connection, run: int, events: Sequence[Event]) -> State:
    if owner.holder(db, run) is not None:
        return "counting"
    last = [event for event in events if event.kind in _STEPS][-1]
    if last.kind != "ended":
        return "interrupted"
    decided = last.detail["complete"] or last.detail["stop_reason"] in TARGET_REASONS
    return "finished" if decided else "stopped"


def _outcome(events: Sequence[Event]) -> dict[str, Any]:
    ended = [event for event in events if event.kind == "ended"]
    if not ended:
        return {}
    detail = ended[-1].detail
    names = ("outcome", "class_name", "radius", "stop_reason")
    return {**{name: detail[name] for name in names}, "certified": _certified(detail)}


def _certified(detail: Mapping[str, Any]) -> str:
    """The headline of what is certified; cases of older versions keep a ball's radius alone."""
    if "certified" in detail or detail["radius"] is None:
        return str(detail.get("certified", ""))
    return f"R = {round_down(detail['radius'], 3)}"


def _counts(events: Sequence[Event]) -> list[int]:
    return [e.detail["n"] for e in events if e.kind == "ended" and e.whole]


def _note(events: Sequence[Event]) -> str:
    texts = [str(e.detail.get("text", "")) for e in events if e.kind == "noted" and e.whole]
    return texts[-1] if texts else ""


def _pinned(events: Sequence[Event]) -> bool:
    kinds = [e.kind for e in events if e.kind in ("pinned", "unpinned") and e.whole]
    return bool(kinds) and kinds[-1] == "pinned"
