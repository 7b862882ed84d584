"""Deterministic l1 smoothing: all of the noise is counted, nothing is sampled."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar, Literal

from engine.certificates.dssn import (
    GRID,
    certified_steps,
    grid_radius,
    grid_required,
    levels,
    template,
)
from engine.core.errors import UserError
from engine.core.records import ProbabilityBounds
from engine.noise.law import Arithmetic, NoiseLaw, Probe
from engine.noise.streams import ENUMERATION
from engine.regions import Ball, Perturbation, Term
from engine.schemes.base import IMPOSSIBLE, NO_FACTS, Facts, Scheme
from engine.schemes.parameter_fields import PIXELS, half_width_field

if TYPE_CHECKING:
    import torch

    from engine.noise.gaussian import NoiseSource

_ON_GRID = 1e-4
"""Distance from the grid, in steps, below which a pixel counts as on it."""


@dataclass(frozen=True)
class Splitting(NoiseLaw):
    """All L = int(2 lam 255) ways to replace pixels by the middles of their cells."""

    lam: float

    grid_input: ClassVar[bool] = True
    arithmetic: ClassVar[Arithmetic] = "enumerated"
    generator: ClassVar[str] = ENUMERATION

    @property
    def samples(self) -> int:
        """L."""
        return levels(self.lam)

    def draw(self, x: torch.Tensor, source: NoiseSource, start: int, out: torch.Tensor) -> None:
        """The images start, start + 1, ... of the L; ``source`` is not used.

        Raises:
            UserError: a pixel is not on the 8-bit grid.
        """
        import torch  # deferred: the window lists schemes before torch loads

        width = levels(self.lam)
        steps = _grid_steps(x).flatten()
        first = torch.from_numpy(template(steps.numel(), width)).to(x.device)
        shifts = torch.arange(start, start + out.shape[0], device=x.device)
        offsets = (first + shifts[:, None]) % width
        cell = torch.div(steps - offsets - 1, width, rounding_mode="floor")
        below = 2 * (offsets + width * cell) + 1
        middles = below.clamp(min=0) + (below + 2 * width).clamp(max=2 * GRID)
        out.view(out.shape[0], -1).copy_(middles)
        out.mul_(1.0 / (4 * GRID))

    def in_words(self) -> str:
        """The law and its level."""
        return (
            f"splitting noise, half-width {self.lam:g} ({PIXELS}), all {self.samples} values "
            "counted"
        )

    def probes(self) -> tuple[Probe, ...]:
        """None: nothing is drawn."""
        return ()


class DssnL1(Scheme):
    """Every pixel is replaced by the middle of its cell, for each of L = int(2 lam 255) cuts.

    One number t in {0, ..., L - 1} drives the cuts of all pixels, from a template that is fixed for
    all inputs; the vote of sample t is that of the base model on the t-th image. Changing one
    pixel by 1/255 changes at most one of the L votes, so counts n_A and n_B certify every change
    of l1 norm at most floor((n_A - n_B - [B before A]) / 2) / 255.
    """

    key: ClassVar[str] = "dssn-l1"
    title: ClassVar[str] = "Deterministic l1 smoothing (DSSN)"
    citation: ClassVar[str] = (
        "Levine & Feizi, Improved, Deterministic Smoothing for l1 Certified Robustness, ICML 2021"
    )
    inputs: ClassVar[tuple[str, ...]] = ("image",)
    randomness: ClassVar[Literal["probabilistic", "deterministic"]] = "deterministic"
    attacker: ClassVar[str] = (
        "change every pixel by steps of 1/255, as long as the whole change has l1 norm at most R"
    )
    terms: ClassVar[Mapping[str, Term]] = {"radius": Term("l1 norm of the change", PIXELS)}
    limits: ClassVar[tuple[str, ...]] = (
        "It is for images of 8 bits per channel: it says nothing about changes that are no "
        "multiples of 1/255.",
        "It holds for a base model that answers the same image alike every time.",
    )

    lam: float = half_width_field()

    def noise(self) -> Splitting:
        """All cuts."""
        return Splitting(self.lam)

    def region(self, bounds: ProbabilityBounds, facts: Facts = NO_FACTS) -> Ball | None:
        """The exact region where the bounds are shares of all L votes; None if not ahead.

        Otherwise all norms below lam (p_lower - p_upper): bounds on the shares say nothing of ties.
        """
        counted = self._counted(bounds)
        if counted is not None:
            steps = certified_steps(*counted)
            if steps < 0:
                return None
            return Ball(norm="l1", radius=steps / GRID, unit=PIXELS, closed=True)
        if not bounds.alpha or bounds.p_lower <= bounds.p_upper:  # some samples are not counted
            return None
        radius = grid_radius(bounds.p_lower, bounds.p_upper, levels(self.lam))
        return Ball(norm="l1", radius=radius, unit=PIXELS)

    def _counted(self, bounds: ProbabilityBounds) -> tuple[int, int] | None:
        """Votes of the top class, and of the best other with its tie, behind shares of all L."""
        width = levels(self.lam)
        if bounds.alpha or bounds.n != width:
            return None
        top, other = round(bounds.p_lower * width), round(bounds.p_upper * width)
        same = (top / width, other / width) == (bounds.p_lower, bounds.p_upper)
        return (top, other) if same else None

    def required_probability(self, perturbation: Perturbation, facts: Facts = NO_FACTS) -> float:
        """1/2 + radius / (2 lam): the share of the L votes."""
        needed = grid_required(perturbation["radius"], levels(self.lam))
        return needed if needed <= 1 else IMPOSSIBLE


def _grid_steps(x: torch.Tensor) -> torch.Tensor:
    """The pixels as whole numbers from 0 to 255."""
    import torch  # deferred as above

    exact = x.to(torch.float64) * GRID
    steps = exact.round()
    away = torch.maximum((exact - steps).abs(), (steps - steps.clamp(0, GRID)).abs()).max()
    if not float(away) < _ON_GRID:
        raise UserError(
            "Deterministic l1 smoothing is for images on the 8-bit grid, and this one has pixels "
            "that are not multiples of 1/255 between 0 and 1."
        )
    return steps.to(torch.int64)
