"""Brightness: the same random shift of all pixels, certified against any shift of all of them.

Smoothing over a transformation that composes with itself: Fischer, Baader & Vechev, NeurIPS 2020;
Li et al., TSS, CCS 2021. A brighter image under noise is the image under noise that is moved.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np
import numpy.typing as npt
from pydantic import Field

from engine.core.records import ProbabilityBounds
from engine.noise.law import PROBED, Arithmetic, Level, NoiseLaw, Probe, flat, zeros
from engine.noise.normals import normals
from engine.regions import Interval, Perturbation, Region, Term
from engine.schemes.base import NO_FACTS, Facts, Family
from engine.schemes.ranked import Ranked

if TYPE_CHECKING:
    import torch

    from engine.noise.gaussian import NoiseSource

UNIT = "brightness in [0,1]"
NOISE = 1
"""Lane of the draw."""
_PIXELS = 4
"""Of the black image with which the law is tested."""


@dataclass(frozen=True)
class OneShift(NoiseLaw):
    """x + b with one b ~ N(0, sigma_b^2) for all numbers of an image, and nothing is clipped.

    b = sigma_b Phi^-1(u) with u from 63 bits, worked out in float64 and added in float32.
    """

    sigma_b: float

    additive: ClassVar[bool] = True
    arithmetic: ClassVar[Arithmetic] = "float"
    generator: ClassVar[str] = "philox4x32-10/one-normal-inverse-f64"

    @property
    def levels(self) -> tuple[Level, ...]:
        """sigma_b: comparable with that of no noise on single pixels."""
        return (Level("Gaussian", self.sigma_b, UNIT),)

    def draw(self, x: torch.Tensor, source: NoiseSource, start: int, out: torch.Tensor) -> None:
        """x + b."""
        import torch  # deferred: the window lists schemes before torch loads

        words = source.uniform63(out.shape[0], 1, start=start, lane=NOISE)
        shifts = normals(words).mul_(self.sigma_b)
        torch.add(x, shifts.to(x.dtype).view(-1, *(1,) * x.ndim), out=out)

    def in_words(self) -> str:
        """The law and its level."""
        return f"one Gaussian shift of all pixels, sigma {self.sigma_b:g} ({UNIT})"

    def probes(self) -> tuple[Probe, ...]:
        """A black image: its first pixel, and how far the others are from that."""
        from engine.noise.statistical_tests import Share, normal_law  # deferred: SciPy

        blank = zeros(_PIXELS)
        many = PROBED * PROBED // _PIXELS
        return (
            Probe(
                self,
                (blank,),
                blank.shape,
                lambda out: flat(out)[:, :1] / self.sigma_b,
                replace(normal_law(), name="one shift of all pixels"),
                many,
            ),
            Probe(
                self,
                (blank,),
                blank.shape,
                lambda out: (flat(out) != flat(out)[:, :1]).astype(np.float64),
                Share("pixels shifted otherwise", 0.0),
            ),
        )


class Brightness(Ranked):
    """g(x) = argmax_c P(f(x + b 1) = c) with one b ~ N(0, sigma_b^2) for the whole image.

    A shift s of all pixels moves the law of b and nothing else, so that it is smoothing with a
    Gaussian in one dimension: g(x + s 1) = A for all
    |s| < sigma_b / 2 (Phi^-1(p_lower) - Phi^-1(p_upper)), sigma_b Phi^-1(p_lower) against one half.
    """

    key: ClassVar[str] = "brightness"
    title: ClassVar[str] = "Brightness"
    citation: ClassVar[str] = (
        "Fischer, Baader & Vechev, Certified Defense to Image Transformations via Randomized "
        "Smoothing, NeurIPS 2020; Li et al., TSS: Transformation-Specific Smoothing, CCS 2021"
    )
    family: ClassVar[Family] = "semantic"
    inputs: ClassVar[tuple[str, ...]] = ("image",)
    attacker: ClassVar[str] = "brighten or darken the image, all pixels by the same amount"
    region_type: ClassVar[type[Region]] = Interval
    terms: ClassVar[Mapping[str, Term]] = {
        "brightness": Term("number added to all pixels", UNIT, signed=True)
    }
    limits: ClassVar[tuple[str, ...]] = (
        "Pixels are not clipped after the shift: it says nothing about an image whose brightest or "
        "darkest pixels were cut off at the end of their range.",
        "It says nothing about changes of single pixels, of contrast or of colour.",
    )

    sigma_b: float = Field(
        default=0.25,
        ge=0.001,
        le=100,
        title="sigma",
        description="standard deviation of the shift of all pixels",
        json_schema_extra={"unit": UNIT, "step": 0.05, "slider": [0.05, 2.0, 0.01]},
    )

    def noise(self) -> OneShift:
        """One number for all pixels."""
        return OneShift(self.sigma_b)

    def region(self, bounds: ProbabilityBounds, facts: Facts = NO_FACTS) -> Interval | None:
        """As far in either direction; None unless p_lower > p_upper."""
        within = self.sigmas_within(bounds)
        if within is None:
            return None
        reach = self.sigma_b * within
        return Interval(term="brightness", lower=-reach, upper=reach, unit=UNIT)

    def transformed(self, x: npt.NDArray[Any], moves: Perturbation) -> npt.NDArray[Any]:
        """x + brightness in every number, not clipped."""
        moved: npt.NDArray[Any] = x + x.dtype.type(moves["brightness"])
        return moved

    def required_probability(self, perturbation: Perturbation, facts: Facts = NO_FACTS) -> float:
        """Phi(|brightness| / sigma_b)."""
        return self.within(abs(perturbation["brightness"]) / self.sigma_b)
