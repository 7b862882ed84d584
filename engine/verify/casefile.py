"""A case, run by run: its log, its votes, its results."""

from __future__ import annotations

import contextlib
import math
import random
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

from engine.case import Case, RunRow, schema
from engine.case.file import CHECKED_WHOLE
from engine.core.errors import UserError
from engine.evidence.evidence import Evidence
from engine.verify.report import Claim

RECORDED = "recorded votes"
"""The claim that each run of a case has, with a result or without one."""


def check_case(path: Path, share: float = 1.0) -> Iterator[tuple[Claim, Evidence | None, bool]]:
    """The file as a whole, then each run's record, with its result where it has one.

    Args:
        path: the case.
        share: of the runs with a result that the lot takes, as the last element says; one at least.

    Raises:
        UserError: it is not a case, or cannot be read.
    """
    with _untouched(path) as place:
        yield from _checked(Case.open(place), path, share)


@contextlib.contextmanager
def _untouched(path: Path) -> Iterator[Path]:
    """The case, or a copy of one of an older program, which is brought up to date as it is opened.

    Raises:
        UserError: of the copy, in the words for the case.
    """
    if not path.is_file() or _version(path) >= schema.version():
        yield path
        return
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder) / path.name
        shutil.copyfile(path, place)
        try:
            yield place
        except UserError as error:
            raise UserError(str(error).replace(str(place), str(path))) from error


def _version(path: Path) -> int:
    """``user_version`` of an SQLite file, from its header."""
    with path.open("rb") as file:
        return int.from_bytes(file.read(64)[60:], "big")


def _checked(case: Case, path: Path, share: float) -> Iterator[tuple[Claim, Evidence | None, bool]]:
    """The claims of :func:`check_case` on an open case."""
    if path.stat().st_size > CHECKED_WHOLE:
        case.check()
    yield _claim("case file and its log", case.damage), None, False
    damaged, rows = case.damaged(), case.runs()
    readable = {row.id for row in rows}
    ended = [row.id for row in rows if row.outcome]
    taken = min(len(ended), max(1, math.ceil(share * len(ended))))
    lot = {*random.SystemRandom().sample(ended, taken)}
    for row in rows:
        about = f"run {row.id}"
        record = _claim(RECORDED, damaged.get(row.id, ""), about)
        evidence = None if record.verdict != "holds" else _evidence(case, row)
        if evidence is None and record.verdict == "holds":
            detail = f"{row.counted:,} of {row.settings.n:,} votes, no result yet"
            record = record.model_copy(update={"detail": detail})
        if evidence is not None and (evidence.runs_counted or row.of) < row.of:
            later = f"stated when fewer were known: the case knows {row.of:,} tries now"
            record = record.model_copy(update={"detail": later})
        yield record, evidence, row.id in lot
        if evidence is not None:
            yield _claim("number of the run", _miscounted(row, evidence), about), None, False
    for run, sentence in damaged.items():
        if run not in readable:
            yield _claim(RECORDED, sentence, f"run {run}"), None, False
    if not rows and not damaged:
        detail = "the case holds no run"
        yield Claim(name=RECORDED, verdict="cannot be checked", detail=detail), None, False


def _evidence(case: Case, row: RunRow) -> Evidence | None:
    try:
        return case.evidence(row.id)
    except UserError:
        return None


def _miscounted(row: RunRow, evidence: Evidence) -> str:
    if evidence.run_id != row.run_id:
        return "its result is of another run"
    if evidence.tries_known_to == "session":  # it was counted outside the case
        return ""
    number, of = (row.number, row.of) if evidence.tries_known_to else row.then
    if evidence.run_number is not None and evidence.run_number != number:
        return f"its result calls it try {evidence.run_number}, the log try {number}"
    if evidence.runs_counted is not None and not number <= evidence.runs_counted <= of:
        return f"its result speaks of {evidence.runs_counted} tries, the log of {of}"
    return ""


def _claim(name: str, wrong: str, about: str = "") -> Claim:
    if wrong:
        detail = wrong.rstrip(".")
        return Claim(name=name, verdict="does not hold", detail=detail, about=about)
    return Claim(name=name, verdict="holds", about=about)
