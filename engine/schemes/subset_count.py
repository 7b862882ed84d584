"""Schemes that certify how many entities may change in any way, by Delta alone."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping
from typing import ClassVar

from engine.certificates.ablation import most_entities, required
from engine.core.nouns import of_kind
from engine.core.records import ProbabilityBounds
from engine.regions import Count, Perturbation, Region, Term
from engine.regions.base import whole
from engine.schemes.base import IMPOSSIBLE, NO_FACTS, Facts
from engine.schemes.ranked import Ranked

_ATTACKERS = {
    "image": "change at most r pixels in any way",
    "graph": "change the features of at most r nodes in any way",
}


class Counting(Ranked, ABC):
    """r changed entities are certified if p_lower - Delta(r) > p_upper + Delta(r).

    Delta(r) is the probability that the noise leaves one of them standing.
    """

    subject: ClassVar[str] = "input"
    mass_moves: ClassVar[bool] = True
    region_type: ClassVar[type[Region]] = Count
    attacker: ClassVar[str] = (
        "change at most r pixels, or the features of at most r nodes, in any way"
    )
    terms: ClassVar[Mapping[str, Term]] = {
        "entities": Term("number of changed pixels or nodes", whole=True)
    }
    limits: ClassVar[tuple[str, ...]] = (
        "It says nothing about changes of more pixels or nodes, however small.",
        "Edges of a graph are as given: it says nothing about added or deleted edges.",
    )

    @classmethod
    def attacker_of(cls, kind: str) -> str:
        """Pixels of an image, or the features of nodes."""
        return _ATTACKERS.get(kind, cls.attacker)

    @classmethod
    def limits_of(cls, kind: str) -> tuple[str, ...]:
        """In the noun of the kind; an image has no edges."""
        said = cls.limits[:1] if kind == "image" else cls.limits
        return tuple(of_kind(sentence, kind) for sentence in said)

    @abstractmethod
    def deltas(self) -> tuple[float, ...]:
        """Delta(0), Delta(1), ..., as far as they can matter."""

    def region(self, bounds: ProbabilityBounds, facts: Facts = NO_FACTS) -> Count | None:
        """The largest certified number of entities; 0 where p_lower only names the class."""
        bounds = self.as_majority(bounds)
        most = most_entities(self.deltas(), bounds.p_lower, bounds.p_upper)
        if most < 0:
            return None
        return Count(
            term="entities",
            most=most,
            unit="pixels or nodes",
            manner="in any way (edges of a graph stay as they are)",
        )

    def required_probability(self, perturbation: Perturbation, facts: Facts = NO_FACTS) -> float:
        """1/2 + Delta."""
        needed = required(self.deltas(), whole(perturbation, "entities"))
        return IMPOSSIBLE if needed is None else self.for_rank(needed)
