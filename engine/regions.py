"""What was certified, as data: each kind of region answers the same few questions.

A plot exists per kind of region, not per scheme. ``Region`` is the union of all kinds.
"""

from __future__ import annotations

from typing import Literal

from engine.records import Record
from engine.rounding import round_down

Perturbation = dict[str, float]
"""A perturbation in a scheme's own terms, e.g. ``{"radius": 0.25}`` (the ``--at`` flag)."""


class Ball(Record):
    """All perturbations with norm strictly below ``radius``.

    Attributes:
        norm: ``l1``, ``l2`` or ``linf``.
        radius: full precision; round down before showing it.
        unit: of what the norm is taken, e.g. ``pixels in [0,1]``.
    """

    kind: Literal["ball"] = "ball"
    norm: Literal["l1", "l2", "linf"]
    radius: float
    unit: str

    def contains(self, perturbation: Perturbation) -> bool:
        """Whether a perturbation of norm ``perturbation["radius"]`` is certified."""
        size = perturbation["radius"]
        return size == 0.0 or size < self.radius

    def clause(self, subject: str) -> str:
        """The certified set in words, e.g. ``no change of this image with l2 norm below 0.470``."""
        shown = round_down(self.radius, 3)
        return f"no change of this {subject} with {self.norm} norm below {shown} (all {self.unit})"

    def headline(self) -> str:
        """The one number on screen, rounded down."""
        return f"R = {round_down(self.radius, 3)}"


Region = Ball
"""Union of the kinds of region; a new kind is added here and gets a plot of its own."""


class Abstention(Record):
    """Why nothing is certified.

    Attributes:
        reason: the lecture's three causes (``wrong-guess``, ``below-half``, ``too-few-samples``),
            or ``stopped-early`` for a fixed-n bound that never reached its n, ``no-votes`` if the
            run ended before the first estimation sample, ``out-of-reach`` for a predetermined
            target that a decision gave up on.
        sentence: the reason in words, with what would help.
        n_needed: the n that would certify if the votes keep their proportions, where one exists.
    """

    reason: Literal[
        "wrong-guess",
        "below-half",
        "too-few-samples",
        "stopped-early",
        "no-votes",
        "out-of-reach",
    ]
    sentence: str
    n_needed: int | None = None
