"""Smoothing over an interpolated transformation without a bound on its error: no guarantee.

Fischer, Baader & Vechev, NeurIPS 2020, call it BaseSPT. Their theorem for transformations that
compose exactly is applied to ones that do not, so that what comes out is a number without a proof:
nothing here is ever a region, and no table counts it as certified.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import ClassVar

from pydantic import Field

from engine.core.records import ProbabilityBounds
from engine.regions import Perturbation, Region
from engine.schemes.base import IMPOSSIBLE, NO_FACTS, Facts, Family, Guarantee, Scheme
from engine.schemes.nested import LEAST
from engine.schemes.parameter_fields import sigma_field
from engine.schemes.semantic import against_half


class Heuristic(Scheme, ABC):
    """g(y) = argmax_c P(f(L T_b(y) + e) = c), b ~ N(0, sigma_gamma^2), e ~ N(0, sigma^2 I).

    If T_b T_g were T_(b + g), all |g| < sigma_gamma Phi^-1(p_lower) would be certified. By
    interpolation it is not, and how far it is off is left open here: :meth:`region` is always
    None, and :meth:`heuristic` is that interval, which no certificate rests on.
    """

    citation: ClassVar[str] = (
        "Fischer, Baader & Vechev, Certified Defense to Image Transformations via Randomized "
        "Smoothing, NeurIPS 2020 (BaseSPT)"
    )
    family: ClassVar[Family] = "semantic"
    inputs: ClassVar[tuple[str, ...]] = ("image",)
    guarantee: ClassVar[Guarantee] = "heuristic"
    limits: ClassVar[tuple[str, ...]] = (
        "It is heuristic: the error of interpolating twice is not bounded, so that any change, "
        "however small, may take the smoothed model to another class. Nothing is certified.",
        "With a bound on that error, nested-rotation, nested-translation and rotation certify.",
    )

    sigma: float = sigma_field()
    low_pass: float = Field(
        default=1.0,
        ge=0,
        le=8,
        title="low-pass",
        description="standard deviation of the Gaussian filter before the model; 0 for none",
        json_schema_extra={"unit": "pixels", "step": 0.25, "advanced": True},
    )

    @property
    @abstractmethod
    def outer(self) -> float:
        """Standard deviation of the parameter."""

    @abstractmethod
    def within(self, reach: float) -> Region:
        """All parameters below ``reach``."""

    def heuristic(self, bounds: ProbabilityBounds) -> Region | None:
        """All |g| < sigma_gamma Phi^-1(p_lower), which would be certified without the error."""
        from engine.certificates.nested import reach  # deferred: SciPy

        far = reach(against_half(bounds), 0.0, 0.0) * self.outer
        return self.within(far) if far >= LEAST else None

    def region(self, bounds: ProbabilityBounds, facts: Facts = NO_FACTS) -> Region | None:
        """None, whatever the votes."""
        del bounds, facts
        return None

    def required_probability(self, perturbation: Perturbation, facts: Facts = NO_FACTS) -> float:
        """More than any p_lower."""
        del perturbation, facts
        return IMPOSSIBLE

    def rule_in_words(self) -> str:
        """That there is no certificate."""
        return "No certificate is ever issued: the error of interpolation is not bounded."

    def about_in_words(self) -> str:
        """That it is no certificate, and what it is about."""
        return f"It is heuristic and no certificate. {super().about_in_words()}"

    def rests_on(self, facts: Facts) -> tuple[tuple[str, str, str], ...]:
        """What is missing."""
        del facts
        return (
            ("interpolation error", "not bounded", "heuristic: nothing is certified without it"),
        )
