"""Hierarchical smoothing with Gaussian noise: few pixels, each changed a little."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

from engine.certificates.hierarchical import gaussian_reach, gaussian_required
from engine.core.records import ProbabilityBounds
from engine.noise.gaussian_law import GaussianNoise
from engine.noise.selection import Selected
from engine.regions import Perturbation, Region, Staircase, Term
from engine.schemes.base import IMPOSSIBLE, NO_FACTS, Facts
from engine.schemes.parameter_fields import PIXELS, sigma_field
from engine.schemes.subset_selection import Selecting


class HierarchicalGaussian(Selecting):
    """Each pixel is noised with probability p, by N(0, sigma^2) in every channel.

    Against r changed pixels with a joint l2 norm epsilon, with keep = p^r and Delta = 1 - keep:
    certified for all epsilon with
    keep Phi(Phi^-1((p_lower - Delta) / keep) - epsilon / sigma)
    > keep Phi(Phi^-1(p_upper / keep) + epsilon / sigma) + Delta.
    """

    key: ClassVar[str] = "hierarchical-gaussian"
    title: ClassVar[str] = "Hierarchical smoothing, Gaussian"
    citation: ClassVar[str] = (
        "Scholten, Schuchardt, Bojchevski & Guennemann, Hierarchical Randomized Smoothing, "
        "NeurIPS 2023"
    )
    inputs: ClassVar[tuple[str, ...]] = ("image",)
    thing: ClassVar[str] = "pixel"
    region_type: ClassVar[type[Region]] = Staircase
    attacker: ClassVar[str] = (
        "change at most r pixels, as long as their whole change has l2 norm below epsilon"
    )
    terms: ClassVar[Mapping[str, Term]] = {
        "entities": Term("number of changed pixels", whole=True),
        "epsilon": Term("l2 norm of their whole change, all channels together", PIXELS),
    }
    limits: ClassVar[tuple[str, ...]] = (
        "It says nothing about changes of more pixels, or by more, than the staircase shows.",
    )

    sigma: float = sigma_field()

    def noise(self) -> Selected:
        """x + sigma z in the selected pixels."""
        return Selected(self.choice(), GaussianNoise(self.sigma, PIXELS), self.thing)

    def region(self, bounds: ProbabilityBounds, facts: Facts = NO_FACTS) -> Staircase | None:
        """One step per number of pixels; no step where p_lower only names the class."""
        bounds = self.as_majority(bounds)
        if bounds.p_lower <= bounds.p_upper:
            return None
        return Staircase(
            count_term="entities",
            first=1,
            strength_term="epsilon",
            reach=gaussian_reach(bounds.p_lower, bounds.p_upper, self.keeps()[1:], self.sigma),
            norm="l2",
            unit="pixels in [0,1]",
            things="pixels",
        )

    def required_probability(self, perturbation: Perturbation, facts: Facts = NO_FACTS) -> float:
        """Delta + keep Phi(epsilon / sigma + Phi^-1(1 / (2 keep)))."""
        strength = perturbation["epsilon"] / self.sigma
        if not perturbation["entities"] or not strength:
            return self.least_share
        needed = gaussian_required(self.keep(perturbation), strength)
        return IMPOSSIBLE if needed is None else self.for_rank(needed)
