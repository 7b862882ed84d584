"""Translation by nested smoothing: random shifts outside, Gaussian noise on the pixels inside."""

from __future__ import annotations

import math
from typing import Any, ClassVar

import numpy as np
import numpy.typing as npt

from engine.regions import Perturbation
from engine.schemes.nested import Nested
from engine.schemes.random_shift import RandomShift
from engine.transforms.low_pass import filtered, low_pass

SLACK = 2.0**-20
"""Of the largest value, in every number: four roundings to single precision."""


class NestedTranslation(RandomShift, Nested):
    """Shifts of the clean image by any fraction of a pixel, wrapped around (:class:`Nested`).

    Two shifts after one another differ from the one by their sum by what is interpolated twice.
    Along one side, at frequency w and with fractions a and c, that is a c |1 - e^-iw|^2 (where
    a + c > 1: (1 - a)(1 - c)), at most sin^2(w / 2). Both sides together give, for all shifts at
    once, ||err||_2 <= ||L Delta x||_2 / 4, with Delta the difference of a pixel's four neighbours
    from four times itself: rho is 0 and there is no largest shift.
    """

    key: ClassVar[str] = "nested-translation"
    title: ClassVar[str] = "Translation by fractions, by nested smoothing"
    attacker: ClassVar[str] = (
        "shift the clean image by any fraction of a pixel, l2 norm below R, so that what leaves at "
        "one side comes in at the other"
    )
    limits: ClassVar[tuple[str, ...]] = (
        "It is about shifts of this clean image, whose interpolation error is bounded: of an image "
        "that was received already shifted it says nothing.",
        "What leaves the image at one side comes in at the other, by bilinear interpolation and "
        "not rounded to 8 bits: it says nothing about a shift that brings in black or other parts "
        "of the scene.",
        "Random shift and low-pass filter are part of the smoothed classifier.",
    )

    @property
    def furthest(self) -> float:
        """There is none."""
        return math.inf

    def bounded(self, image: npt.NDArray[Any]) -> float:
        """||L Delta x||_2 / 4, for all shifts."""
        pixels = np.asarray(image, dtype=np.float64)
        near = sum(np.roll(pixels, by, axis) for axis in (-2, -1) for by in (-1, 1))
        rows, columns = (low_pass(side, self.low_pass, wrapped=True) for side in pixels.shape[-2:])
        norm = float(np.linalg.norm(filtered(near - 4 * pixels, rows, columns))) / 4
        slack = SLACK * math.sqrt(pixels.size) * float(np.abs(pixels).max())
        return norm * (1.0 + 1e-9) + slack

    def size(self, perturbation: Perturbation) -> float:
        """The norm."""
        return perturbation["shift"]
