"""Laplace noise: balls in l1, l2 and linf (Teng, Lee & Yuan 2020; Yang et al., ICML 2020)."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar, Self

import numpy as np
import numpy.typing as npt
from pydantic import Field

from engine.core.errors import UserError
from engine.core.records import InputIdentity, ProbabilityBounds
from engine.noise.law import (
    PROBED,
    Arithmetic,
    Arrays,
    Level,
    NoiseLaw,
    Numbers,
    Probe,
    flat,
    zeros,
)
from engine.regions import Ball, Norm, Perturbation
from engine.schemes.base import NO_FACTS, Facts
from engine.schemes.norms import NormBall, norm_field
from engine.schemes.parameter_fields import PIXELS
from engine.schemes.ranked import Ranked

if TYPE_CHECKING:
    import torch

    from engine.noise.gaussian import NoiseSource

NOISE = 1
"""Lane of the draw."""
_DOWN, _UP = 1.0 - 2.0**-48, 1.0 + 2.0**-48
"""More than the rounding of a logarithm or an exponential and its factors."""
_LEAST = 2.0**-53
"""1 - p of the largest p that is told from 1: the radius stays finite."""


@dataclass(frozen=True)
class LaplaceNoise(NoiseLaw):
    """x + e with density exp(-|e| / lam) / (2 lam) in every number, by its inverse CDF.

    e = s lam ln(u) with u uniform in (0, 1] from 62 bits and a sign s from the last one, worked
    out in float64 and added in float32.
    """

    lam: float

    additive: ClassVar[bool] = True
    arithmetic: ClassVar[Arithmetic] = "float"
    generator: ClassVar[str] = "philox4x32-10/laplace-inverse-f64"

    @property
    def levels(self) -> tuple[Level, ...]:
        """The scale."""
        return (Level("Laplace", self.lam, PIXELS),)

    def draw(self, x: torch.Tensor, source: NoiseSource, start: int, out: torch.Tensor) -> None:
        """x + e."""
        import torch  # deferred: the window lists schemes before torch loads

        words = source.uniform63(out.shape[0], x.numel(), start=start, lane=NOISE)
        signs = (words & 1) * 2 - 1
        size = (words >> 1).add_(1).to(torch.float64).mul_(2.0**-62).log_().mul_(self.lam)
        out.copy_(size.mul_(signs).view(out.shape)).add_(x)

    def in_words(self) -> str:
        """The law and its level."""
        return f"Laplace, scale {self.lam:g} ({PIXELS})"

    def probes(self) -> tuple[Probe, ...]:
        """A black image; F of every number is uniform."""
        from engine.noise.statistical_tests import uniform_law  # deferred: SciPy is slow to load

        blank = zeros(PROBED)
        return (Probe(self, (blank,), blank.shape, self._centred, uniform_law("Laplace")),)

    def _centred(self, out: Arrays) -> Numbers:
        """F(e) - 1/2 = sign(e) (1 - exp(-|e| / lam)) / 2."""
        noise = flat(out) / self.lam
        found: Numbers = np.sign(noise) * -np.expm1(-np.abs(noise)) / 2
        return found


class Laplace(NormBall):
    """g(x) = argmax_c P(f(x + e) = c) with independent Laplace e of scale lam.

    If P(f(x + e) = A) >= p > 1/2, then g(x + d) = A for all ||d||_1 < -lam log(2 (1 - p)), which
    is the tight radius against one half, whatever the runner-up. In linf the score is a sum of
    signs, so that the differential method leaves a sum over a binomial law.
    """

    key: ClassVar[str] = "laplace"
    title: ClassVar[str] = "Laplace smoothing"
    citation: ClassVar[str] = (
        "Teng, Lee & Yuan, l1 Adversarial Robustness Certificates: a Randomized Smoothing "
        "Approach, 2020; Yang et al., Randomized Smoothing of All Shapes and Sizes, ICML 2020"
    )
    unwritten: ClassVar[frozenset[str]] = Ranked.unwritten | {"norm", "dimension"}
    own: ClassVar[tuple[Norm, ...]] = ("l1", "linf")

    norm: Norm = norm_field("l1")
    lam: float = Field(
        default=0.25,
        ge=0.001,
        le=100,
        title="scale",
        description="scale of the noise; its standard deviation is 1.41 times that",
        json_schema_extra={"unit": PIXELS, "step": 0.05, "slider": [0.05, 2.0, 0.01]},
    )

    def noise(self) -> LaplaceNoise:
        """Each number by itself."""
        return LaplaceNoise(self.lam)

    def scale_in(self, dimension: int) -> float:
        """lam."""
        del dimension
        return self.lam

    def at_deviation(self, sigma: float) -> Self:
        """lam = sigma / sqrt(2)."""
        return self.model_copy(update={"lam": sigma / math.sqrt(2.0)})

    def direct(self, dimension: int) -> Mapping[str, Callable[[float], float]]:
        """In l1 and in linf."""
        from engine.certificates import norm_balls  # deferred: SciPy is slow to load

        return norm_balls.laplace(dimension)

    def own_norms(self) -> tuple[Norm, ...]:
        """Both, of which none improves on the one in l1 there."""
        return ("l1",) if self.norm == "l1" else self.own

    def prepare(self, x: Sequence[npt.NDArray[Any]]) -> Facts:
        """The dimension; none in l1, where nothing depends on it."""
        return NO_FACTS if self.norm == "l1" else super().prepare(x)

    def check_facts(self, facts: Facts, given: InputIdentity) -> None:
        """Refuse any facts in l1.

        Raises:
            UserError: naming them.
        """
        super().check_facts(facts, given)
        if self.norm == "l1" and facts:
            raise UserError("A dimension is recorded, and nothing depends on it in l1.")

    def check_alone(self) -> None:
        """Refuse to certify without a dimension in other norms than l1.

        Raises:
            UserError: naming the flag.
        """
        if self.norm != "l1":
            super().check_alone()

    def for_input(self, given: InputIdentity) -> Self:
        """With the dimension of the input where it matters."""
        return self if self.norm == "l1" else super().for_input(given)

    def region(self, bounds: ProbabilityBounds, facts: Facts = NO_FACTS) -> Ball | None:
        """-lam log(2 (1 - p_lower)) in l1; None unless p_lower > 1/2."""
        if self.norm != "l1":
            return super().region(bounds, facts)
        bounds = self.as_majority(bounds)
        if bounds.p_lower <= max(0.5, bounds.p_upper):
            return None
        left = 2.0 * max(_LEAST, 1.0 - bounds.p_lower)
        return Ball(norm="l1", radius=-self.lam * math.log(left) * _DOWN, unit=PIXELS)

    def required_probability(self, perturbation: Perturbation, facts: Facts = NO_FACTS) -> float:
        """1 - exp(-radius / lam) / 2 in l1."""
        if self.norm != "l1":
            return super().required_probability(perturbation, facts)
        if not perturbation["radius"]:
            return self.least_share
        return self.for_rank((1.0 - 0.5 * math.exp(-perturbation["radius"] / self.lam)) * _UP)
