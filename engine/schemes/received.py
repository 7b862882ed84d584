"""Nested smoothing of an image that was received changed: what its schemes share."""

from __future__ import annotations

from abc import ABC
from collections.abc import Sequence
from typing import ClassVar

from engine.schemes.base import Facts, Guarantee
from engine.schemes.nested import Nested

ROUNDING = 1.0 / 510 + 2.0**-24
"""Half a step of 8 bits, and of single precision."""


class Received(Nested, ABC):
    """About every clean image that the received one may have been made of (IndivSPT).

    The error is bounded over all of these and over all changes up to the reach, from the received
    image alone, so that the guarantee is of this image and rests on no estimate.
    """

    guarantee: ClassVar[Guarantee] = "individual"
    change: ClassVar[str]
    """What the received image may be: ``a shift``."""

    def over_a_set(self, facts: Sequence[Facts], alpha: float) -> tuple[str, ...]:
        """Nothing: each image has a guarantee of its own."""
        del facts, alpha
        return ()

    def rests_on(self, facts: Facts) -> tuple[tuple[str, str, str], ...]:
        """The bound over all clean images."""
        return tuple(
            (name, value, note.replace("for this clean image", "over all clean images"))
            for name, value, note in super().rests_on(facts)
        )

    def _too_large(self, known: float) -> str:
        said = f"interpolating a clean image twice, of which this one may be {self.change},"
        return super()._too_large(known).replace("interpolating this image twice", said)
