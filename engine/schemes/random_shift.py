"""Random shifts of an image by any fraction of a pixel: their law, and what such schemes share."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np
import numpy.typing as npt
from pydantic import Field

from engine.noise.law import PROBED, Arrays, Numbers, Probe
from engine.noise.normals import normals
from engine.regions import Amount, Perturbation, Region, Term
from engine.schemes.base import Scheme
from engine.schemes.nested import MovedThenNoised

if TYPE_CHECKING:
    import torch

    from engine.noise.gaussian import NoiseSource

UNIT = "pixels"
NORM = "l2 norm in pixels, any fraction, wrapped around"
SHIFT = 1
"""Lane of the shift."""
_WAVES = 13.0
"""Standard deviations of a shift that a wave must be longer than to show it."""


@dataclass(frozen=True)
class ShiftedThenNoised(MovedThenNoised):
    """Shifted by b ~ N(0, sigma_gamma^2 I) pixels, filtered, noised (:class:`MovedThenNoised`).

    b = sigma_gamma Phi^-1(u) with u from 63 bits in each direction; the shift is bilinear, wrapped
    around.
    """

    generator: ClassVar[str] = "philox4x32-10/shift-normal-inverse-f64, then box-muller-f32"
    movement: ClassVar[str] = "Gaussian shift by fractions"
    unit: ClassVar[str] = UNIT
    wrapped: ClassVar[bool] = True

    def moved(self, x: torch.Tensor, source: NoiseSource, start: int, count: int) -> torch.Tensor:
        """Shifted, each by its own amounts."""
        shifts = normals(source.uniform63(count, 2, start=start, lane=SHIFT))
        return shifted(x, shifts.mul_(self.sigma_gamma))

    def in_words(self) -> str:
        """Both levels, and the filter between them."""
        return self.then_noised(
            f"one Gaussian shift, sigma {self.sigma_gamma:g} ({UNIT}, fractions too), wrapped "
            "around"
        )

    def probes(self) -> tuple[Probe, ...]:
        """A wave down and one across, which show the shift, and a black image for the noise."""
        from engine.noise.statistical_tests import normal_law  # deferred: SciPy

        shifting = replace(self, sigma=0.0)
        side = max(16, math.ceil(_WAVES * max(1.0, self.sigma_gamma)))
        wave = np.cos(2 * np.pi * np.arange(side) / side).astype(np.float32)
        many = max(PROBED, PROBED * PROBED // side)
        found = []
        for image, way in ((wave[None, :, None], "down"), (wave[None, None], "across")):
            law = replace(normal_law(), name=f"shift {way}")
            found.append(Probe(shifting, (image,), image.shape, self._shifts, law, many))
        return (*found, self.of_pixels())

    def _shifts(self, out: Arrays) -> Numbers:
        """How far the wave went, in standard deviations, from its phase.

        The phase of a wave between two whole shifts is not linear in the fraction: it is that of
        a point on the chord between two points of the circle.
        """
        shown = out[0].reshape(len(out[0]), -1).astype(np.float64)
        side = shown.shape[1]
        each = 2 * np.pi / side
        phase = np.mod(-np.angle(np.fft.fft(shown, axis=1)[:, 1]), 2 * np.pi)
        whole = np.floor(phase / each)
        rest = phase - whole * each
        part = np.sin(rest) / (np.sin(rest) + np.sin(each - rest))
        far = np.mod(whole + part + side / 2, side) - side / 2
        return np.asarray(far[:, None] / self.sigma_gamma)


def shifted(images: torch.Tensor, shifts: torch.Tensor) -> torch.Tensor:
    """Images (B or 1, C, H, W), each moved by its own (down, right), wrapped around, bilinear.

    Args:
        images: of any type; worked out in float64 and rounded to it.
        shifts: (B, 2) float64 pixels.
    """
    import torch  # deferred: the window lists schemes before torch loads

    whole = shifts.floor()
    found = images.to(torch.float64).expand(len(shifts), -1, -1, -1)
    for axis, (steps, parts) in enumerate(zip(whole.T, (shifts - whole).T, strict=True), start=2):
        side = found.shape[axis]
        places = torch.arange(side, device=images.device) - steps[:, None].long()
        shape = [len(shifts), 1, 1, 1]
        shape[axis] = side
        near, far = (
            found.gather(axis, ((places - by) % side).view(shape).expand_as(found)) for by in (0, 1)
        )
        share = parts.view(-1, 1, 1, 1)
        found = near * (1 - share) + far * share
    return found.to(images.dtype)


class RandomShift(Scheme):
    """One Gaussian shift of the whole image, then every pixel: what depends on the shift alone."""

    if TYPE_CHECKING:  # fields of the classes that this one is mixed into
        sigma: float = 0.25
        low_pass: float = 1.0

    region_type: ClassVar[type[Region]] = Amount
    terms: ClassVar[Mapping[str, Term]] = {"shift": Term("l2 norm of the shift", UNIT)}

    sigma_gamma: float = Field(
        default=1.5,
        ge=0.1,
        le=30,
        title="sigma of the shift",
        description="standard deviation of the random shift in each direction",
        json_schema_extra={"unit": UNIT, "step": 0.5, "slider": [0.5, 10.0, 0.5]},
    )

    @property
    def outer(self) -> float:
        """In pixels."""
        return self.sigma_gamma

    def noise(self) -> ShiftedThenNoised:
        """One shift of the whole image, then every pixel."""
        return ShiftedThenNoised(self.sigma_gamma, self.sigma, self.low_pass)

    def transformed(self, x: npt.NDArray[Any], moves: Perturbation) -> npt.NDArray[Any]:
        """The image shifted to the right."""
        return self.shifted(x, moves)

    def shifted(
        self, x: npt.NDArray[Any], moves: Perturbation, angle: float = 0.0
    ) -> npt.NDArray[Any]:
        """The image shifted to the right, or downwards by an angle from there, in radians."""
        import torch  # deferred as above

        size = moves["shift"]
        way = [[size * math.sin(angle), size * math.cos(angle)]]
        shifts = torch.tensor(way, dtype=torch.float64)
        return np.asarray(shifted(torch.from_numpy(x)[None], shifts)[0].numpy())

    def within(self, reach: float) -> Amount:
        """In any direction."""
        return Amount(term="shift", upper=reach, unit=NORM)
