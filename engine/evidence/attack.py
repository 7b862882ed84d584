"""The smallest change of an input that was found to change the smoothed classifier's class.

It stands beside a certificate as evidence of how tight that is: an upper bound on what could ever
be certified, and no guarantee, because a better attack may find less.
"""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from engine.core.records import Record, Votes
from engine.core.rounding import round_up
from engine.regions import Perturbation, Region

AttackOutcome = Literal["found", "not confirmed", "not found", "not tried"]


class AttackRecord(Record):
    """An attack on the smoothed classifier at one input.

    Attributes:
        outcome: ``found`` if PREDICT returned another class at the changed input, or the count of
            all samples of a finite noise law; ``not confirmed`` if none of those that were tried
            was; ``not found`` if the search saw none.
        how: the search in words; why there was none, where it was not tried.
        samples: votes of each look of the search; 0 where that is not recorded.
        looks: votes that the search spent; no claim rests on them.
        perturbation: of the changed input that was really classified, in the scheme's terms, its
            distances worked out in float64 and rounded up; None unless found.
        pixels_sha256: digest of that input.
        key: of the noise of the confirming votes, which comes from that input; empty where all
            samples of the noise are counted.
        n: votes of each run that is to confirm.
        votes: of the confirming run, all of them drawn after the search had ended.
        alpha: chance that any of ``tries`` confirms wrongly; each is tested at alpha / tries. 0
            where all samples are counted, and nothing is left to chance.
        p_value: of the two-sided test, of the top class of ``votes`` against the second; None where
            there is nothing to test.
        found_class: the class that was returned.
        contradicts: the change lies inside the certified region, where there should be none.
    """

    outcome: AttackOutcome
    how: str
    samples: int = Field(default=0, ge=0)
    looks: int = 0
    perturbation: Perturbation | None = None
    pixels_sha256: str = ""
    key: str = ""
    n: int = 0
    votes: Votes | None = None
    alpha: float = 0.0
    tries: int = 1
    p_value: float | None = None
    found_class: int | None = None
    contradicts: bool = False

    @property
    def counted(self) -> bool:
        """Whether it was held against all samples of a finite noise law."""
        return self.alpha == 0 and self.n > 0


def attacked_radius(attack: AttackRecord | None) -> float | None:
    """The distance of a change that was found, where it is one of a ball's radius."""
    if attack is None or set(attack.perturbation or ()) != {"radius"}:
        return None
    return (attack.perturbation or {})["radius"]


def inside(region: Region | None, perturbation: Perturbation) -> bool:
    """Whether a change, its sizes rounded up, is one that was certified."""
    if region is None or not set(region.terms) <= set(perturbation):
        return False
    return region.contains(perturbation)


def contradicted(region: Region | None, attack: AttackRecord | None) -> bool:
    """Whether a region holds a change that was confirmed to lead to another class.

    What is recorded of that is not relied on: certified <= attacked wherever both are there.
    """
    if attack is None:
        return False
    return attack.contradicts or inside(region, attack.perturbation or {})


def attack_in_words(
    attack: AttackRecord, top: str, names: tuple[str, ...], region: Region | None
) -> str:
    """What an attack came to, in a sentence or two.

    Args:
        attack: on a certified input.
        top: the certified class by its name; empty where nothing is certified.
        names: of all classes.
        region: what is certified.
    """
    if attack.outcome in ("not tried", "not found"):
        return f"{attack.how} {_NO_PROOF}" if attack.outcome == "not found" else attack.how
    if attack.perturbation is None or attack.found_class is None or attack.votes is None:
        by = "a count of all samples" if attack.counted else "PREDICT"
        return f"The search found changes, but {by} confirmed none of them. {_NO_PROOF}"
    norm = region.certified_norm if region is not None else None
    said = f" ({norm} norm)" if norm not in (None, "l2") else ""
    drawn = f"{attack.votes.n:,} fresh votes at alpha = {attack.alpha:g}"
    by = f"all {attack.votes.n:,} samples of the noise, counted" if attack.counted else drawn
    found = (
        f"A change of {size_in_words(attack.perturbation)}{said} takes the smoothed model from "
        f"'{top}' to '{names[attack.found_class]}', by {by}"
    )
    if contradicted(region, attack):
        return f"CONTRADICTION: {found[0].lower()}{found[1:]}. {_BROKEN}"
    return f"{found}. {_TIGHTNESS}"


_NO_PROOF = "That shows nothing: a better attack may find one."
_TIGHTNESS = (
    "That is evidence of how tight the certificate is, and no guarantee: a better attack may find "
    "a smaller change."
)
_BROKEN = (
    "That lies inside the certified region, where there can be none: the certificate is not to be "
    "used. Model or program is broken, or chance was against it, which happens to one of the two "
    "statements with probability at most the sum of their alphas."
)


def size_in_words(perturbation: Perturbation) -> str:
    """``radius 0.5536``, ``entities 2, epsilon 1.1769``: upper bounds, rounded away from 0.

    Terms that are 0 beside another one are left out.
    """
    moved = {term: size for term, size in perturbation.items() if size} or perturbation
    return ", ".join(f"{term} {_away(size)}" for term, size in moved.items())


def _away(size: float) -> str:
    if size == int(size):
        return f"{int(size):,}"
    return round_up(size, 4) if size > 0 else f"-{round_up(-size, 4)}"
