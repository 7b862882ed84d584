"""The list of a case's runs, each labelled from what is stored of itself."""

from __future__ import annotations

import sqlite3
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from engine.case import check, log, owner
from engine.case.digests import digest
from engine.case.log import Event
from engine.case.rows import (
    Configuration,
    RunRow,
    State,
    configurations,
    read_configuration,
)
from engine.core.nouns import of_kind
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


def rows(db: sqlite3.Connection, case: Path, damaged: Mapping[int, str]) -> tuple[RunRow, ...]:
    """All runs that can be read, oldest first."""
    events = list(log.read(db))
    about, known = by_run(events), configurations(db, case)
    place = _Places(tries_of(events, known), events)
    return tuple(
        place.placed(_row(db, one, about.get(run, []), damaged.get(run, "")), one.subject)
        for run, one in known.items()
    )


def row(db: sqlite3.Connection, case: Path, run: int, clause: str) -> RunRow:
    """One run, whose record is damaged where there is a clause.

    Raises:
        UserError: there is none of this number, or it is damaged beyond reading.
    """
    known, events = read_configuration(db, run, case), log.of_run(db, run)
    claim, _ = tries_of(events, {run: known}).get(run, ("", ""))
    place = _Places(claimed(db, case, claim), log.of_subject(db, known.subject))
    return place.placed(_row(db, known, events, clause), known.subject)


def claimed(db: sqlite3.Connection, case: Path, claim: str) -> dict[int, tuple[str, str]]:
    """The tries of one claim, as :func:`tries_of`."""
    events = log.of_claim(db, claim)
    older = {event.run for event in events if event.run and not _logged(event)}
    known = {
        run: one for run in older for one in configurations(db, case, "run.id = ?", run).values()
    }
    return {run: one for run, one in tries_of(events, known).items() if one[0] == claim}


class _Places:
    """Which try of how many each run is.

    Args:
        tries: that are known, in their order.
        events: of the log, of which the runs of each subject are taken: so evidence counted before
            it counted tries.
    """

    def __init__(self, tries: Mapping[int, tuple[str, str]], events: Iterable[Event]) -> None:
        self._tries, self._ledger = tries, Ledger()
        for claim, stream in tries.values():
            self._ledger.enter(claim, stream)
        self._same: dict[str, dict[int, int]] = defaultdict(dict)
        for event in events:
            if event.kind == "began" and event.run is not None:
                same = self._same[str(event.detail.get("subject"))]
                same[event.run] = len(same) + 1

    def placed(self, row: RunRow, subject: str) -> RunRow:
        """A row with its places."""
        tried, same = self._tries.get(row.id), self._same.get(subject, {row.id: 1})
        number, of = self._ledger.place(*tried) if tried else (1, 1)
        then = (same.get(row.id, len(same)), len(same))
        return row.model_copy(update={"number": number, "of": of, "then": then})


def tries_of(
    events: Iterable[Event], known: Mapping[int, Configuration]
) -> dict[int, tuple[str, str]]:
    """The claim and the stream of votes of every try, in the order in which they were begun.

    By the number of its run; a try that has no run here by minus the number of its event. Both
    stand in the log; of a run that began before they did, they are those of its settings.
    """
    found = {}
    for event in events:
        if event.kind not in ("began", "known"):
            continue
        tried = _logged(event)
        if tried is None:
            one = None if event.run is None else known.get(event.run)
            if one is None:
                continue
            claim = digest(*claim_of(one.model, one.input, one.settings))
            tried = (claim, digest(*stream_of(one.model, one.settings)))
        found[-event.id if event.run is None else event.run] = tried
    return found


def _logged(event: Event) -> tuple[str, str] | None:
    claim, stream = event.detail.get("claim"), event.detail.get("stream")
    return (claim, stream) if isinstance(claim, str) and isinstance(stream, str) else None


def _row(
    db: sqlite3.Connection, known: Configuration, events: Sequence[Event], clause: str
) -> RunRow:
    clause = clause or check.refusal(events)
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
        damage=check.sentence(known.id, clause) if clause else "",
        **({} if clause else _outcome(events, known.input.kind)),
    )


def _state(db: sqlite3.Connection, run: int, events: Sequence[Event]) -> State:
    if owner.holder(db, run) is not None:
        return "counting"
    last = [event for event in events if event.kind in _STEPS][-1]
    if last.kind != "ended":
        return "interrupted"
    decided = last.detail["complete"] or last.detail["stop_reason"] in TARGET_REASONS
    return "finished" if decided else "stopped"


def _outcome(events: Sequence[Event], kind: str) -> dict[str, Any]:
    ended = [event for event in events if event.kind == "ended"]
    if not ended:
        return {}
    detail = ended[-1].detail
    names = ("outcome", "class_name", "radius", "stop_reason")
    found = {name: detail[name] for name in names}
    refuted = bool(detail.get("contradicted"))
    return {**found, "certified": of_kind(_certified(detail), kind), "contradicted": refuted}


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
