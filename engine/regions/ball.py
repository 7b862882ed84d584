"""A ball: every change with a norm below the radius."""

from __future__ import annotations

from typing import ClassVar, Literal

from engine.core.rounding import round_down
from engine.regions.base import Perturbation
from engine.regions.conversion import Conversion
from engine.regions.region import Budget, Norm, Region


class Ball(Region):
    """All perturbations with norm strictly below ``radius``.

    Attributes:
        norm: ``l1``, ``l2`` or ``linf``.
        radius: full precision; round down before showing it.
        unit: of what the norm is taken, e.g. ``pixels in [0,1]``.
        closed: whether a change of exactly ``radius`` is certified too (discrete noise).
    """

    kind: Literal["ball"] = "ball"
    norm: Norm
    radius: float
    unit: str
    closed: bool = False

    picture: ClassVar[str] = "slice"
    measured: ClassVar[str] = "radius"

    @property
    def terms(self) -> tuple[str, ...]:
        """The norm of a change."""
        return ("radius",)

    @property
    def certified_radius(self) -> float:
        """The radius."""
        return self.radius

    @property
    def certified_norm(self) -> Norm:
        """The norm."""
        return self.norm

    def furthest(self, term: str, sign: int = 1) -> float:
        """The radius; norms are not negative."""
        return self.radius if sign > 0 else 0.0

    def changes(self) -> tuple[Perturbation, ...]:
        """None to choose from: one change of the certified size is shown."""
        return ()

    def describe(self, change: Perturbation) -> str:
        """``l2 norm 0.250``."""
        return f"{self.norm} norm {round_down(change['radius'], 3)}"

    def budget(self, change: Perturbation) -> Budget:
        """Its norm."""
        return Budget(strength=change["radius"], norm=self.norm)

    def before(self, conversion: Conversion) -> Ball:
        """The ball in the file, smaller by the gain of its norm."""
        return self.model_copy(update={"radius": conversion.size_before(self.radius, self.norm)})

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
