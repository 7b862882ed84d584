"""What schemes over an interpolated transformation share: anchors, and l2 smoothing at each.

Li et al., TSS: Transformation-Specific Smoothing for Robustness Certification, CCS 2021 (rotation
and scaling by aliasing bounds). The bound on the distance between anchors is our own
(``engine.transforms.travel``), and so is the refinement (``engine.planning.sweep_walk``).
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np
import numpy.typing as npt
from pydantic import Field

from engine.certificates.anchors import anchor, ends
from engine.core.errors import UserError
from engine.core.records import InputIdentity, ProbabilityBounds
from engine.noise.law import PROBED, Arithmetic, Level, NoiseLaw, Probe, flat, zeros
from engine.noise.normals import normals
from engine.noise.streams import GENERATOR
from engine.regions import Perturbation, Region, Term
from engine.regions.sweep import BRIGHTNESS, RADIUS, Sweep
from engine.schemes.base import IMPOSSIBLE, NO_FACTS, Facts, Family, Scheme
from engine.schemes.brightness import UNIT as LIGHT
from engine.schemes.parameter_fields import PIXELS, sigma_field
from engine.schemes.semantic import required_within
from engine.transforms import Warp, disc, travel, warped

if TYPE_CHECKING:
    import torch

    from engine.noise.gaussian import NoiseSource

NOISE = 1
"""Lane of the shift of all pixels."""
SAMPLES = 32
"""Bits of a sample's index that count the samples at one anchor; the others name its cell."""
LEAST_SIDE = 3
_SIDE = math.isqrt(PROBED) + 1
_UP = 1.0 + 2.0**-40


