"""What a file states of a run or a set, in its own words, and whether that stands."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from typing import TypeVar

from engine.evidence.attack_words import attack_in_words
from engine.evidence.evidence import Evidence
from engine.evidence.statement import headline_of
from engine.evidence.subject import region_note
from engine.verify.report import Claim, Standing, Stated, Verdict

T = TypeVar("T")


def of_run(evidence: Evidence, about: str = "", since: str = "") -> Stated:
    """What a run states; an attack that refutes it is the reason why it does not stand.

    Args:
        evidence: of the run.
        about: which run of a case it is.
        since: what has come about since it was stated; it is noted.
    """
    note = _worked_out(lambda: region_note(evidence.region, evidence.input), otherwise="")
    refuted = _worked_out(lambda: evidence.contradicted, otherwise=False)
    word = "CONTRADICTED" if refuted else evidence.outcome.upper()
    why = _worked_out(lambda: attack_in_words(evidence), otherwise="") if refuted else ""
    return Stated(
        about=about,
        outcome=word if evidence.complete else f"{word} · PARTIAL",
        headline=_worked_out(lambda: headline_of(evidence), otherwise=""),
        note="; ".join(filter(None, (note, since))),
        statement=evidence.statement,
        standing="does not stand" if refuted else "not verified",
        why=why.rstrip("."),
    )


def judged(stated: Iterable[Stated], claims: Iterable[Claim]) -> tuple[Stated, ...]:
    """Whether each stands after the checks: those of its run, and those of the file itself."""
    found = Counter((claim.about, claim.verdict) for claim in claims)
    return tuple(_judged(one, found) for one in stated)


def _judged(one: Stated, found: Mapping[tuple[str, Verdict], int]) -> Stated:
    own = Counter[Verdict]()
    for (about, verdict), count in found.items():
        own[verdict] += count if about in ("", one.about) else 0
    of, failed, open_ = own.total(), own["does not hold"], own["cannot be checked"]
    standing: Standing = "stands as far as checked"
    why = ""
    if failed:
        standing, why = "does not stand", f"{failed} of {of} checks failed"
    elif one.standing == "does not stand":  # refuted by what it records itself
        return one
    elif open_ or not of:
        standing, why = "not verified", f"{open_} of {of} checks cannot be made"
    return one.model_copy(update={"standing": standing, "why": why})


def _worked_out(work: Callable[[], T], *, otherwise: T) -> T:
    """What follows from a stranger's values, which need not fit together: then the checks fail."""
    try:
        return work()
    except Exception:  # anything; a file is never the reason that its checks are not shown
        return otherwise
