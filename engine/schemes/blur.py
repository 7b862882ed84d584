"""Gaussian blur of random strength, certified against blur: squared radii add up.

Li et al., TSS, CCS 2021. An image that was blurred before is the image under a blur that is larger
by as much: nothing that a model sees tells the two apart.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar, Literal

import numpy as np
import numpy.typing as npt
from pydantic import Field

from engine.core.records import ProbabilityBounds
from engine.noise.law import PROBED, Arithmetic, Array, Arrays, Level, NoiseLaw, Numbers, Probe
from engine.noise.normals import shares
from engine.regions import Amount, Perturbation, Region, Term
from engine.schemes.base import IMPOSSIBLE, NO_FACTS, Facts, Family
from engine.schemes.ranked import Ranked
from engine.schemes.semantic import against_half

if TYPE_CHECKING:
    import torch

    from engine.noise.gaussian import NoiseSource

UNIT = "squared pixels"
NOISE = 1
"""Lane of the draw."""
_DOWN, _UP = 1.0 - 2.0**-46, 1.0 + 2.0**-46
"""More than the rounding of a quantile, a logarithm or an exponential and its factors."""
_LEAST = 2.0**-53
"""1 - p of the largest p that is told from 1: the radius stays finite."""
_THREE_QUARTERS = 0.6744897501960817
"""Phi^-1(3/4)."""
_FAR = 1e-3
"""Of a unit image: more than single precision loses in one sample."""

Law = Literal["exponential", "uniform", "folded-normal"]


@dataclass(frozen=True)
class RandomBlur(NoiseLaw):
    """x blurred by one squared radius S >= 0 for the whole image.

    S = -scale ln(U), scale U or -scale Phi^-1(U / 2) with U from 63 bits, in float64; the blur is
    :func:`engine.noise.blur.blurred`, worked out in float64 and rounded to float32.
    """

    law: Law
    scale: float

    arithmetic: ClassVar[Arithmetic] = "float"

    @property
    def generator(self) -> str:
        """Names the law too: each has its own map from bits to strengths."""
        return f"philox4x32-10/{self.law}-blur-dct-f64"

    @property
    def levels(self) -> tuple[Level, ...]:
        """The scale of the squared radius."""
        return (Level(f"{self.law} blur", self.scale, UNIT),)

    def draw(self, x: torch.Tensor, source: NoiseSource, start: int, out: torch.Tensor) -> None:
        """One image under many blurs."""
        from engine.noise.blur import blurred  # deferred: the window lists schemes before torch

        out.copy_(blurred(x[None], self._strengths(source, start, len(out))))

    def draw_each(self, x: torch.Tensor, source: NoiseSource, out: torch.Tensor) -> None:
        """Every image under a blur of its own."""
        from engine.noise.blur import blurred  # deferred as above

        out.copy_(blurred(x, self._strengths(source, 0, len(out))))

    def _strengths(self, source: NoiseSource, start: int, samples: int) -> torch.Tensor:
        """(samples,) squared radii."""
        import torch  # deferred as above

        words = source.uniform63(samples, 1, start=start, lane=NOISE)
        share = shares(words)[:, 0]
        if self.law == "exponential":
            return share.log_().mul_(-self.scale)
        if self.law == "uniform":
            return share * self.scale
        normal: torch.Tensor = torch.special.ndtri(share / 2)
        return normal.mul_(-self.scale)

    def in_words(self) -> str:
        """The law, its scale, and what a blur is at the border."""
        said = {
            "exponential": f"exponential, mean {self.scale:g}",
            "uniform": f"uniform from 0 to {self.scale:g}",
            "folded-normal": f"folded normal, scale {self.scale:g}",
        }[self.law]
        return f"Gaussian blur, borders mirrored, its squared radius {said} ({UNIT})"

    def probes(self) -> tuple[Probe, ...]:
        """A wave from left to right: its height tells the strength, one across it that both agree.

        F(S) - 1/2 is uniform.
        """
        from engine.noise.statistical_tests import Share, uniform_law  # deferred: SciPy

        side = max(2, math.ceil(math.pi * math.sqrt(self.scale / 2)))
        waves = _waves(side)
        image = (waves[0] + waves[1]).astype(np.float32)[None]
        many = max(PROBED, PROBED * PROBED // image.size)
        return (
            Probe(self, (image,), image.shape, self._centred, uniform_law("blur"), many),
            Probe(self, (image,), image.shape, _astray, Share("parts blurred otherwise", 0.0)),
        )

    def _centred(self, out: Arrays) -> Numbers:
        """F(S) - 1/2 of the strengths that the samples show."""
        from scipy.special import ndtr  # deferred as above

        shown = _strength(out[0]) / self.scale
        share = {"exponential": -np.expm1(-shown), "uniform": shown}.get(self.law)
        share = 2.0 * ndtr(shown) - 1.0 if share is None else share
        return np.asarray(share[:, None] - 0.5)


def _waves(side: int) -> tuple[Array, Array]:
    """The lowest wave along an image of two rows, and the one across it; both reach about 1."""
    along = np.cos(np.pi * (np.arange(side) + 0.5) / side)
    return np.stack((along, along)), np.stack((np.ones(side), -np.ones(side)))


def _heights(samples: Array) -> tuple[Numbers, Numbers]:
    """(samples,) heights of both waves."""
    waves = _waves(samples.shape[-1])
    flat = samples.reshape(len(samples), -1).astype(np.float64)
    first, second = (flat @ wave.ravel() / float((wave**2).sum()) for wave in waves)
    return np.asarray(first), np.asarray(second)


def _strength(samples: Array) -> Numbers:
    """(samples,) squared radii, from the height of the wave along the image."""
    height = np.clip(_heights(samples)[0], np.finfo(np.float64).tiny, 1.0)
    return np.asarray(-2.0 * np.log(height) / (np.pi / samples.shape[-1]) ** 2)


def _astray(out: Arrays) -> Numbers:
    """1 for each sample that is not what both waves become under its strength."""
    (samples,) = out
    along, across = _waves(samples.shape[-1])
    heights = _heights(samples)[0], np.exp(-_strength(samples) * np.pi**2 / 8)
    expected = sum(
        height[:, None, None] * wave for height, wave in zip(heights, (along, across), strict=True)
    )
    off = np.abs(samples.reshape(len(samples), *along.shape) - expected) > _FAR
    return np.asarray(off.reshape(len(samples), -1), dtype=np.float64)


class Blur(Ranked):
    """g(x) = argmax_c P(f(blur_S(x)) = c) with one random squared radius S for the whole image.

    blur_S(blur_t(x)) = blur_(S + t)(x), so that a blur by t moves the law of S upwards by t.
    Against one half, with q = 1 - p_lower: t < -lam ln(2 q) for exponential S of mean lam;
    t < a (1/2 - q) for uniform S in [0, a]; t < s (Phi^-1(1 - q / 2) - Phi^-1(3/4)) for
    S = |N(0, s^2)|. All three are tight: Neyman and Pearson's worst set holds the largest S.
    """

    key: ClassVar[str] = "blur"
    title: ClassVar[str] = "Gaussian blur"
    citation: ClassVar[str] = (
        "Li et al., TSS: Transformation-Specific Smoothing for Robustness Certification, CCS 2021"
    )
    family: ClassVar[Family] = "semantic"
    inputs: ClassVar[tuple[str, ...]] = ("image",)
    attacker: ClassVar[str] = "blur the image by a Gaussian whose squared radius is below R"
    region_type: ClassVar[type[Region]] = Amount
    terms: ClassVar[Mapping[str, Term]] = {"blur": Term("squared radius of the blur", UNIT)}
    limits: ClassVar[tuple[str, ...]] = (
        "A blur here is the Gaussian one with borders mirrored, worked out in the cosine basis, so "
        "that squared radii add up exactly: it says nothing about a blur whose kernel is cut off "
        "or sampled differently, least of all below about 2 squared pixels.",
        "Pixels are neither clipped nor rounded to 8 bits between the attacker's blur and the "
        "noise: it says nothing about an image that was saved in 8 bits after it.",
        "It says nothing about sharpening, motion blur or changes of single pixels.",
    )

    law: Law = Field(
        default="exponential",
        title="law",
        description="law of the squared radius: exponential, uniform or folded-normal",
    )
    lam: float = Field(
        default=4.0,
        ge=0.01,
        le=10_000,
        title="mean",
        description="mean of an exponential squared radius",
        json_schema_extra={"unit": UNIT, "step": 1.0, "slider": [0.5, 50.0, 0.5]},
    )
    a: float = Field(
        default=16.0,
        ge=0.01,
        le=10_000,
        title="largest",
        description="end of a uniform squared radius, which begins at 0",
        json_schema_extra={"unit": UNIT, "step": 1.0, "slider": [0.5, 100.0, 0.5]},
    )
    s: float = Field(
        default=4.0,
        ge=0.01,
        le=10_000,
        title="scale",
        description="standard deviation of the normal whose absolute value a folded-normal "
        "squared radius is",
        json_schema_extra={"unit": UNIT, "step": 1.0, "slider": [0.5, 50.0, 0.5]},
    )

    @property
    def scale(self) -> float:
        """The one that counts under the law."""
        return {"exponential": self.lam, "uniform": self.a}.get(self.law, self.s)

    def idle(self) -> frozenset[str]:
        """The scales of the other laws."""
        own = {"exponential": "lam", "uniform": "a"}.get(self.law, "s")
        return frozenset({"lam", "a", "s"} - {own})

    def noise(self) -> RandomBlur:
        """One strength for the whole image."""
        return RandomBlur(self.law, self.scale)

    def transformed(self, x: npt.NDArray[Any], moves: Perturbation) -> npt.NDArray[Any]:
        """The image blurred by ``blur``."""
        import torch  # deferred as above

        from engine.noise.blur import blurred  # deferred as above

        strength = torch.tensor([moves["blur"]], dtype=torch.float64)
        return np.asarray(blurred(torch.from_numpy(x)[None], strength)[0].numpy())

    def region(self, bounds: ProbabilityBounds, facts: Facts = NO_FACTS) -> Amount | None:
        """All blurs below the radius of the law; None unless p_lower > p_upper."""
        left = against_half(self.as_majority(bounds))
        if left >= 0.5:
            return None
        return Amount(term="blur", upper=max(0.0, self._radius(left)), unit=UNIT)

    def _radius(self, left: float) -> float:
        """The radius for q = ``left`` below one half, rounded down."""
        if self.law == "exponential":
            return -self.lam * math.log(2.0 * max(_LEAST, left) * _UP) * _DOWN
        if self.law == "uniform":
            return self.a * (0.5 - left) * _DOWN
        from scipy.special import ndtri  # deferred as above

        return self.s * (-float(ndtri(max(_LEAST, left) / 2)) * _DOWN - _THREE_QUARTERS * _UP)

    def required_probability(self, perturbation: Perturbation, facts: Facts = NO_FACTS) -> float:
        """The p_lower whose radius is ``blur``."""
        ratio = perturbation["blur"] / self.scale
        if not ratio:
            return self.least_share
        return self.for_rank(self._required(ratio))

    def _required(self, ratio: float) -> float:
        """Against one half, for an amount of ``ratio`` scales."""
        if self.law == "exponential":
            return (1.0 - 0.5 * math.exp(-ratio)) * _UP
        if self.law == "uniform":
            return (0.5 + ratio) * _UP if ratio <= 0.5 else IMPOSSIBLE
        from scipy.special import ndtr  # deferred as above

        return (1.0 - 2.0 * float(ndtr(-ratio - _THREE_QUARTERS))) * _UP
