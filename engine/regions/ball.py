"""A ball: every change with a norm below the radius."""

from __future__ import annotations

from typing import Literal

from engine.core.records import Record
from engine.core.rounding import round_down
from engine.regions.base import Perturbation


class Ball(Record):
    """All perturbations with norm strictly below ``radius``.

    Attributes:
        norm: ``l1``, ``l2`` or ``linf``.
        radius: full precision; round down before showing it.
        unit: of what the norm is taken, e.g. ``pixels in [0,1]``.
        closed: whether a change of exactly ``radius`` is certified too (discrete noise).
    """

    kind: Literal["ball"] = "ball"
    norm: Literal["l1", "l2", "linf"]
    radius: float
    unit: str
    closed: bool = False

    @property
    def holds_changes(self) -> bool:
        """Whether anything but the unchanged input is certified."""
        return self.radius > 0

    def contains(self, perturbation: Perturbation) -> bool:
        """Whether a perturbation of norm ``perturbation["radius"]`` is certified."""
        size = perturbation["radius"]
        return size == 0.0 or size < self.radius or (self.closed and size == self.radius)

    def clause(self, subject: str) -> str:
        """The certified set in words, e.g. ``no change of this image with l2 norm below 0.470``."""
        shown = round_down(self.radius, 3)
        reach = "at most" if self.closed else "below"
        return (
            f"no change of this {subject} with {self.norm} norm {reach} {shown} (all {self.unit})"
        )

    def headline(self) -> str:
        """The one number on screen, rounded down."""
        return f"R = {round_down(self.radius, 3)}"

    def note(self) -> str:
        """What the headline's number is measured in."""
        return f"{self.norm} norm, {self.unit}"
