"""What the worker does with a case file: opening, listing, and counting runs that are kept in it.

Only the worker thread calls these: SQLite waits for the disk with every commit.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Generator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from engine.core.errors import UserError
from engine.core.files import write_atomically
from engine.models.request import ModelRequest

if TYPE_CHECKING:
    from engine.case import Case, RunRow
    from engine.evidence.evidence import Evidence
    from engine.evidence.settings import Counting, Execution, PredictSettings
    from engine.evidence.snapshot import Snapshot
    from gui.jobs.engine_jobs import Subject

Warn = Callable[[str], None]
PATIENCE = 0.12
"""Seconds that a batch may take while somebody waits at the window for it to end."""


@dataclass(frozen=True)
class Listing:
    """The runs of a case, newest first.

    Attributes:
        rows: those that can be read.
        complaints: a sentence for every damage.
    """

    rows: tuple[RunRow, ...] = ()
    complaints: tuple[str, ...] = ()


def listing(case: Case) -> Listing:
    """What is in a case now."""
    rows = tuple(reversed(case.runs()))
    shown = {row.id for row in rows}
    unreadable = [text for run, text in case.damaged().items() if run not in shown]
    return Listing(rows, tuple(filter(None, (case.damage, *unreadable))))


def save_as(
    case: Case | None, path: Path, evidence: Evidence | None, request: ModelRequest | None
) -> Case:
    """A copy of the open case at ``path``; without one, a new case that holds the shown run.

    Raises:
        UserError: the file exists, or cannot be written.
    """
    from engine.case import Case

    if case is not None:
        if path.exists():
            raise UserError(f"{path} exists already; choose another name for the copy.")
        write_atomically(path, _bytes(case.path))
        return Case.open(path)
    saved = Case.create(path)
    if evidence is not None:
        adopt(saved, evidence, request)
    return saved


def adopt(case: Case, evidence: Evidence, request: ModelRequest | None) -> int:
    """Put a run that was counted outside the case into it; its number there."""
    run = case.begin(
        evidence.model,
        evidence.input,
        evidence.settings,
        model_request=request or ModelRequest(evidence.model.source),
        input_spec=evidence.input.source,
        key=int(evidence.noise.key, 16),
        execution=evidence.execution,
        run_id="" if _known(case, evidence) else evidence.run_id,
        at=tuple(evidence.certified_at),
        block=evidence.chain.block if evidence.chain else 0,
    )
    known = case.configuration(run)
    case.finish(run, evidence.model_copy(update={"run_id": known.run_id}))
    return run


def keep_labels(
    case: Case,
    before: Evidence,
    found: Evidence,
    labels: Mapping[tuple[str, int], str],
    request: ModelRequest | None,
) -> None:
    """Write a person's labels and the claim they allow into a case, with the run if need be.

    Raises:
        UserError: the file cannot be written, or holds other votes of this run.
    """
    run = _known(case, before) or adopt(case, before, request)
    case.label(run, found, labels)


def certify_in(
    case: Case,
    subject: Subject,
    settings: Counting,
    execution: Execution,
    stop: threading.Event,
    *,
    before: Evidence | None,
    command: str,
    warn: Warn,
) -> Generator[Snapshot, None, Evidence]:
    """CERTIFY, kept in a case; with ``before``, from the votes of that run on."""
    from engine.case.certifying import open_run

    if before is None:
        run, goes_on = open_run(
            case,
            subject.classifier,
            subject.fitted,
            settings,
            execution=execution,
            request=subject.request,
            input_spec=subject.source,
        )
        if goes_on:
            warn(f"Goes on with run {run} of the case, which was not finished.")
    else:
        run = _known(case, before) or adopt(case, before, subject.request)
        if settings.n > before.n_plan:
            settings = case.extend(run, settings.n)
    counting = resume_in(case, run, subject, settings, execution, stop, command=command, warn=warn)
    return (yield from counting)


def resume_in(
    case: Case,
    run: int,
    subject: Subject,
    settings: Counting | None,
    execution: Execution,
    stop: threading.Event,
    *,
    command: str,
    warn: Warn,
) -> Generator[Snapshot, None, Evidence]:
    """Count an unfinished run of a case on, with short batches: somebody waits at a window.

    ``settings`` are the run's own, or None.
    """
    from engine.case.certifying import certify_run

    return certify_run(
        case,
        run,
        subject.classifier,
        subject.fitted,
        settings=settings,
        execution=execution,
        stop=stop,
        command=command,
        warn=warn,
        patience=PATIENCE,
    )


def predict_in(
    case: Case,
    subject: Subject,
    settings: PredictSettings,
    execution: Execution,
    procedure: Generator[Snapshot, None, Evidence],
    *,
    warn: Warn,
) -> Generator[Snapshot, None, Evidence]:
    """PREDICT, kept in a case."""
    from engine.case.recording import recorded
    from engine.procedures.on_grid import gridded
    from engine.procedures.run import run_key

    fitted = gridded(subject.fitted, settings)[0]
    run = case.begin(
        subject.classifier.identity,
        fitted.identity,
        settings,
        model_request=subject.request,
        input_spec=subject.source,
        key=run_key(subject.classifier, fitted, settings),
        execution=execution,
    )
    return (yield from recorded(case, run, procedure, warn=warn))


def _bytes(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise UserError(f"Cannot read {path}: {error.strerror or error}.") from error


def _known(case: Case, evidence: Evidence) -> int | None:
    return next((row.id for row in case.runs() if row.run_id == evidence.run_id), None)
