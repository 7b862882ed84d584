"""Gaussian smoothing: isotropic noise, an l2 ball (Cohen, Rosenfeld & Kolter, ICML 2019)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar, Self

from engine.core.records import ProbabilityBounds
from engine.noise.gaussian_law import GaussianNoise
from engine.regions import Ball, Norm, Perturbation, Term
from engine.schemes.base import NO_FACTS, Facts
from engine.schemes.parameter_fields import PIXELS, sigma_field
from engine.schemes.ranked import Ranked


class Gaussian(Ranked):
    """g(x) = argmax_c P(f(x + e) = c) with e ~ N(0, sigma^2 I).

    Theorem 1: if P(f(x+e) = A) >= p_lower >= p_upper >= P(f(x+e) = c) for all other c, then
    g(x + d) = A for all ||d||_2 < sigma/2 (Phi^-1(p_lower) - Phi^-1(p_upper)).
    """

    key: ClassVar[str] = "gaussian"
    title: ClassVar[str] = "Gaussian smoothing"
    citation: ClassVar[str] = (
        "Cohen, Rosenfeld & Kolter, Certified Adversarial Robustness via Randomized Smoothing, "
        "ICML 2019, Theorem 1"
    )
    inputs: ClassVar[tuple[str, ...]] = ("image",)
    attacker: ClassVar[str] = "change every pixel, as long as the whole change has l2 norm below R"
    terms: ClassVar[Mapping[str, Term]] = {"radius": Term("l2 norm of the change", PIXELS)}
    limits: ClassVar[tuple[str, ...]] = (
        "It says nothing about changes whose l2 norm is R or more, nor about rotation, occlusion, "
        "blur or other changes that are large in l2 norm.",
    )

    sigma: float = sigma_field()

    def noise(self) -> GaussianNoise:
        """N(0, sigma^2) in every number."""
        return GaussianNoise(self.sigma, PIXELS)

    def region(self, bounds: ProbabilityBounds, facts: Facts = NO_FACTS) -> Ball | None:
        """Theorem 1; None unless p_lower > p_upper.

        Where only p_lower is known (p_upper = 1 - p_lower) this is sigma Phi^-1(p_lower).
        """
        from scipy.special import ndtri  # deferred: the window lists schemes before scipy loads

        if self.top_k > 1:
            within = self.sigmas_within(bounds)
            if within is None:
                return None
            return Ball(norm="l2", radius=self.sigma * within, unit=PIXELS)
        if bounds.p_lower <= bounds.p_upper:
            return None
        lower = float(ndtri(bounds.p_lower))
        one_sided = bounds.p_upper >= 1.0 - bounds.p_lower
        upper = -lower if one_sided else float(ndtri(bounds.p_upper))
        radius = self.sigma / 2 * (lower - upper)
        return Ball(norm="l2", radius=radius, unit=PIXELS)

    def required_probability(self, perturbation: Perturbation, facts: Facts = NO_FACTS) -> float:
        """Phi(radius / sigma), or Phi(radius / sigma + Phi^-1(1 / (k + 1))) for the first k."""
        from scipy.special import ndtr  # deferred as above

        if self.top_k > 1:
            return self.within(perturbation["radius"] / self.sigma)
        return float(ndtr(perturbation["radius"] / self.sigma))

    def covering(self, *, entities: int, sizes: Mapping[Norm, float]) -> Perturbation:
        """The l2 norm alone, however many pixels share it."""
        del entities
        return {"radius": sizes["l2"]}

    def at_deviation(self, sigma: float) -> Self:
        """sigma itself."""
        return self.model_copy(update={"sigma": sigma})
