"""Runs in a case: begun, kept as they grow, and resumed where they were left."""

from __future__ import annotations

import threading
from collections.abc import Callable, Generator, Sequence
from typing import TYPE_CHECKING, Any

from engine.case.case import Case
from engine.case.digests import same_run
from engine.case.recording import COMMIT_SECONDS, Commits, recorded
from engine.core.errors import UserError
from engine.evidence.evidence import Evidence
from engine.evidence.settings import USUAL, Counting, Execution, RunSettings, seeded
from engine.evidence.snapshot import Snapshot
from engine.models.request import ModelRequest

if TYPE_CHECKING:
    from engine.inputs.base import FittedInput
    from engine.models.base import Classifier
    from engine.oracles.audit import Labelled
    from engine.procedures.prepared import PreparedModel

Procedure = Generator[Snapshot, None, Evidence]
Begin = Callable[..., Procedure]
"""What ``engine.procedures.beginning.begin`` does, with the same arguments."""


def open_run(
    case: Case,
    classifier: Classifier,
    fitted: FittedInput,
    settings: RunSettings,
    *,
    request: ModelRequest,
    input_spec: str,
    execution: Execution = USUAL,
    at: Sequence[str] = (),
    new_run: bool = False,
) -> tuple[int, bool]:
    """The run of these settings in a case: the unfinished one of exactly this, or a new one.

    Without a seed, the unfinished one may have any, and a new one draws its own; the settings that
    count are those of the run in the case (``Case.configuration``).

    Returns:
        Its number, and whether it resumes one that was begun before.

    Raises:
        UserError: the case cannot be written.
    """
    from engine.procedures.beginning import certified
    from engine.procedures.run import run_key

    image, model = _fitted(fitted, settings), certified(classifier, fitted, settings).identity
    if not new_run:
        found = case.unfinished(model, image.identity, settings)
        if found is not None:
            return found, True
    settings = seeded(settings)
    run = case.begin(
        model,
        image.identity,
        settings,
        model_request=request,
        input_spec=input_spec,
        key=run_key(classifier, image, settings),
        execution=execution,
        at=at,
    )
    return run, False


def finished_run(
    case: Case, classifier: Classifier, fitted: FittedInput, settings: RunSettings
) -> int | None:
    """The newest run of exactly these settings that the case holds finished; None for none."""
    from engine.procedures.beginning import certified

    model = certified(classifier, fitted, settings).identity
    return case.finished(model, _fitted(fitted, settings).identity, settings)


def unattacked_run(
    case: Case,
    classifier: Classifier,
    fitted: FittedInput,
    settings: RunSettings,
    at: Sequence[str] = (),
) -> int | None:
    """The newest finished run of exactly this that certifies something and was not attacked.

    It is one whose attack was stopped or killed, or was not asked for. None too where there is an
    unfinished run, which is to be resumed first.
    """
    from engine.procedures.beginning import certified

    image, model = _fitted(fitted, settings).identity, certified(classifier, fitted, settings)
    if case.unfinished(model.identity, image, settings) is not None:
        return None
    run = case.finished(model.identity, image, settings)
    found = None if run is None else case.result(run)
    if found is None or found.region is None or tuple(found.certified_at) != tuple(at):
        return None
    tried = found.attack is not None and found.attack.outcome != "not tried"
    return None if tried or found.transfer is not None else run


def count_run(
    case: Case,
    run: int,
    classifier: Classifier,
    fitted: FittedInput,
    *,
    settings: RunSettings | None = None,
    execution: Execution | None = None,
    at: Sequence[str] | None = None,
    stop: threading.Event | None = None,
    command: str = "",
    seconds: float | Commits = COMMIT_SECONDS,
    warn: Callable[[str], None] | None = None,
    patience: float | None = None,
    audit: Labelled | None = None,
    alpha_audit: float = 0.0,
    prepared: PreparedModel | None = None,
    begin: Begin | None = None,
) -> Procedure:
    """Count a run of a case to its end, from wherever it is.

    Args:
        case, run: the open case, and which run; from ``open_run``, ``Case.begin`` or a list.
        classifier, fitted, settings: its own, or None for the settings; others are refused.
        execution, at: how it is carried out now, and what CERTIFY answers; None as it was begun.
        stop, command: as for every procedure; audit, alpha_audit, prepared: as for ``certify``.
        seconds: between two commits, as for ``recorded``; ``warn`` is told when one fails.
        patience: longest time of a batch, in seconds; None for the procedure's own.
        begin: makes a procedure that counts elsewhere.

    Raises:
        UserError: another model, input or setting; it is damaged, or counted elsewhere.
    """
    from engine.procedures import beginning
    from engine.sampling import sampler

    case.claim(run)  # before reading, so that nobody counts on meanwhile
    try:
        known, resume = case.configuration(run), case.resume(run)
        chosen = settings or known.settings
        _check_subject(case, run, classifier, _fitted(fitted, chosen), chosen)
        asked: dict[str, Any] = {}
        if isinstance(chosen, Counting):
            asked = {"at": known.at if at is None else at, "prepared": prepared}
            asked |= {"audit": audit, "alpha_audit": alpha_audit}
        procedure = (begin or beginning.begin)(
            classifier,
            fitted,
            chosen,
            execution=execution or known.execution,
            stop=stop,
            command=command,
            resume=resume,
            patience=patience or sampler.PATIENCE,
            **asked,
        )
    except BaseException:
        case.release(run)
        raise
    return (yield from recorded(case, run, procedure, seconds=seconds, warn=warn))


def _fitted(fitted: FittedInput, settings: RunSettings) -> FittedInput:
    """The input that is certified, on the grid where the run needs it there."""
    from engine.procedures.on_grid import gridded

    return gridded(fitted, settings)[0]


def _check_subject(
    case: Case, run: int, classifier: Classifier, fitted: FittedInput, settings: RunSettings
) -> None:
    known = case.configuration(run)
    if classifier.identity.sha256 != known.model.sha256:
        raise UserError(
            f"The model {classifier.identity.source} is not the one of run {run}: its sha256 is "
            f"{classifier.identity.sha256[:12]}, and was {known.model.sha256[:12]}."
        )
    if fitted.identity.pixels_sha256 != known.input.pixels_sha256:
        raise UserError(
            f"The input {fitted.identity.source} is not the one of run {run}: its pixels differ."
        )
    from engine.procedures.beginning import certified

    ours = same_run(certified(classifier, fitted, settings).identity, fitted.identity, settings)
    if ours != same_run(known.model, known.input, known.settings):
        raise UserError(f"Run {run} was counted with another model or under other settings.")
