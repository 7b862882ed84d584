"""What the worker does for an attack: making it, and keeping it in the case."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

from engine.core.errors import UserError

if TYPE_CHECKING:
    from engine.case import Case
    from engine.evidence.evidence import Evidence
    from engine.evidence.settings import Execution
    from gui.jobs.case_jobs import Warn
    from gui.jobs.engine_jobs import Subject


def attack(
    subject: Subject,
    evidence: Evidence,
    execution: Execution,
    stop: threading.Event,
    *,
    case: Case | None,
    warn: Warn,
) -> Evidence:
    """The evidence with an attack on the smoothed classifier at its input.

    With a case that holds the run it is kept there; where that fails the attack stands all the
    same. An attack that was stopped leaves the evidence as it was.

    Raises:
        UserError: model or input are others than those of the evidence.
    """
    from engine.attacks.attack import attacked

    found = attacked(evidence, subject.classifier, subject.fitted, execution=execution, stop=stop)
    keep(case, evidence, found, warn)
    return found


def keep(case: Case | None, before: Evidence, found: Evidence, warn: Warn) -> None:
    """Write an attack into the case that holds its run; where that fails, warn."""
    if case is None or found is before:
        return
    try:
        if (run := case.number(found.run_id)) is not None:
            case.attacked(run, found)
    except UserError as error:
        warn(f"{error} The attack is not in the case.")
