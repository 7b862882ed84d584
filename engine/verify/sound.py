"""Whether what a result claims follows from its own votes, before it is shown. No torch."""

from __future__ import annotations

from engine.core.errors import UserError
from engine.evidence.evidence import Evidence
from engine.verify.attacks import ATTACK
from engine.verify.counts import check_counts
from engine.verify.decisions import recount_of


def unsound(evidence: Evidence) -> str:
    """What of a result does not follow from its votes, by the name of its check; empty if all does.

    A result that its own attack contradicts is no forgery: it says so wherever it is shown.
    """
    claims = check_counts(recount_of(evidence))
    wrong = (one for one in claims if one.verdict == "does not hold" and one.name != ATTACK)
    return next((one.name for one in wrong), "")


def refuse_unsound(evidence: Evidence, where: str) -> None:
    """Refuse a result of a file from a stranger that does not follow from its votes.

    The digests of a case have no key, so that whoever changes a result can compute them anew.

    Args:
        evidence: as it is kept.
        where: ``run 1 in F.certiscope``.

    Raises:
        UserError: naming what does not follow.
    """
    if wrong := unsound(evidence):
        raise UserError(
            f"The result of {where} does not follow from its votes ({wrong}), so it is not "
            "shown; certiscope verify says why, and a new run counts its own votes."
        )
