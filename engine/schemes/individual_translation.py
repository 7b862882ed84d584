"""Translation by nested smoothing, of the received image alone: the clean one is not needed."""

from __future__ import annotations

import math
from typing import Any, ClassVar, Literal

import numpy as np
import numpy.typing as npt
from pydantic import Field

from engine.certificates.received import received_error
from engine.regions import Amount, Region
from engine.schemes.nested_translation import SLACK, NestedTranslation
from engine.schemes.random_shift import NORM, UNIT
from engine.schemes.received import ROUNDING, Received
from engine.transforms.low_pass import low_pass


class Undone(Amount):
    """All shifts of a clean image, below an amount, that may have made the received one."""

    kind: Literal["undone"] = "undone"  # type: ignore[assignment]  # the name is that of the class

    def clause(self, subject: str) -> str:
        """``no shift below 0.812 pixels, by which this image was made of a clean one,``."""
        return (
            f"no shift below {self._end()} ({self.unit}), by which this {subject} was made of a "
            "clean one,"
        )


class IndividualTranslation(Received, NestedTranslation):
    """Shifts that an image was received with, undone (:class:`NestedTranslation`).

    The prediction of the received image is that of every clean image, of numbers in [0, 1], from
    which a shift below R and rounding to 8 bits may have made it. What interpolating twice changes
    is bounded over all of these (``certificates.received``), from the received image alone:
    IndivSPT of Fischer et al.
    """

    key: ClassVar[str] = "individual-translation"
    title: ClassVar[str] = "Translation by fractions, of the received image alone"
    attacker: ClassVar[str] = (
        "have shifted the clean image, before it was received, by any fraction of a pixel, l2 norm "
        "below R, so that what leaves at one side comes in at the other"
    )
    region_type: ClassVar[type[Region]] = Undone
    change: ClassVar[str] = "a shift"
    limits: ClassVar[tuple[str, ...]] = (
        "The clean image is one of numbers in [0, 1], shifted by bilinear interpolation, wrapped "
        "around, then rounded to 8 bits or not at all: it says nothing about a shift that brings "
        "in black or other parts of the scene, nor about other interpolation.",
        "Random shift and low-pass filter are part of the smoothed classifier.",
    )

    reach: float = Field(
        default=1.0,
        gt=0,
        le=100,
        title="reach",
        description="largest shift for which the error is bounded; below half a pixel that makes "
        "it smaller",
        json_schema_extra={"unit": UNIT, "step": 0.25, "noise": False},
    )

    @property
    def furthest(self) -> float:
        """The reach."""
        return self.reach

    def bounded(self, image: npt.NDArray[Any]) -> float:
        """Over all clean images and shifts up to the reach."""
        rows, columns = (low_pass(side, self.low_pass, wrapped=True) for side in image.shape[-2:])
        largest = max(1.0, float(np.abs(image).max()))
        slack = SLACK * math.sqrt(image.size) * largest
        return received_error(image, (rows, columns), self.reach, ROUNDING) + slack

    def within(self, reach: float) -> Undone:
        """In any direction."""
        return Undone(term="shift", upper=reach, unit=NORM)
