"""Rotation by nested smoothing: random rotations outside, Gaussian noise on the pixels inside."""

from __future__ import annotations

import functools
from collections.abc import Iterable
from typing import Any, ClassVar

import numpy as np
import numpy.typing as npt
from pydantic import Field

from engine.core.errors import UserError
from engine.core.records import InputIdentity
from engine.regions import Perturbation
from engine.schemes.nested import Nested
from engine.schemes.random_turn import UNIT, RandomTurn, Rotations
from engine.transforms.composed import QUARTER, Cell, composed
from engine.transforms.low_pass import low_pass

LEAST_SIDE = 3
_UP = 1.0 + 1e-9


class NestedRotation(RandomTurn, Nested):
    """Rotations of the clean image, all of them below an angle (:class:`Nested`).

    T_t turns the image about its centre by t degrees, by bilinear interpolation on the inscribed
    disc. Its error is bounded for cells of outer angles that cover the circle
    (``engine.transforms.composed``), and rho is the probability of those left out: nothing is
    sampled, and no error probability is spent on it.
    """

    key: ClassVar[str] = "nested-rotation"
    title: ClassVar[str] = "Rotation, by nested smoothing"
    attacker: ClassVar[str] = "rotate the clean image about its centre by any angle below R"
    most_side: ClassVar[int] = 64
    limits: ClassVar[tuple[str, ...]] = (
        "It is about rotations of this clean image, whose interpolation error is bounded: of an "
        "image that was received already rotated it says nothing.",
        "The rotation is bilinear, on the inscribed disc, and not rounded to 8 bits: it says "
        "nothing about other interpolation, nor about the corners of the image.",
        "Random rotation and low-pass filter are part of the smoothed classifier.",
    )

    reach: float = Field(
        default=30.0,
        ge=1,
        le=180,
        title="reach",
        description="largest rotation for which the error is bounded; none beyond is certified",
        json_schema_extra={"unit": UNIT, "step": 5.0, "noise": False},
    )
    rho: float = Field(
        default=0.001,
        ge=0,
        le=0.4,
        title="rho",
        description="probability, over the random rotation, that the error may be larger",
        json_schema_extra={"step": 0.001, "advanced": True, "noise": False},
    )

    @property
    def furthest(self) -> float:
        """The reach."""
        return self.reach

    @property
    def rarely(self) -> float:
        """The share of outer angles left out."""
        return self.rho

    def check_input(self, given: InputIdentity) -> None:
        """Refuse what cannot be turned into itself, or would take hours to bound."""
        height, width = given.shape[-2:]
        size = f"this one has {width} by {height} pixels"
        if height != width:
            raise UserError(
                f"{self.key} takes square images, which a quarter turn maps to themselves; {size}."
            )
        if not LEAST_SIDE <= height <= self.most_side:
            raise UserError(
                f"{self.key} takes images of {LEAST_SIDE} to {self.most_side} pixels a side, since "
                f"the error of larger ones would take hours to bound; {size}."
            )

    def bounded(self, image: npt.NDArray[Any]) -> float:
        """The error that all outer angles but a share of rho keep to."""
        pixels = np.ascontiguousarray(image, dtype=np.float32)
        known = self.sigma_gamma, self.reach, self.low_pass, self.error, self.rho
        return _bounded(pixels.tobytes(), pixels.shape, *known)

    def within(self, reach: float) -> Rotations:
        """Either way."""
        return Rotations(term="rotation", lower=-reach, upper=reach, unit=UNIT)

    def size(self, perturbation: Perturbation) -> float:
        """Either way."""
        return abs(perturbation["rotation"])


@functools.lru_cache(maxsize=16)
def _bounded(
    pixels: bytes,
    shape: tuple[int, ...],
    sigma: float,
    reach: float,
    spread: float,
    enough: float,
    rho: float,
) -> float:
    """A run, its picture and its verification ask for the same bound."""
    image = np.frombuffer(pixels, dtype=np.float32).reshape(shape)
    matrix = low_pass(shape[-1], spread)
    return kept_to(composed(image, reach, (matrix, matrix), enough), sigma, rho)


def kept_to(cells: Iterable[Cell], sigma: float, rho: float) -> float:
    """The error that all angles b ~ N(0, sigma^2) but a share of rho keep to, by quarter turns."""
    left = rho
    for cell in sorted(cells, key=lambda one: -one.error):
        left -= _share(cell.low, cell.high, sigma)
        if left < 0:
            return cell.error
    return 0.0


def _share(low: float, high: float, sigma: float) -> float:
    """The probability that N(0, sigma^2) lies in an interval, or in one by quarter turns away."""
    from scipy.special import ndtr  # deferred: the window lists schemes before scipy loads

    turns = QUARTER * np.arange(-8, 9)
    found = float((ndtr((high + turns) / sigma) - ndtr((low + turns) / sigma)).sum())
    return found * _UP + 1e-12
