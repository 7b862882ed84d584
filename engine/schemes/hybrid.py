"""Schemes that certify numbers and words together: Gaussian noise times noise on the words."""

from __future__ import annotations

from abc import ABC
from collections.abc import Mapping, Sequence
from typing import ClassVar

from engine.certificates.frontiers import required_of, staircase
from engine.core.records import InputIdentity, ProbabilityBounds
from engine.regions import Perturbation, Region, Staircase, Term
from engine.regions.base import whole
from engine.schemes.anisotropic import Parts
from engine.schemes.base import IMPOSSIBLE, NO_FACTS, Facts
from engine.schemes.parameter_fields import PIXELS
from engine.schemes.words import MOST_STEPS, WORDS_LIMITS, Words

HYBRID = "Hybrid randomized smoothing, ICML 2026, arXiv:2605.12876"


def listed(given: InputIdentity) -> str:
    """Sizes of the alphabets of an input's fields, as ``--arities`` takes them."""
    return ",".join(map(str, given.alphabet))


class Hybrid(Parts, Words, ABC):
    """Gaussian noise on the first part, noise of a discrete kernel on the words of the second.

    The worst case is the Neyman-Pearson test on the joint likelihood ratio: one Gaussian cut per
    atom of the words. One p_lower certifies the whole frontier at once.
    """

    group: ClassVar[str] = "hybrid"
    inputs: ClassVar[tuple[str, ...]] = ("pair",)
    subject: ClassVar[str] = "pair"
    region_type: ClassVar[type[Region]] = Staircase
    attacker: ClassVar[str] = (
        "replace at most d words by other words of the alphabet and change every pixel, as long as "
        "the whole change of the image has l2 norm below epsilon"
    )
    terms: ClassVar[Mapping[str, Term]] = {
        "words": Term("number of replaced words", whole=True),
        "epsilon": Term("l2 norm of the change of the image", PIXELS),
    }
    limits: ClassVar[tuple[str, ...]] = (
        *WORDS_LIMITS,
        f"The staircase shows at most {MOST_STEPS} replaced words.",
    )
    most: ClassVar[int] = MOST_STEPS

    def region(self, bounds: ProbabilityBounds, facts: Facts = NO_FACTS) -> Staircase | None:
        """One step per number of words, from 0 on."""
        decision = self.decision(bounds)
        if decision is None:
            return None
        reach = staircase(self.kernel(), decision, sigma=self.least_sigma(), most=self.reached())
        return Staircase(
            count_term="words",
            first=0,
            strength_term="epsilon",
            reach=reach,
            norm="l2",
            unit=self.unit(),
            things=self.things(),
            whose=self.whose(),
            sigmas=self.own_sigmas(),
        )

    def required_probability(self, perturbation: Perturbation, facts: Facts = NO_FACTS) -> float:
        """The largest probability, before the change, of what has tau after it."""
        return self._required(whole(perturbation, "words"), self.shift(perturbation))

    def required_probabilities(self, perturbations: Sequence[Perturbation]) -> list[float]:
        """All at once."""
        cells = [(whole(one, "words"), self.shift(one)) for one in perturbations]
        inside = [cell for cell in cells if cell[0] <= self.reached() and any(cell)]
        known: dict[tuple[int, float], float] = {(0, 0.0): self.level}
        if inside:
            found = required_of(self._table(), inside, self.level)
            known |= {c: p or IMPOSSIBLE for c, p in zip(inside, found, strict=True)}
        return [known.get(cell, IMPOSSIBLE) for cell in cells]

    def things(self) -> str:
        """What is counted, in the plural."""
        return "words"

    def whose(self) -> str:
        """What epsilon measures."""
        return "of the image's change"
