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
Lost = Literal["lead", "rank", "threshold"]
"""What is certified and an attack takes away: the lead, a place among the first k, or a probability
of tau."""


class AttackRecord(Record):
    """An attack on the smoothed classifier at one input.

    Attributes:
        outcome: ``found`` if fresh votes show at the changed input that the class has lost what was
            certified, or the count of all samples of a finite noise law does, or the computed
            probability; ``not confirmed`` if that is shown of none of those that were tried;
            ``not found`` if the search saw none.
        how: the search in words; why there was none, where it was not tried.
        samples: votes of each look of the search; 0 where that is not recorded.
        looks: votes that the search spent, or probabilities that it computed; no claim rests on
            them.
        perturbation: of the changed input that was really classified, in the scheme's terms, its
            distances worked out in float64 and rounded up; None unless found.
        pixels_sha256: digest of that input.
        key: of the noise of the confirming votes, which comes from that input; empty where all
            samples of the noise are counted, or none.
        n: votes of each run that is to confirm.
        votes: of the confirming run, all of them drawn after the search had ended; None where the
            probability is computed.
        alpha: chance that any of ``tries`` confirms wrongly; each is tested at alpha / tries. 0
            where all samples are counted or none is, and nothing is left to chance.
        p_value: of the test (``engine.attacks.standing``); None where there is nothing to test.
        found_class: the class that leads there; below a threshold it may be the same.
        lost: what the class has lost.
        outside: upper bound on the probability of another class than ``found_class``, where it is
            computed.
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
    lost: Lost = Field(default="lead", exclude_if=lambda lost: lost == "lead")
    outside: float | None = Field(default=None, exclude_if=lambda found: found is None)
    contradicts: bool = False

    @property
    def counted(self) -> bool:
        """Whether it was held against all samples of a finite noise law."""
        return self.alpha == 0 and self.n > 0

    @property
    def computed(self) -> bool:
        """Whether probabilities were computed, and none was estimated from votes."""
        return self.alpha == 0 and self.n == 0 and self.outcome != "not tried"


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
