"""Whether what a result claims follows from its own votes, before it is shown. No torch."""

from __future__ import annotations

from engine.core.errors import UserError
from engine.evidence.evidence import Evidence
from engine.verify.attacks import ATTACK
from engine.verify.counts import check_counts
from engine.verify.decisions import recount_of


def refuse_unsound(evidence: Evidence, where: str) -> None:
    """Refuse a result of a file from a stranger that does not follow from its votes.

    The digests of a case have no key, so that whoever changes a result can compute them anew. A
    result that its own attack contradicts is no forgery: it says so wherever it is shown.

    Args:
        evidence: as it is kept.
        where: ``run 1 in F.certiscope``.

    Raises:
        UserError: naming what does not follow.
    """
    claims = check_counts(recount_of(evidence))
    wrong = [one.name for one in claims if one.verdict == "does not hold" and one.name != ATTACK]
    if wrong:
        raise UserError(
            f"The result of {where} does not follow from its votes ({wrong[0]}), so it is not "
            "shown; certiscope verify says why, and a new run counts its own votes."
        )
