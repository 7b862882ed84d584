"""Whether what a result claims follows from its own votes, before it is shown. No torch."""

from __future__ import annotations

from collections.abc import Iterable

from engine.core.errors import UserError
from engine.evidence.evidence import Evidence
from engine.verify.attacks import ATTACK
from engine.verify.counts import check_counts
from engine.verify.decisions import recount_of
from engine.verify.report import Claim


def unsound(evidence: Evidence) -> list[Claim]:
    """Checks of a result that show that it does not follow from its votes; empty if it does.

    A result that its own attack contradicts is no forgery: it says so wherever it is shown.
    """
    claims = check_counts(recount_of(evidence))
    return [one for one in claims if one.verdict == "does not hold" and one.name != ATTACK]


def fault(evidence: Evidence) -> str:
    """The first thing that does not follow from the votes, as a clause; empty if all does."""
    wrong = unsound(evidence)
    return f"{wrong[0].name}: {wrong[0].detail.rstrip('.')}" if wrong else ""


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
            f"The result of {where} does not follow from its votes ({wrong[0].name}), so it is not "
            "shown; certiscope verify says why, and a new run counts its own votes."
        )


def recomputed(claims: Iterable[Claim], evidence: Evidence | None) -> str:
    """What follows from the recorded votes, or why nothing does.

    Args:
        claims: of the evidence, as they were checked.
        evidence: None where it cannot be read.
    """
    failed = {one.name: one.detail for one in claims if one.verdict != "holds"}
    if evidence is None or "votes drawn again" in failed:
        return "Drawn again, the votes came out otherwise: nothing follows from those on record."
    recount = recount_of(evidence)
    broken = [name for name, _ in recount.foundations() if name in failed]
    if broken:
        return f"Nothing follows from what is on record: {broken[0]} does not hold."
    if ATTACK in failed:
        return f"Nothing is claimed beside the attack on record: {failed[ATTACK]}."
    facts = recount.facts
    region = facts["region"]
    headline = [f"{region.headline()}."] if region is not None else []
    return " ".join([*headline, str(facts["statement"])])
