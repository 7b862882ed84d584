"""A small image under shifts: a plane of displacements, smoothed by the scheme ``translation``.

The image is moved by whole pixels, and what leaves at one side comes in at the other. Noise is
round(sigma Z) in each direction: in a plane whose cells are the squares around whole displacements
that is Gaussian noise, and the class of a cell is the class of the image so moved.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np
import numpy.typing as npt

from engine.core.records import ProbabilityBounds
from engine.demos.data import digits
from engine.playground.base_classifier import Weights, fitted_weights, scores
from engine.playground.laws import GaussianPlane
from engine.playground.plane import Plane
from engine.playground.scenes import Numbers, Points
from engine.regions import Amount, Ball
from engine.schemes.base import Scheme
from engine.schemes.translation import Translation

SIDE = 11
"""Pixels of the image: a digit of 8 by 8 with black around it."""
DIGITS = (3, 7, 8)
"""The classes."""
EXAMPLE = 10
"""Which held-out scan of a three is shown."""
_EACH, _STEPS, _SPREAD = 60, 150, 1.0
"""Scans of each class, steps of training, and the deviation of its shifts in pixels."""


class ShiftPlane(GaussianPlane):
    """Shifts by round(sigma Z) pixels."""

    key: ClassVar[str] = "Gaussian shift"

    @property
    def title(self) -> str:
        """Noise and shape."""
        return "Gaussian shift, whole pixels"

    def scheme(self, sigma: float) -> Scheme:
        """Li et al., CCS 2021."""
        return Translation(sigma=sigma)

    def region(self, sigma: float, bounds: ProbabilityBounds) -> Ball | None:
        """All whole shifts of an l2 norm below the radius."""
        found = self.scheme(sigma).region(bounds)
        if not isinstance(found, Amount) or found.upper is None or found.upper <= 0:
            return None
        return Ball(norm="l2", radius=found.upper, unit="pixels")


SHIFTS = ShiftPlane("l2")


@dataclass(frozen=True, eq=False)
class ShiftedImage:
    """An image and what a classifier says of all its shifts.

    Attributes:
        image: (11, 11), from 0 to 1.
        plane: f by displacement: to the right, and up.
        points: the image itself, unmoved, with its label.
    """

    image: npt.NDArray[np.float32]
    plane: Plane
    points: Points

    def moved(self, by: tuple[float, float]) -> npt.NDArray[np.float32]:
        """The image moved to the right and up by whole pixels; halves are rounded up."""
        right, up = (int(np.floor(part + 0.5)) for part in by)
        return np.roll(self.image, (-up, right), axis=(0, 1))


def shifted_image(*, seed: int = 1) -> ShiftedImage:
    """A held-out three, and a network trained in the moment on scans of 3, 7 and 8.

    Training moves every scan by round(N(0, 1)) pixels in each direction, so that large shifts are
    foreign to it.
    """
    found, parts = digits.load_digits(), digits.split()
    chosen = [
        [index for index in parts["train"] if found.labels[index] == digit][:_EACH]
        for digit in DIGITS
    ]
    images = np.stack([_padded(found.pixels[index]) for group in chosen for index in group])
    labels = np.repeat(np.arange(len(DIGITS), dtype=np.int16), [len(group) for group in chosen])

    def moved(rng: np.random.Generator) -> Numbers:
        steps = np.rint(rng.normal(0.0, _SPREAD, (len(images), 2))).astype(int)
        rows = (np.arange(SIDE) - steps[:, :1]) % SIDE
        columns = (np.arange(SIDE) - steps[:, 1:]) % SIDE
        which = np.arange(len(images))[:, None, None]
        found = images[which, rows[:, :, None], columns[:, None, :]]
        return np.asarray(found.reshape(len(images), -1))

    weights = fitted_weights(moved, labels, len(DIGITS), ins=SIDE * SIDE, seed=seed, steps=_STEPS)
    held = [index for index in parts["test"] if found.labels[index] == DIGITS[0]]
    image = _padded(found.pixels[held[EXAMPLE]])
    names = tuple(str(digit) for digit in DIGITS)
    plane = Plane(_table(weights, image), SIDE / 2, names, periodic=True)
    points = Points(np.zeros((1, 2)), np.zeros(1, np.int16), len(DIGITS), names)
    return ShiftedImage(image.astype(np.float32), plane, points)


def nearest_shift(
    plane: Plane, sigma: float, at: tuple[float, float]
) -> tuple[float, float] | None:
    """The nearest whole displacement at which g differs, by trying all; None where none does."""
    half = len(plane.cells) // 2
    side = np.arange(-half, half + 1, dtype=np.float64)
    moves = np.stack(np.meshgrid(side, side), axis=-1).reshape(-1, 2)
    own = plane.smoothed(SHIFTS, sigma, np.array([at]))[0]
    other = moves[plane.smoothed(SHIFTS, sigma, moves + at) != own]
    if not len(other):
        return None
    right, up = other[np.argmin(SHIFTS.size(other))]
    return at[0] + float(right), at[1] + float(up)


def _padded(pixels: npt.NDArray[np.float32]) -> Numbers:
    """A scan (1, 8, 8) in the middle of a black square."""
    before = (SIDE - pixels.shape[-1]) // 2
    after = SIDE - pixels.shape[-1] - before
    return np.pad(pixels[0].astype(np.float64), ((before, after), (before, after)))


def _table(weights: Weights, image: Numbers) -> npt.NDArray[np.int16]:
    half = SIDE // 2
    moved = np.stack(
        [
            np.roll(image, (-up, right), axis=(0, 1)).ravel()
            for up in range(-half, half + 1)
            for right in range(-half, half + 1)
        ]
    )
    return np.asarray(scores(weights, moved).argmax(axis=1).astype(np.int16).reshape(SIDE, SIDE))
