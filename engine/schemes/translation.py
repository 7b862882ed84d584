"""Translation by whole pixels: random shifts that wrap around, or all shifts over a black ground.

Li et al., TSS, CCS 2021; Fischer, Baader & Vechev, NeurIPS 2020.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np
import numpy.typing as npt
from pydantic import Field

from engine.core.records import ProbabilityBounds
from engine.noise.discrete_gaussian_law import reach, table_sha256, thresholds, total_variation
from engine.noise.law import PROBED, Arrays, Level, NoiseLaw, Numbers, Probe, zeros
from engine.regions import Amount, Perturbation, Region, Term
from engine.schemes.base import NO_FACTS, Facts, Family
from engine.schemes.ranked import Ranked

if TYPE_CHECKING:
    import torch

    from engine.noise.gaussian import NoiseSource

UNIT = "pixels"
_WRAPPED = "l2 norm in pixels, whole in each direction, wrapped around"
NOISE = 1
"""Lane of the draw."""
_STEP = 1
"""Grid steps in a pixel."""
_DIRECTIONS = 2


@dataclass(frozen=True)
class RandomShift(NoiseLaw):
    """x moved down and to the right by whole numbers round(sigma Z); what leaves comes in again.

    Z is standard normal in each direction. The numbers come from a table of thresholds on 63 bits,
    and pixels are only moved, so that the law holds in floating point too.
    """

    sigma: float

    generator: ClassVar[str] = "philox4x32-10/rounded-gaussian-63bit"

    @property
    def levels(self) -> tuple[Level, ...]:
        """sigma."""
        return (Level("Gaussian shift", self.sigma, UNIT),)

    @property
    def table_sha256(self) -> str:
        """Of the thresholds."""
        return table_sha256(self.sigma, _STEP)

    def total_variation(self, elements: int) -> float:
        """Of two numbers from the rounded Gaussian, however large the image is."""
        del elements
        return total_variation(self.sigma, _DIRECTIONS, _STEP)

    def draw(self, x: torch.Tensor, source: NoiseSource, start: int, out: torch.Tensor) -> None:
        """One image under many shifts."""
        out.copy_(_moved(x[None], self._shifts(source, start, len(out))))

    def draw_each(self, x: torch.Tensor, source: NoiseSource, out: torch.Tensor) -> None:
        """Every image under a shift of its own."""
        out.copy_(_moved(x, self._shifts(source, 0, len(out))))

    def _shifts(self, source: NoiseSource, start: int, samples: int) -> torch.Tensor:
        """(samples, 2) whole pixels, down and to the right."""
        import torch  # deferred: the window lists schemes before torch loads

        words = source.uniform63(samples, _DIRECTIONS, start=start, lane=NOISE)
        below = [value for value in thresholds(self.sigma, _STEP) if value < 2**63]
        table = torch.tensor(below, dtype=torch.int64, device=words.device)
        found: torch.Tensor = torch.searchsorted(table, words.contiguous(), right=True)
        return found - reach(self.sigma, _STEP)

    def in_words(self) -> str:
        """The law and its level."""
        return f"Gaussian shift, sigma {self.sigma:g} ({UNIT}), rounded to whole pixels, wrapped"

    def probes(self) -> tuple[Probe, ...]:
        """One white pixel on black, once in a tall image and once in a wide one."""
        from engine.noise.statistical_tests import Share, grid_law  # deferred: SciPy

        side = 2 * reach(self.sigma, _STEP) + 1
        found = []
        for shape, way in (((1, side, 1), "down"), ((1, 1, side), "across")):
            image = zeros(*shape)
            image.flat[side // 2] = 1.0
            law = replace(grid_law(self.sigma, side // 2), name=f"shift {way}")
            many = max(PROBED, PROBED * PROBED // side)
            found.append(Probe(self, (image,), image.shape, _steps, law, many))
        found.append(
            Probe(self, (image,), image.shape, _not_one, Share("samples that are no shift", 0.0))
        )
        return tuple(found)


def _steps(out: Arrays) -> Numbers:
    """How far the white pixel went."""
    flat = out[0].reshape(len(out[0]), -1)
    return np.asarray(flat.argmax(axis=1)[:, None] - flat.shape[1] // 2, dtype=np.float64)


def _not_one(out: Arrays) -> Numbers:
    """1 for each sample that has not one white pixel on black."""
    flat = np.sort(out[0].reshape(len(out[0]), -1), axis=1)
    other = (flat[:, -1] != 1.0) | (flat[:, :-1] != 0.0).any(axis=1)
    return np.asarray(other[:, None], dtype=np.float64)


def _moved(images: torch.Tensor, shifts: torch.Tensor) -> torch.Tensor:
    """Images (B or 1, C, H, W), each moved by its own shift (B, 2), wrapped around."""
    import torch  # deferred as above

    height, width = images.shape[-2:]
    rows = (torch.arange(height, device=images.device) - shifts[:, :1]) % height
    columns = (torch.arange(width, device=images.device) - shifts[:, 1:]) % width
    which = torch.arange(len(shifts), device=images.device) if len(images) > 1 else shifts[:, 0] * 0
    # advanced indices around a slice come first: (B, H, W, C)
    return images[which[:, None, None], :, rows[:, :, None], columns[:, None, :]].movedim(-1, 1)


def displacement(size: float) -> tuple[int, int]:
    """A shift by whole pixels, down and to the right, of a norm of at most ``size``.

    To the right as far as it goes, then down.

    >>> displacement(3.2)
    (1, 3)
    """
    right = math.floor(size)
    return math.isqrt(math.floor(size * size) - right * right), right


class Translation(Ranked):
    """g(x) = argmax_c P(f(shift_D(x)) = c) with D = round(N(0, sigma^2 I)) pixels, wrapped around.

    For whole v, round(z) + v = round(z + v): a shift of the image by v is one of the normal vector
    before it is rounded, and what is done to both afterwards is the same. So the class is certified
    for every whole v of l2 norm below sigma / 2 (Phi^-1(p_lower) - Phi^-1(p_upper)), against one
    half sigma Phi^-1(p_lower). A shift that wraps around has several v; the shortest counts.
    """

    key: ClassVar[str] = "translation"
    title: ClassVar[str] = "Translation, wrapped around"
    citation: ClassVar[str] = (
        "Li et al., TSS: Transformation-Specific Smoothing for Robustness Certification, CCS 2021"
    )
    family: ClassVar[Family] = "semantic"
    inputs: ClassVar[tuple[str, ...]] = ("image",)
    attacker: ClassVar[str] = (
        "shift the image by whole pixels, l2 norm below R, so that what leaves at one side comes "
        "in at the other"
    )
    region_type: ClassVar[type[Region]] = Amount
    terms: ClassVar[Mapping[str, Term]] = {
        "shift": Term("l2 norm of the shift, which is whole in each direction", UNIT)
    }
    limits: ClassVar[tuple[str, ...]] = (
        "What leaves the image at one side comes in at the other: it says nothing about a shift "
        "that brings in black or other parts of the scene.",
        "It says nothing about shifts by fractions of a pixel, nor about rotation or scaling.",
    )

    sigma: float = Field(
        default=3.0,
        ge=0.1,
        le=100,
        title="sigma",
        description="standard deviation of the shift in each direction",
        json_schema_extra={"unit": UNIT, "step": 0.5, "slider": [0.5, 30.0, 0.5]},
    )

    def noise(self) -> RandomShift:
        """One shift of the whole image."""
        return RandomShift(self.sigma)

    def transformed(self, x: npt.NDArray[Any], moves: Perturbation) -> npt.NDArray[Any]:
        """The image shifted to the right, and down by what is left of the norm."""
        return np.roll(x, displacement(moves["shift"]), axis=(-2, -1))

    def region(self, bounds: ProbabilityBounds, facts: Facts = NO_FACTS) -> Amount | None:
        """All whole shifts below the radius; None unless p_lower > p_upper."""
        within = self.sigmas_within(bounds)
        if within is None:
            return None
        return Amount(term="shift", upper=self.sigma * within, unit=_WRAPPED)

    def required_probability(self, perturbation: Perturbation, facts: Facts = NO_FACTS) -> float:
        """Phi(shift / sigma)."""
        return self.within(perturbation["shift"] / self.sigma)
