"""Uniform noise on the 8-bit grid: an l1 ball (Lee et al. 2019; Levine & Feizi, ICML 2021)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

import numpy as np

from engine.certificates.dssn import GRID, grid_radius, grid_required, levels
from engine.core.records import ProbabilityBounds
from engine.core.total_variation import total_variation
from engine.noise.law import PROBED, Level, NoiseLaw, Probe, flat, zeros
from engine.regions import Ball, Perturbation, Term
from engine.schemes.base import IMPOSSIBLE, NO_FACTS, Facts
from engine.schemes.parameter_fields import PIXELS, half_width_field
from engine.schemes.ranked import Ranked

if TYPE_CHECKING:
    import torch

    from engine.noise.gaussian import NoiseSource

NOISE = 1
"""Lane of the draw."""


@dataclass(frozen=True)
class GridUniform(NoiseLaw):
    """Each pixel shifted by one of L = int(2 lam 255) grid steps around 0, all alike."""

    lam: float

    grid_input: ClassVar[bool] = True

    @property
    def levels(self) -> tuple[Level, ...]:
        """The half-width."""
        return (Level("uniform", self.lam, PIXELS),)

    def draw(self, x: torch.Tensor, source: NoiseSource, start: int, out: torch.Tensor) -> None:
        """x shifted by whole steps, around 0, or half a step beside it where L is even."""
        import torch  # deferred: the window lists schemes before torch loads

        width = levels(self.lam)
        steps = (x * GRID).round_().to(torch.int64).flatten()
        shifts = source.integers(out.shape[0], steps.numel(), width, start=start, lane=NOISE)
        twice = 2 * (shifts + steps) - (width - 1)
        out.view(out.shape[0], -1).copy_(twice)
        out.mul_(1.0 / (2 * GRID))

    def in_words(self) -> str:
        """The law and its level."""
        return f"uniform on the 8-bit grid, half-width {self.lam:g} ({PIXELS})"

    def total_variation(self, elements: int) -> float:
        """Of the shifts."""
        return total_variation(elements, levels(self.lam))

    def probes(self) -> tuple[Probe, ...]:
        """A black image, in half steps."""
        from engine.noise.statistical_tests import steps_law  # deferred: SciPy is slow to load

        width = levels(self.lam)
        stated = steps_law("uniform steps", np.arange(1.0 - width, width, 2.0))
        blank = zeros(PROBED)
        return (
            Probe(self, (blank,), blank.shape, lambda out: np.rint(2 * GRID * flat(out)), stated),
        )


class UniformL1(Ranked):
    """Each pixel is shifted by one of L = int(2 lam 255) grid steps around 0, all alike.

    A pixel changed by k steps shares L - k of its L shifted values, so a change of l1 norm k steps
    moves every class's probability by at most k / L, whichever pixels share it: certified below
    lam (p_lower - p_upper), which is 2 lam (p_lower - 1/2) against one half; lam stands for
    L / 510.
    """

    key: ClassVar[str] = "uniform-l1"
    mass_moves: ClassVar[bool] = True
    title: ClassVar[str] = "Uniform smoothing, l1"
    citation: ClassVar[str] = (
        "Lee, Yuan, Chang & Jaakkola, Tight Certificates of Adversarial Robustness, NeurIPS 2019; "
        "Levine & Feizi, Improved, Deterministic Smoothing, ICML 2021, Theorem 2"
    )
    inputs: ClassVar[tuple[str, ...]] = ("image",)
    attacker: ClassVar[str] = (
        "change every pixel by steps of 1/255, as long as the whole change has l1 norm below R"
    )
    terms: ClassVar[Mapping[str, Term]] = {"radius": Term("l1 norm of the change", PIXELS)}
    limits: ClassVar[tuple[str, ...]] = (
        "It is for images of 8 bits per channel: it says nothing about changes that are no "
        "multiples of 1/255.",
    )

    lam: float = half_width_field()

    def noise(self) -> GridUniform:
        """Whole steps, all alike."""
        return GridUniform(self.lam)

    def region(self, bounds: ProbabilityBounds, facts: Facts = NO_FACTS) -> Ball | None:
        """lam (p_lower - p_upper)."""
        bounds = self.as_majority(bounds)
        if bounds.p_lower <= bounds.p_upper:
            return None
        radius = grid_radius(bounds.p_lower, bounds.p_upper, levels(self.lam))
        return Ball(norm="l1", radius=radius, unit=PIXELS)

    def required_probability(self, perturbation: Perturbation, facts: Facts = NO_FACTS) -> float:
        """1/2 + radius / (2 lam)."""
        needed = self.for_rank(grid_required(perturbation["radius"], levels(self.lam)))
        return needed if needed <= 1 else IMPOSSIBLE
