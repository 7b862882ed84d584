"""Nested smoothing over an interpolated transformation: what its schemes share.

Fischer, Baader & Vechev, NeurIPS 2020, with both noises drawn together
(:mod:`engine.certificates.nested`) and the error of interpolation bounded for the image at hand.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, ClassVar

import numpy.typing as npt
from pydantic import Field

from engine.core.records import ProbabilityBounds
from engine.core.rounding import confidence_percent, round_down, round_up
from engine.regions import Perturbation, Region
from engine.schemes.base import IMPOSSIBLE, NO_FACTS, Facts, Family, Guarantee, Scheme
from engine.schemes.parameter_fields import PIXELS, sigma_field
from engine.schemes.semantic import against_half

if TYPE_CHECKING:
    import torch

ERROR = "interpolation_error"
"""The fact that a certificate rests on."""
_DIGITS = 6


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
        json_schema_extra={"unit": PIXELS, "step": 0.05},
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
        """No change but none where the image's error exceeds ``error``, or is not known."""
        known = facts.get(ERROR)
        held = isinstance(known, float) and known <= self.error
        return self._region(bounds, held=held)

    def utmost(self, bounds: ProbabilityBounds) -> Region | None:
        """For an image whose error is small enough."""
        return self._region(bounds, held=True)

    def _region(self, bounds: ProbabilityBounds, *, held: bool) -> Region | None:
        from engine.certificates.nested import reach  # deferred: SciPy

        left = against_half(bounds)
        if left >= 0.5:
            return None
        far = reach(left, self.error / self.sigma, self.rarely) * self.outer if held else 0.0
        return self.within(min(far * (1.0 - 2.0**-40), self.furthest))

    def required_probability(self, perturbation: Perturbation, facts: Facts = NO_FACTS) -> float:
        """Phi(sqrt((g / sigma_gamma)^2 + (error / sigma)^2)) + rho."""
        from engine.certificates.nested import required  # deferred as above

        moved, known = self.size(perturbation), facts.get(ERROR, 0.0)
        if moved and (moved >= self.furthest or not isinstance(known, float) or known > self.error):
            return IMPOSSIBLE
        return required(moved / self.outer, self.error / self.sigma, self.rarely)

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
            f"interpolation error of {self.error:g}, and so do at least {share} % of the "
            f"population (confidence {confidence_percent(alpha)} %, if the images are a random "
            "draw from it). Of an image of this population that is received already changed, by "
            "less than its own votes certify, the prediction is that of the clean image, unless "
            "the clean image is one of the others; such a claim fails with a probability of "
            f"alpha + {alpha:g}, the sum of both parts.",
        )

    def rests_on(self, facts: Facts) -> tuple[tuple[str, str, str], ...]:
        """The error of interpolation, and what it adds to the probability of failure."""
        known = facts.get(ERROR)
        if not isinstance(known, float):
            return ()
        rare = f", but for rotations of probability {self.rarely:g} (rho)" if self.rarely else ""
        cost = "; rho is taken off p lower" if self.rarely else ""
        return (
            (
                "interpolation error",
                f"at most {round_up(known, 4)}",
                f"l2 norm, bounded for this clean image{rare}; declared: at most {self.error:g}",
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
        return (
            f"Interpolating this image twice may change it by up to {round_up(known, 3)} in l2 "
            f"norm, more than the error of {self.error:g} that was declared, so that no change of "
            "it is certified: declare a larger error (and a larger sigma), or a stronger low-pass "
            "filter. That is a new try.",
        )


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


def normals(words: torch.Tensor) -> torch.Tensor:
    """Standard normals in float64 from integers that are uniform in [0, 2^63)."""
    import torch  # deferred as above

    shares = (words.to(torch.float64) + 0.5).mul_(2.0**-63).clamp_(max=1 - 2.0**-53)
    found: torch.Tensor = torch.special.ndtri(shares)
    return found
