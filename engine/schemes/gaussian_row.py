"""Gaussian noise on the numbers of a row, an l2 ball of them (Cohen, Rosenfeld & Kolter, 2019)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

from engine.core.records import ProbabilityBounds
from engine.noise.gaussian_law import GaussianNoise
from engine.noise.numbers_alone import NumbersAlone
from engine.regions import Ball, Norm, Perturbation, Term
from engine.schemes.base import NO_FACTS, Facts
from engine.schemes.gaussian import Gaussian
from engine.schemes.parameter_fields import NUMBERS, sigma_field
from engine.schemes.ranked import Ranked


class GaussianRow(Ranked):
    """g(x) = argmax_c P(f(x + e, y) = c) with e ~ N(0, sigma^2 I) on the numbers x of a row.

    The certificate of Gaussian smoothing for the numbers, at the categorical fields y as they are;
    units are standard deviations of the columns, in which the model reads them.
    """

    key: ClassVar[str] = "gaussian-row"
    title: ClassVar[str] = "Gaussian smoothing of a row's numbers"
    citation: ClassVar[str] = Gaussian.citation
    inputs: ClassVar[tuple[str, ...]] = ("table",)
    subject: ClassVar[str] = "row"
    attacker: ClassVar[str] = (
        "change every number of the row, as long as the whole change has l2 norm below R"
    )
    terms: ClassVar[Mapping[str, Term]] = {"radius": Term("l2 norm of the change", NUMBERS)}
    limits: ClassVar[tuple[str, ...]] = (
        "It says nothing about changes whose l2 norm is R or more, and counts a change of each "
        "number in standard deviations of its column, which are listed with the input.",
        "Categorical fields stay as they are: it says nothing about changes of these.",
    )

    sigma: float = sigma_field(NUMBERS)

    def noise(self) -> NumbersAlone:
        """N(0, sigma^2) in every number, none on the fields."""
        return NumbersAlone(GaussianNoise(self.sigma, NUMBERS, gridded=False), computed=False)

    def region(self, bounds: ProbabilityBounds, facts: Facts = NO_FACTS) -> Ball | None:
        """As of Gaussian smoothing, in standard deviations of the columns."""
        found = Gaussian(sigma=self.sigma, top_k=self.top_k).region(bounds, facts)
        return None if found is None else found.model_copy(update={"unit": NUMBERS})

    def required_probability(self, perturbation: Perturbation, facts: Facts = NO_FACTS) -> float:
        """Phi(radius / sigma)."""
        return Gaussian(sigma=self.sigma, top_k=self.top_k).required_probability(
            perturbation, facts
        )

    def covering(self, *, entities: int, sizes: Mapping[Norm, float]) -> None:
        """Nothing: it speaks of no pixels."""
        del entities, sizes
