"""Rotation by nested smoothing, of the received image alone: the clean one is not needed."""

from __future__ import annotations

import functools
import math
from typing import Any, ClassVar, Literal

import numpy as np
import numpy.typing as npt
from pydantic import Field

from engine.core.errors import UserError
from engine.core.rounding import round_down
from engine.regions import Region
from engine.schemes.nested_rotation import NestedRotation, kept_to
from engine.schemes.random_turn import DIGITS, UNIT, Rotations
from engine.schemes.received import ROUNDING, Received
from engine.transforms.received import received


class Unturned(Rotations):
    """All rotations of a clean image, strictly between two angles, that may have made this one."""

    kind: Literal["unturned"] = "unturned"  # type: ignore[assignment]

    def clause(self, subject: str) -> str:
        """``no rotation between -2.5 and +2.5 degrees, by which this image was made of ...``."""
        low, high = round_down(abs(self.lower), DIGITS), round_down(self.upper, DIGITS)
        return (
            f"no rotation between -{low} and +{high} {self.unit}, by which the inscribed disc of "
            f"this {subject} was made of a clean one,"
        )


class IndividualRotation(Received, NestedRotation):
    """Rotations that an image was received with, undone (:class:`NestedRotation`).

    The prediction of the received image is that of every clean image, of numbers in [0, 1] and
    black outside of the inscribed disc, from which a rotation below R and rounding to 8 bits may
    have made the disc of the received one. What interpolating twice changes is bounded over all of
    these (``transforms.received``), from the received image alone: IndivSPT of Fischer et al.
    """

    key: ClassVar[str] = "individual-rotation"
    title: ClassVar[str] = "Rotation, of the received image alone"
    attacker: ClassVar[str] = (
        "have rotated the clean image about its centre, before it was received, by any angle below "
        "R"
    )
    region_type: ClassVar[type[Region]] = Unturned
    change: ClassVar[str] = "a rotation"
    most_side: ClassVar[int] = 32
    limits: ClassVar[tuple[str, ...]] = (
        "The clean image is one of numbers in [0, 1], black outside of the inscribed disc, rotated "
        "by bilinear interpolation on that disc, then rounded to 8 bits or not at all: it says "
        "nothing about other interpolation, nor about images whose corners were turned in.",
        "Random rotation and low-pass filter are part of the smoothed classifier.",
    )

    reach: float = Field(
        default=3.0,
        gt=0,
        le=45,
        title="reach",
        description="largest rotation for which the error is bounded; a smaller one makes it "
        "smaller, and takes less time",
        json_schema_extra={"unit": UNIT, "step": 1.0, "noise": False},
    )

    def bounded(self, image: npt.NDArray[Any]) -> float:
        """Over all clean images and rotations up to the reach."""
        pixels = np.ascontiguousarray(image, dtype=np.float32)
        known = self.sigma_gamma, self.reach, self.low_pass, self.rho
        found = _bounded(pixels.tobytes(), pixels.shape, *known)
        if found == math.inf:
            raise UserError(
                f"{self.key}: no image of numbers in [0, 1] gives this one by a rotation of "
                f"at most {self.reach:g} degrees; give an image whose numbers lie in [0, 1]."
            )
        return found

    def within(self, reach: float) -> Unturned:
        """Either way."""
        return Unturned(term="rotation", lower=-reach, upper=reach, unit=UNIT)


@functools.lru_cache(maxsize=16)
def _bounded(
    pixels: bytes, shape: tuple[int, ...], sigma: float, reach: float, spread: float, rho: float
) -> float:
    """A run, its picture and its verification ask for the same bound."""
    image = np.frombuffer(pixels, dtype=np.float32).reshape(shape)
    return kept_to(received(image, reach, spread, ROUNDING), sigma, rho)
