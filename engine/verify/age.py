"""What every program of a file's schema records: whether some of it was left out. No torch."""

from __future__ import annotations

from engine.evidence.evidence import SCHEMA_VERSION, Evidence


def check_age(evidence: Evidence) -> list[str]:
    """What a file of this schema lacks, or one of an older schema cannot have recorded."""
    there, then = _recorded(evidence), evidence.upgraded_from
    wrong = [what for what, is_there in there.items() if is_there == (then is not None)]
    if not wrong:
        return []
    if then is not None:
        return [f"no file of schema {then} records {wrong[0]}"]
    return [f"evidence of schema {SCHEMA_VERSION} records {' and '.join(wrong)}, and this does not"]


def unrecorded(evidence: Evidence) -> str:
    """What a file of an older schema does not say, in a sentence; empty for one of this schema."""
    if evidence.upgraded_from is None:
        return ""
    *first, last = _recorded(evidence)
    return (
        f"A file of schema {evidence.upgraded_from}: it records neither {', '.join(first)}, nor "
        f"{last}; a file of today that lacks them does not hold."
    )


def _recorded(evidence: Evidence) -> dict[str, bool]:
    """What every program of this schema records and none of schema 1.0, and whether it is there."""
    settings = evidence.settings
    found = {"how its input was fitted": evidence.input.fitting is not None}
    if settings.kind != "exact":
        found["where its seed is from"] = settings.seed_origin != "not recorded"
    if settings.kind == "predict":
        found["the chain of its votes"] = evidence.chain is not None
    return {**found, "that its model was asked again": evidence.function_check is not None}
