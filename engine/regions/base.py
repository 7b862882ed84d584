"""What every kind of region shares."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

Perturbation = dict[str, float]
"""A perturbation in a scheme's own terms, e.g. ``{"radius": 0.25}`` (the ``--at`` flag)."""


@dataclass(frozen=True)
class Term:
    """One term of a perturbation.

    Attributes:
        meaning: what it measures or counts, e.g. ``l2 norm of the change``.
        unit: of its values, e.g. ``pixels in [0,1]``; empty for a count.
        whole: whether only whole numbers have a meaning.
        signed: whether values below 0 have one.
        factor: whether it multiplies: 1 changes nothing, and only values above 0 have a meaning.
    """

    meaning: str
    unit: str = ""
    whole: bool = False
    signed: bool = False
    factor: bool = False

    @property
    def neutral(self) -> float:
        """The value that changes nothing."""
        return 1.0 if self.factor else 0.0

    def __str__(self) -> str:
        return f"{self.meaning}, {self.unit}" if self.unit else self.meaning


SINGULAR = {
    "entities": "entity",
    "pixels": "pixel",
    "pixels or nodes": "pixel or node",
    "nodes": "node",
    "words": "word",
    "fields": "field",
    "anchors": "anchor",
    "additions": "addition",
    "deletions": "deletion",
}


def counted(number: int, unit: str) -> str:
    """``1 pixel``, ``4 pixels``."""
    return f"{number:,} {SINGULAR.get(unit, unit) if number == 1 else unit}"


def whole(perturbation: Mapping[str, float], term: str) -> int:
    """The count that covers ``perturbation[term]``: a fraction counts as one more."""
    value = perturbation[term]
    return int(value) + (value != int(value))
