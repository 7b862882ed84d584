"""Why a run ended, in words: of what has no planned n, none is said to be reached."""

from __future__ import annotations

from engine.evidence.evidence import Evidence
from engine.schemes import Scheme

_WHOLE = "planned n reached"


def ended_in_words(evidence: Evidence) -> str:
    """The reason for a person; evidence, and what is compared, keep that of the record."""
    settings, reason = evidence.settings, evidence.stop_reason
    if reason != _WHOLE:
        return reason
    if settings.kind == "sweep":
        return "all anchors asked"
    if settings.kind == "exact":
        return _of_exact(settings.scheme)
    return reason


def _of_exact(scheme: Scheme) -> str:
    """What an exact method has done once it is complete."""
    if scheme.mapped:
        return "map complete"
    return "probability computed" if scheme.computed else "all samples counted"
