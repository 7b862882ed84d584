"""Laplace noise: an l1 ball (Teng, Lee & Yuan 2020; Yang et al., ICML 2020)."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

import numpy as np
from pydantic import Field

from engine.core.records import ProbabilityBounds
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
from engine.regions import Ball, Perturbation, Term
from engine.schemes.base import NO_FACTS, Facts, Scheme
from engine.schemes.parameter_fields import PIXELS

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


class Laplace(Scheme):
    """g(x) = argmax_c P(f(x + e) = c) with independent Laplace e of scale lam.

    If P(f(x + e) = A) >= p > 1/2, then g(x + d) = A for all ||d||_1 < -lam log(2 (1 - p)), which
    is the tight radius against one half, whatever the runner-up.
    """

    key: ClassVar[str] = "laplace"
    title: ClassVar[str] = "Laplace smoothing, l1"
    citation: ClassVar[str] = (
        "Teng, Lee & Yuan, l1 Adversarial Robustness Certificates: a Randomized Smoothing "
        "Approach, 2020; Yang et al., Randomized Smoothing of All Shapes and Sizes, ICML 2020"
    )
    inputs: ClassVar[tuple[str, ...]] = ("image",)
    attacker: ClassVar[str] = "change every pixel, as long as the whole change has l1 norm below R"
    terms: ClassVar[Mapping[str, Term]] = {"radius": Term("l1 norm of the change", PIXELS)}
    limits: ClassVar[tuple[str, ...]] = (
        "It says nothing about changes whose l1 norm is R or more, nor about rotation, occlusion, "
        "blur or other changes that are large in l1 norm.",
    )

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

    def region(self, bounds: ProbabilityBounds, facts: Facts = NO_FACTS) -> Ball | None:
        """-lam log(2 (1 - p_lower)); None unless p_lower > 1/2."""
        if bounds.p_lower <= max(0.5, bounds.p_upper):
            return None
        left = 2.0 * max(_LEAST, 1.0 - bounds.p_lower)
        return Ball(norm="l1", radius=-self.lam * math.log(left) * _DOWN, unit=PIXELS)

    def required_probability(self, perturbation: Perturbation, facts: Facts = NO_FACTS) -> float:
        """1 - exp(-radius / lam) / 2."""
        if not perturbation["radius"]:
            return 0.5
        return (1.0 - 0.5 * math.exp(-perturbation["radius"] / self.lam)) * _UP
