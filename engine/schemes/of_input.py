"""A scheme at one input, for maps of required p_lower that depend on what the input is."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from engine.core.records import ProbabilityBounds
from engine.regions import Perturbation, Region, Term
from engine.schemes.base import Facts, Scheme

if TYPE_CHECKING:
    import numpy.typing as npt


@dataclass(frozen=True)
class OfInput:
    """What a map asks of a scheme, with the facts of an input; equal where both are.

    Attributes:
        scheme: with its parameters.
        known: the facts, in order.
    """

    scheme: Scheme
    known: tuple[tuple[str, float | str], ...]

    @classmethod
    def of(cls, scheme: Scheme, facts: Facts) -> OfInput:
        """With the facts that a run recorded."""
        return cls(scheme, tuple(sorted(facts.items())))

    @property
    def terms(self) -> Mapping[str, Term]:
        """The scheme's."""
        return self.scheme.terms

    def utmost(self, bounds: ProbabilityBounds) -> Region | None:
        """What ``bounds`` certify of this input."""
        return self.scheme.region(bounds, dict(self.known))

    def required_probability(self, perturbation: Perturbation) -> float:
        """The p_lower that the perturbation of this input requires; above 1 if none suffices."""
        return self.scheme.required_probability(perturbation, dict(self.known))

    def required_probabilities(self, perturbations: Sequence[Perturbation]) -> list[float]:
        """The same for ever stronger perturbations."""
        return [self.required_probability(one) for one in perturbations]

    def transformed(self, x: npt.NDArray[Any], moves: Perturbation) -> npt.NDArray[Any] | None:
        """As the scheme says."""
        return self.scheme.transformed(x, moves)
