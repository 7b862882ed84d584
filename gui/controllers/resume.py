"""Which shown runs can be resumed or extended: a stop is no end, nor is the planned n."""

from __future__ import annotations

from engine.evidence.evidence import Evidence
from engine.evidence.settings import Counting

MOST = 10**9


def may_resume(evidence: Evidence | None) -> bool:
    """Whether the run was ended before its planned n by a person, or for want of memory."""
    if evidence is None or evidence.contradicted:
        return False
    return not evidence.complete and evidence.stop_reason in ("stopped", "out of memory")


def may_extend(evidence: Evidence | None) -> bool:
    """Whether the run may be counted past its planned n: only an anytime bound allows that."""
    if evidence is None or evidence.chain is None or counted(evidence) >= MOST:
        return False
    if evidence.settings.kind == "measure":  # the command line says how to draw more
        return False
    if evidence.settings.kind in ("predict", "sweep"):  # a test at its n; anchors with own ends
        return False
    if evidence.contradicted:  # more votes would only hide the attack
        return False
    from engine.bounds import bound_method  # scipy; there is evidence, so the engine is warm

    return bound_method(evidence.settings.bound).extendable


def counted(evidence: Evidence) -> int:
    """Estimation votes of the run."""
    return sum(evidence.votes.estimation) + evidence.votes.estimation_failures


def extended(settings: Counting, n: int) -> Counting:
    """The run's own settings with a larger n; a target that it was to stop at is forgotten."""
    return settings.model_copy(update={"n": n, "target": ""})


def unseeded(settings: Counting) -> Counting:
    """The same for a run of its own, whose seed is drawn anew."""
    return settings.model_copy(update={"seed": None} if hasattr(settings, "seed") else {})
