"""Contrast and brightness: one gain and one shift of all pixels, certified exactly for pairs.

Li et al., TSS, CCS 2021, with the exact Neyman-Pearson region in place of two bounds one after the
other (:mod:`engine.certificates.gain_brightness`).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np
import numpy.typing as npt
from pydantic import Field

from engine.core.records import ProbabilityBounds
from engine.noise.law import PROBED, Arithmetic, Arrays, Level, NoiseLaw, Numbers, Probe, flat
from engine.noise.normals import normals
from engine.regions import GainBrightness, Perturbation, Region, Term
from engine.schemes.base import IMPOSSIBLE, NO_FACTS, Facts, Family
from engine.schemes.ranked import Ranked
from engine.schemes.semantic import against_half

if TYPE_CHECKING:
    import torch

    from engine.noise.gaussian import NoiseSource

GAIN, BRIGHTNESS = "logarithm of the gain", "brightness in [0,1]"
NOISE = 1
"""Lane of the draw."""
_LEAST = 1e-30
"""Of a gain that is read from a sample."""
_FAR = 1e-3
"""Of a sample: more than single precision loses in it."""


@dataclass(frozen=True)
class GainAndShift(NoiseLaw):
    """e^k (x + b) with one k ~ N(0, sigma_k^2) and one b ~ N(0, sigma_b^2), nothing clipped.

    k and b are sigma Phi^-1(u) with u from 63 bits each, worked out in float64; the sample is
    worked out in float64 and rounded to float32.
    """

    sigma_k: float
    sigma_b: float

    arithmetic: ClassVar[Arithmetic] = "float"
    generator: ClassVar[str] = "philox4x32-10/gain-shift-normal-inverse-f64"

    @property
    def levels(self) -> tuple[Level, ...]:
        """Both sigmas, in units of their own."""
        return (
            Level("Gaussian", self.sigma_k, GAIN),
            Level("Gaussian", self.sigma_b, BRIGHTNESS),
        )

    def draw(self, x: torch.Tensor, source: NoiseSource, start: int, out: torch.Tensor) -> None:
        """One image under many gains and shifts."""
        self._apply(x[None], source, start, out)

    def draw_each(self, x: torch.Tensor, source: NoiseSource, out: torch.Tensor) -> None:
        """Every image under its own."""
        self._apply(x, source, 0, out)

    def _apply(self, x: torch.Tensor, source: NoiseSource, start: int, out: torch.Tensor) -> None:
        import torch  # deferred: the window lists schemes before torch loads

        words = source.uniform63(len(out), 2, start=start, lane=NOISE)
        normal = normals(words).view(-1, 2, *(1,) * (out.ndim - 1))
        shifted = x.to(torch.float64) + normal[:, 1] * self.sigma_b
        out.copy_(shifted.mul_((normal[:, 0] * self.sigma_k).exp()))

    def in_words(self) -> str:
        """The law and its levels."""
        return (
            f"one Gaussian shift of all pixels, sigma {self.sigma_b:g} ({BRIGHTNESS}), then one "
            f"log-normal gain, sigma {self.sigma_k:g} ({GAIN})"
        )

    def probes(self) -> tuple[Probe, ...]:
        """A black, a grey and a white pixel: white less black tells the gain, black the shift."""
        from engine.noise.statistical_tests import Share, normal_law  # deferred: SciPy

        white = max(1.0, 10.0 * self.sigma_b)
        image = np.array([0.0, white / 2, white], dtype=np.float32)
        many = PROBED * PROBED // 4

        def read(out: Arrays) -> Numbers:
            pixels = flat(out)
            k = np.log(np.maximum((pixels[:, 2] - pixels[:, 0]) / white, _LEAST))
            return np.stack((k / self.sigma_k, pixels[:, 0] / np.exp(k) / self.sigma_b), axis=1)

        def astray(out: Arrays) -> Numbers:
            pixels = flat(out)
            middle = (pixels[:, 0] + pixels[:, 2]) / 2
            off = np.abs(pixels[:, 1] - middle) > _FAR * np.abs(pixels).max(axis=1)
            return np.asarray(off[:, None], dtype=np.float64)

        laws = replace(normal_law(), name="gain and shift of all pixels")
        return (
            Probe(self, (image,), image.shape, read, laws, many),
            Probe(self, (image,), image.shape, astray, Share("pixels changed otherwise", 0.0)),
        )


class ContrastBrightness(Ranked):
    """g(x) = argmax_c P(f(e^k (x + b)) = c) with one k ~ N(0, sigma_k^2), one b ~ N(0, sigma_b^2).

    An attack (k', b') moves the law of (k, b) to N((k', b'), diag(sigma_k^2, e^-2k' sigma_b^2)).
    Which pairs keep the class is decided by the worst set of Neyman and Pearson for these two laws,
    with the error of the quadrature on the safe side; the two-step bound of TSS, which needs none,
    stands in where it is better or nothing else is known.
    """

    key: ClassVar[str] = "contrast-brightness"
    title: ClassVar[str] = "Contrast and brightness"
    citation: ClassVar[str] = (
        "Li et al., TSS: Transformation-Specific Smoothing for Robustness Certification, CCS 2021"
    )
    family: ClassVar[Family] = "semantic"
    inputs: ClassVar[tuple[str, ...]] = ("image",)
    attacker: ClassVar[str] = "add one number to all pixels, then multiply all of them by one gain"
    region_type: ClassVar[type[Region]] = GainBrightness
    terms: ClassVar[Mapping[str, Term]] = {
        "gain": Term("factor of all pixels, after the shift", factor=True),
        "brightness": Term("number added to all pixels, before the gain", BRIGHTNESS, signed=True),
    }
    limits: ClassVar[tuple[str, ...]] = (
        "Pixels are neither clipped nor rounded to 8 bits between the attacker's change and the "
        "noise: it says nothing about an image whose brightest or darkest pixels were cut off, or "
        "that was saved in 8 bits after the change.",
        "The gain multiplies around black: a contrast around grey is a gain and a brightness.",
        "It says nothing about changes of single pixels or of colour.",
    )

    sigma_k: float = Field(
        default=0.2,
        ge=0.001,
        le=1,
        title="sigma of the gain",
        description="standard deviation of the logarithm of the gain",
        json_schema_extra={"unit": GAIN, "step": 0.05, "slider": [0.05, 1.0, 0.01]},
    )
    sigma_b: float = Field(
        default=0.2,
        ge=0.001,
        le=10,
        title="sigma of the shift",
        description="standard deviation of the shift of all pixels",
        json_schema_extra={"unit": BRIGHTNESS, "step": 0.05, "slider": [0.05, 2.0, 0.01]},
    )

    def noise(self) -> GainAndShift:
        """Two numbers for all pixels."""
        return GainAndShift(self.sigma_k, self.sigma_b)

    def transformed(self, x: npt.NDArray[Any], moves: Perturbation) -> npt.NDArray[Any]:
        """gain (x + brightness), not clipped."""
        gain, shift = moves["gain"], moves["brightness"]
        return np.asarray(gain * (x.astype(np.float64) + shift), dtype=np.float32)

    def region(self, bounds: ProbabilityBounds, facts: Facts = NO_FACTS) -> GainBrightness | None:
        """All pairs that require less than the bounds give; None unless p_lower > p_upper."""
        left = against_half(self.as_majority(bounds))
        if left >= 0.5:
            return None
        return GainBrightness(sigma_k=self.sigma_k, sigma_b=self.sigma_b, p_lower=1.0 - left)

    def required_probability(self, perturbation: Perturbation, facts: Facts = NO_FACTS) -> float:
        """The p_lower that the pair requires, rounded up by the error of the quadrature."""
        return self.required_probabilities([perturbation])[0]

    def required_probabilities(self, perturbations: Sequence[Perturbation]) -> list[float]:
        """All at once."""
        from engine.certificates.gain_brightness import required  # deferred: SciPy

        gains = np.array([one["gain"] for one in perturbations])
        shifts = np.array([one["brightness"] for one in perturbations])
        k = np.log(np.where(gains > 0, gains, 1.0))
        needed = self.for_rank(required(k, shifts, self.sigma_k, self.sigma_b))
        found: list[float] = np.where(gains > 0, needed, IMPOSSIBLE).tolist()
        return found

    def required_over(
        self,
        factors: npt.NDArray[np.float64],
        amounts: npt.NDArray[np.float64],
        ceiling: float = 1.0,
    ) -> npt.NDArray[np.float64]:
        """(rows, columns) the most that any pair of a cell requires.

        Args:
            factors: (columns + 1,) edges of gains, 1 among them.
            amounts: (rows + 1,) edges of |brightness|.
            ceiling: of cells that require more, any bound above it will do.
        """
        from engine.certificates.gain_brightness import required_over  # deferred: SciPy

        k = np.log(factors)
        asked = self.for_majority(ceiling)
        found = required_over(k[:-1], k[1:], amounts[1:], self.sigma_k, self.sigma_b, asked)
        return self.for_rank(found)
