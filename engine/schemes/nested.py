"""Nested smoothing over an interpolated transformation: what its schemes share.

Fischer, Baader & Vechev, NeurIPS 2020, with both noises drawn together
(:mod:`engine.certificates.nested`) and the error of interpolation bounded for the image at hand.
"""

from __future__ import annotations

import math
from abc import ABC, abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar

import numpy.typing as npt
from pydantic import Field

from engine.core.records import ProbabilityBounds
from engine.core.rounding import confidence_percent, exact, round_down, round_up
from engine.noise.law import PROBED, Arithmetic, Level, NoiseLaw, Probe, flat, zeros
from engine.regions import Perturbation, Region
from engine.schemes.base import IMPOSSIBLE, NO_FACTS, Facts, Family, Guarantee, Scheme
from engine.schemes.parameter_fields import PIXELS, sigma_field
from engine.schemes.semantic import against_half

if TYPE_CHECKING:
    import torch

    from engine.noise.gaussian import NoiseSource

ERROR = "interpolation_error"
"""The fact that a certificate rests on."""
_DIGITS = 6
LEAST = 0.001
"""The least change that the digits of a region show: what ends below it is no region."""


@dataclass(frozen=True)
class MovedThenNoised(NoiseLaw):
    """L T_b(x) + sigma z: T_b a random transformation, L a low-pass filter, z standard normal.

    The transformation and the filter are worked out in float64 and rounded to float32.

    Attributes:
        sigma_gamma: of the transformation's parameter, in ``unit``.
        sigma: of the noise in every pixel.
        low_pass: of the filter, in pixels; 0 for none.
    """

    sigma_gamma: float
    sigma: float
    low_pass: float

    arithmetic: ClassVar[Arithmetic] = "float"
    movement: ClassVar[str]
    """The name of the transformation's level."""
    unit: ClassVar[str]
    wrapped: ClassVar[bool]
    """Whether the filter takes the image for one whose opposite sides meet."""

    @abstractmethod
    def moved(self, x: torch.Tensor, source: NoiseSource, start: int, count: int) -> torch.Tensor:
        """T_b(x): one image (1, C, H, W) ``count`` times, or as many images once each."""

    @property
    def levels(self) -> tuple[Level, ...]:
        """Of the transformation and of the pixels."""
        return (
            Level(self.movement, self.sigma_gamma, self.unit),
            Level("Gaussian", self.sigma, PIXELS),
        )

    def draw(self, x: torch.Tensor, source: NoiseSource, start: int, out: torch.Tensor) -> None:
        """One image under many transformations and much noise."""
        self._apply(x[None], source, start, out)

    def draw_each(self, x: torch.Tensor, source: NoiseSource, out: torch.Tensor) -> None:
        """Every image under its own."""
        self._apply(x, source, 0, out)

    def _apply(self, x: torch.Tensor, source: NoiseSource, start: int, out: torch.Tensor) -> None:
        moved = self.moved(x, source, start, len(out))
        low = filtered_images(moved, self.low_pass, wrapped=self.wrapped)
        source.gaussian_(out, low, sigma=self.sigma, start=start)

    def then_noised(self, first: str) -> str:
        """What is done first, then the filter and the noise."""
        low = f", then a low-pass filter of {self.low_pass:g} pixels" if self.low_pass else ""
        return f"{first}{low}, then Gaussian, sigma {self.sigma:g} ({PIXELS})"

    def of_pixels(self) -> Probe:
        """A black image, which shows the noise alone."""
        from engine.noise.statistical_tests import normal_law  # deferred: SciPy

        side = math.isqrt(PROBED) + 1
        blank = zeros(1, side, side)
        return Probe(self, (blank,), blank.shape, lambda out: flat(out) / self.sigma, normal_law())