@dataclass(frozen=True)
class AtAnchors(NoiseLaw):
    """The transformed image with Gaussian noise: sample cell * 2^32 + i is the i-th at its anchor.

    Outside of the inscribed disc the image is 0 before the noise. With ``sigma_b`` one shift
    b ~ N(0, sigma_b^2) of all pixels of the disc comes on top. Cell 0 is the image itself.
    """

    warp: Warp
    low: float
    high: float
    sigma: float
    sigma_b: float = 0.0

    arithmetic: ClassVar[Arithmetic] = "float"

    @property
    def generator(self) -> str:
        """That of the pixels, at which images."""
        return f"{GENERATOR}, cell<<{SAMPLES}|i, {self.warp.noun}"

    @property
    def levels(self) -> tuple[Level, ...]:
        """Of the pixels; of the shift too, where there is one."""
        light = (Level("Gaussian shift", self.sigma_b, LIGHT),) if self.sigma_b else ()
        return (Level("Gaussian", self.sigma, PIXELS), *light)

    def draw(self, x: torch.Tensor, source: NoiseSource, start: int, out: torch.Tensor) -> None:
        """Each stretch of one cell at its anchor."""
        done = 0
        while done < len(out):
            cell = (start + done) >> SAMPLES
            last = min(len(out), ((cell + 1) << SAMPLES) - start)
            image = self.image(x, anchor(cell, self.low, self.high))
            self._noised(image, source, start + done, out[done:last])
            done = last

    def draw_each(self, x: torch.Tensor, source: NoiseSource, out: torch.Tensor) -> None:
        """Every image as it is, but for the disc."""
        self._noised(x * self._inside(x), source, 0, out)

    def image(self, x: torch.Tensor, parameter: float) -> torch.Tensor:
        """The image (C, H, W) under one parameter, in its own type."""
        import torch  # deferred: the window lists schemes before torch loads

        found = warped(x.detach().cpu().numpy(), self.warp, parameter)
        return torch.from_numpy(found).to(x)

    def _inside(self, x: torch.Tensor) -> torch.Tensor:
        """(H, W) 1 within the disc and 0 outside of it."""
        import torch  # deferred as above

        return torch.tensor(disc(*x.shape[-2:])).to(x)

    def _noised(
        self, images: torch.Tensor, source: NoiseSource, start: int, out: torch.Tensor
    ) -> None:
        source.gaussian_(out, images, sigma=self.sigma, start=start)
        if not self.sigma_b:
            return
        words = source.uniform63(out.shape[0], 1, start=start, lane=NOISE)
        shifts = normals(words).mul_(self.sigma_b).to(out.dtype)
        out.add_(shifts.view(-1, 1, 1, 1) * self._inside(images))

    def in_words(self) -> str:
        """The levels, and what they come on top of."""
        light = f", and one Gaussian shift of all pixels, sigma {self.sigma_b:g}"
        return (
            f"Gaussian, sigma {self.sigma:g} ({PIXELS}){light if self.sigma_b else ''}, on the "
            "inscribed disc of the image at anchors"
        )

    def probes(self) -> tuple[Probe, ...]:
        """A black image: the noise of its pixels, and of the shift where there is one."""
        from engine.noise.statistical_tests import normal_law  # deferred: SciPy

        blank = zeros(1, _SIDE, _SIDE)
        pixels = replace(self, sigma_b=0.0)
        found = [
            Probe(pixels, (blank,), blank.shape, lambda out: flat(out) / self.sigma, normal_law())
        ]
        if not self.sigma_b:
            return tuple(found)
        light, centre = replace(self, sigma=0.0), _SIDE * (_SIDE // 2) + _SIDE // 2
        law = replace(normal_law(), name="one shift of all pixels")
        found.append(
            Probe(
                light,
                (blank,),
                blank.shape,
                lambda out: flat(out)[:, centre : centre + 1] / self.sigma_b,
                law,
                PROBED * PROBED // blank.size,
            )
        )
        return tuple(found)


class Anchored(Scheme):
    """Smoothing with Gaussian noise at anchors over the range of a transformation x(t).

    g(y) = argmax_c P(f(y' + b m + e) = c) with y' the inscribed disc of y, m its pixels,
    e ~ N(0, sigma^2 I) and b ~ N(0, sigma_b^2) (b = 0 without sigma_b). If p_lower bounds the
    probability of A at x(a), then g(x(t) + s m + d) = A for all t in the cell of the anchor a,
    |s| <= brightness and ||d||_2 <= radius, where

        Phi^-1(p_lower) > sqrt(((M + radius) / sigma)^2 + (brightness / sigma_b)^2),

    M >= ||x(t) - x(a)||_2 on the cell: the noise is Gaussian in the pixels and in b, and the two
    moves are at right angles in units of their deviations. Without sigma_b a shift is a change of
    l2 norm brightness sqrt(numbers in the disc), added to M.
    """

    family: ClassVar[Family] = "semantic"
    inputs: ClassVar[tuple[str, ...]] = ("image",)
    sweeps: ClassVar[bool] = True
    region_type: ClassVar[type[Region]] = Sweep
    warp: ClassVar[Warp]
    limits: ClassVar[tuple[str, ...]] = (
        "The transformation is bilinear interpolation about the centre of the image as the model "
        "takes it, black beyond its border, kept to the inscribed disc; the disc is part of the "
        "smoothed classifier, and nothing is said of what lies in the corners.",
        "An image that was transformed in another way, rounded to 8 bits or cropped after it is "
        "covered only as far as its l2 distance from this one fits the radius that is allowed "
        "after the transformation.",
        "Noise is in floating point: the claim is about exact Gaussian noise.",
    )

    sigma: float = sigma_field()
    sigma_b: float = Field(
        default=0.0,
        ge=0,
        le=100,
        title="sigma of brightness",
        description="standard deviation of a random shift of all pixels beside the noise; 0 for "
        "none",
        json_schema_extra={
            "unit": LIGHT,
            "step": 0.05,
            "slider": [0.0, 2.0, 0.01],
            "advanced": True,
        },
    )
    with_brightness: float = Field(
        default=0.0,
        ge=0,
        le=100,
        title="and brightness",
        description="largest shift of all pixels, after the transformation, to certify with it",
        json_schema_extra={"unit": LIGHT, "step": 0.05, "advanced": True},
    )
    with_radius: float = Field(
        default=0.0,
        ge=0,
        le=1_000,
        title="and radius",
        description="largest l2 norm of any change, after the transformation, to certify with it",
        json_schema_extra={"unit": PIXELS, "step": 0.05, "advanced": True},
    )

    furthest: ClassVar[float]
    """The largest parameter that means anything, either way."""

    @property
    def reach(self) -> float:
        """The range is from minus this to this."""
        raise NotImplementedError

    def noise(self) -> AtAnchors:
        """Gaussian at every anchor."""
        return AtAnchors(self.warp, -self.reach, self.reach, self.sigma, self.sigma_b)

    def ends(self, cell: int) -> tuple[float, float]:
        """Of a cell of the range."""
        return ends(cell, -self.reach, self.reach)

    def distance(self, x: npt.NDArray[Any], cell: int) -> float:
        """l2 distance from the anchor's image that p_lower has to allow, without the radius.

        M, with the shift of all pixels where no noise is in its direction; infinite where M is not
        known.

        Args:
            x: (C, H, W), the image as the model takes it.
            cell: of the range.
        """
        return (travel(x, self.warp, *self.ends(cell)) + self.beside(x)) * _UP

    def beside(self, x: npt.NDArray[Any]) -> float:
        """The part of :meth:`distance` that the shift of all pixels takes, for every cell."""
        if self.sigma_b:
            return 0.0
        numbers = len(x) * int(disc(*x.shape[-2:]).sum())
        return self.with_brightness * math.sqrt(numbers) * _UP

    def sigmas_needed(self, distance: float) -> float:
        """Phi^-1 of the p_lower that an anchor needs at such a distance."""
        light = self.with_brightness / self.sigma_b if self.sigma_b else 0.0
        return math.hypot((distance + self.with_radius) / self.sigma, light) * _UP

    def p_needed(self, distance: float) -> float:
        """What p_lower has to exceed at an anchor, rounded up; 1 or more where nothing suffices."""
        return required_within(self.sigmas_needed(distance))

    def swept(self, lower: float, upper: float, **more: Any) -> Sweep:
        """The region between two ends."""
        kind = self.region_type
        assert issubclass(kind, Sweep)
        return kind(
            term=self.warp.term,
            noun=self.warp.noun,
            unit=self.warp.unit,
            lower=lower,
            upper=upper,
            brightness=self.with_brightness,
            radius=self.with_radius,
            low=-self.reach,
            high=self.reach,
            **more,
        )

    def region(self, bounds: ProbabilityBounds, facts: Facts = NO_FACTS) -> Sweep | None:
        """None: what one anchor's votes certify says nothing of the others."""
        del bounds, facts
        return None

    def utmost(self, bounds: ProbabilityBounds) -> Sweep | None:
        """The whole range, if anchors as close as need be all have these bounds."""
        least = self.required_probability({})
        return self.swept(-self.reach, self.reach) if bounds.p_lower > least else None

    def required_probability(self, perturbation: Perturbation, facts: Facts = NO_FACTS) -> float:
        """What every anchor's p_lower has to exceed, however close they lie."""
        del facts
        if not self.swept(-self.reach, self.reach).contains(perturbation):
            return IMPOSSIBLE
        beside = 0.0 if self.sigma_b else self.with_brightness
        return self.p_needed(beside)

    def transformed(self, x: npt.NDArray[Any], moves: Perturbation) -> npt.NDArray[Any] | None:
        """x(t) with the shift in the disc; None where an l2 change is left to choose."""
        if moves.get(RADIUS):
            return None
        found = warped(x, self.warp, moves.get(self.warp.term, 0.0))
        found += moves.get(BRIGHTNESS, 0.0) * disc(*x.shape[-2:])
        return found.astype(x.dtype)

    def check_input(self, given: InputIdentity) -> None:
        """An image with an inside."""
        if min(given.shape[-2:]) < LEAST_SIDE:
            height, width = given.shape[-2:]
            raise UserError(
                f"The scheme '{self.key}' needs an image of at least {LEAST_SIDE} x {LEAST_SIDE} "
                f"pixels, and this one has {height} x {width}: it has no inside to transform."
            )

    def missing(self, found: Perturbation) -> list[str]:
        """What is not said of the changes after the transformation is 0."""
        for name in (BRIGHTNESS, RADIUS):
            found.setdefault(name, 0.0)
        return [name for name in self.terms if name not in found]

    def rule_in_words(self) -> str:
        """At every anchor."""
        return (
            "The statement is made of the cells about 0 whose anchors' p lower allows the distance "
            "to all that lies between them."
        )


def terms_after(warp: Warp, meaning: str) -> Mapping[str, Term]:
    """The terms of a transformation with what may follow it."""
    return {
        warp.term: Term(meaning, warp.unit, signed=True),
        BRIGHTNESS: Term("number added to all pixels after it", LIGHT, signed=True),
        RADIUS: Term("l2 norm of a change after both", PIXELS),
    }


def distances(scheme: Anchored, x: Sequence[npt.NDArray[Any]], cells: Sequence[int]) -> list[float]:
    """Of several cells of an image, as a run records them."""
    return [scheme.distance(np.asarray(x[0]), cell) for cell in cells]