class Nested(Scheme, ABC):
    """g(y) = argmax_c P(f(L T_b(y) + e) = c), b ~ N(0, sigma_gamma^2), e ~ N(0, sigma^2 I).

    L is a low-pass filter and T_b the transformation by interpolation; both are part of what is
    certified. T_b T_g x is T_(b + g) x but for what is interpolated twice. Where the l2 norm of
    that, after L, is at most ``error`` with probability 1 - rho over b, for every g up to the
    reach, all |g| < sigma_gamma sqrt(Phi^-1(p_lower - rho)^2 - (error / sigma)^2) are certified.
    """

    citation: ClassVar[str] = (
        "Fischer, Baader & Vechev, Certified Defense to Image Transformations via Randomized "
        "Smoothing, NeurIPS 2020"
    )
    family: ClassVar[Family] = "semantic"
    inputs: ClassVar[tuple[str, ...]] = ("image",)
    guarantee: ClassVar[Guarantee] = "for this clean image"
    share: ClassVar[float] = 0.0
    """rho where it is no parameter."""

    sigma: float = sigma_field()
    error: float = Field(
        default=0.5,
        gt=0,
        le=100,
        title="error",
        description="l2 norm of what interpolating twice may change; checked for each image",
        json_schema_extra={"unit": PIXELS, "step": 0.05, "noise": False},
    )
    low_pass: float = Field(
        default=1.0,
        ge=0,
        le=8,
        title="low-pass",
        description="standard deviation of the Gaussian filter before the model, which makes that "
        "error small; 0 for none",
        json_schema_extra={"unit": "pixels", "step": 0.25, "advanced": True},
    )

    @property
    @abstractmethod
    def outer(self) -> float:
        """Standard deviation of the parameter."""

    @property
    @abstractmethod
    def furthest(self) -> float:
        """The largest parameter that the error is bounded for; infinite where there is no limit."""

    @property
    def rarely(self) -> float:
        """rho."""
        return self.share

    @abstractmethod
    def bounded(self, image: npt.NDArray[Any]) -> float:
        """E for which the error of an image (C, H, W) is larger with probability rho at most."""

    @abstractmethod
    def within(self, reach: float) -> Region:
        """All parameters below ``reach``."""

    @abstractmethod
    def size(self, perturbation: Perturbation) -> float:
        """The parameter's distance from no change."""

    def prepare(self, x: Sequence[npt.NDArray[Any]]) -> Facts:
        """A bound on the error of interpolation, rounded up."""
        return {ERROR: float(round_up(self.bounded(x[0]), _DIGITS))}

    def region(self, bounds: ProbabilityBounds, facts: Facts = NO_FACTS) -> Region | None:
        """None where the image's error exceeds ``error``, or is not known, or p is too low."""
        return self._region(bounds) if self._held(facts) else None

    def region_then(self, bounds: ProbabilityBounds, facts: Facts = NO_FACTS) -> Region | None:
        """What was claimed of the unchanged image alone, where p_lower is above one half."""
        left = against_half(bounds)
        return self.within(self._far(left) if self._held(facts) else 0.0) if left < 0.5 else None

    def utmost(self, bounds: ProbabilityBounds) -> Region | None:
        """For an image whose error is small enough."""
        return self._region(bounds)

    def _held(self, facts: Facts) -> bool:
        known = facts.get(ERROR)
        return isinstance(known, float) and known <= self.error

    def _region(self, bounds: ProbabilityBounds) -> Region | None:
        far = self._far(against_half(bounds))
        return self.within(far) if far >= LEAST else None

    def _far(self, left: float) -> float:
        """The end of the region where all else has probability ``left`` at most."""
        from engine.certificates.nested import reach  # deferred: SciPy

        far = reach(left, self.error / self.sigma, self.rarely) * self.outer
        return min(far * (1.0 - 2.0**-40), self.furthest)

    def required_probability(self, perturbation: Perturbation, facts: Facts = NO_FACTS) -> float:
        """Phi(sqrt((g / sigma_gamma)^2 + (error / sigma)^2)) + rho, for the least g at least."""
        moved, known = self.size(perturbation), facts.get(ERROR, 0.0)
        if moved >= self.furthest or not isinstance(known, float) or known > self.error:
            return IMPOSSIBLE
        return self._needed(self.error, moved)

    def _needed(self, error: float, moved: float = 0.0) -> float:
        from engine.certificates.nested import required  # deferred as above

        return required(max(moved, LEAST) / self.outer, error / self.sigma, self.rarely)

    def least_in_words(self) -> str:
        """The p_lower that the least region needs."""
        return f"the {_p_lower(self._needed(self.error))} that any change needs under this scheme"

    def shortfall_in_words(self, facts: Facts = NO_FACTS) -> str:
        """The p_lower that is needed, or that the image's error is too large for any."""
        known = facts.get(ERROR)
        if isinstance(known, float) and not self._held(facts):
            return (
                f"and no number of them would make a certificate: {self._too_large(known)}. "
                f"p lower has to exceed {_p_lower(self._needed(known))} once an error as large as "
                "this is declared, with the other parameters as they are."
            )
        return (
            "so its probability under the noise is probably not above "
            f"{self.least_in_words()} (an error of {exact(self.error)} and sigma {self.sigma:g}). "
            "More samples will not help; a model trained with this noise, a larger sigma or a "
            "smaller error may."
        )

    def rule_in_words(self) -> str:
        """The p_lower that any change needs."""
        return (
            "The statement is made only if p lower exceeds what the error of interpolation takes, "
            f"{_p_lower(self._needed(self.error))}, and the image keeps to that error."
        )

    def over_a_set(self, facts: Sequence[Facts], alpha: float) -> tuple[str, ...]:
        """The distributional guarantee of Fischer et al., for images that are received changed.

        It needs the error of the clean image, which is not there any more: what is known of it is
        a Clopper-Pearson bound on the share of the population that keeps to ``error``.
        """
        from engine.bounds.clopper_pearson import lower  # deferred: SciPy

        kept = sum(isinstance(e := one.get(ERROR), float) and e <= self.error for one in facts)
        share = round_down(100 * lower(kept, len(facts), alpha), 2)
        return (
            f"Distributional guarantee: {kept:,} of {len(facts):,} clean images keep to the "
            f"interpolation error of {exact(self.error)}, and so do at least {share} % of the "
            f"population (confidence {confidence_percent(alpha)} %, if the images are a random "
            "draw from it). Of an image of this population that is received already changed, by "
            "less than its own votes certify, the prediction is that of the clean image, unless "
            "the clean image is one of the others; such a claim fails with a probability of "
            f"alpha + {exact(alpha)}, the sum of both parts.",
        )

    def rests_on(self, facts: Facts) -> tuple[tuple[str, str, str], ...]:
        """The error of interpolation, and what it adds to the probability of failure."""
        known = facts.get(ERROR)
        if not isinstance(known, float):
            return ()
        rare = (
            f", but for rotations of probability {exact(self.rarely)} (rho)" if self.rarely else ""
        )
        cost = "; rho is taken off p lower" if self.rarely else ""
        return (
            (
                "interpolation error",
                f"at most {round_up(known, 4)}",
                f"l2 norm, bounded for this clean image{rare}; declared: at most "
                f"{exact(self.error)}",
            ),
            (
                "failure probability",
                "alpha alone",
                f"the error is bounded and not estimated, which costs none{cost}",
            ),
        )

    def remarks(self, facts: Facts) -> tuple[str, ...]:
        """Why no change is certified, where the error is too large."""
        known = facts.get(ERROR)
        if not isinstance(known, float) or known <= self.error:
            return ()
        first = self._too_large(known)
        return (
            f"{first[:1].upper()}{first[1:]}, so that no change of it is certified: declare a "
            "larger error (and a larger sigma), or a stronger low-pass filter. That is a new try.",
        )

    def _too_large(self, known: float) -> str:
        return (
            f"interpolating this image twice may change it by up to {round_up(known, 3)} in l2 "
            f"norm, more than the error of {exact(self.error)} that was declared"
        )


def _p_lower(needed: float) -> str:
    """Rounded up; 1 or more is out of reach."""
    return str(round_up(needed, 4)) if needed < 1 else "1"


def filtered_images(images: torch.Tensor, low_pass: float, *, wrapped: bool) -> torch.Tensor:
    """Images (B, C, H, W) after the filter, worked out in float64 and rounded to float32."""
    import torch  # deferred: the window lists schemes before torch loads

    from engine.transforms.low_pass import low_pass as matrix

    if not low_pass:
        return images
    rows, columns = (
        torch.from_numpy(matrix(side, low_pass, wrapped=wrapped)).to(images.device)
        for side in images.shape[-2:]
    )
    return (rows @ images.to(torch.float64) @ columns.T).to(torch.float32)
