"""What every kind of region shares."""

from __future__ import annotations

from collections.abc import Mapping

from engine.core.records import Record

Perturbation = dict[str, float]
"""A perturbation in a scheme's own terms, e.g. ``{"radius": 0.25}`` (the ``--at`` flag)."""


class Term(Record):
    """One number of a perturbation; a scheme maps the names of its terms to these.

    Attributes:
        meaning: of the number, with its unit, e.g. ``l2 norm of the change, pixels in [0,1]``.
        unit: of the number alone, e.g. ``pixels in [0,1]``; empty for counts.
        whole: whether it counts; a fraction is refused.
        signed: whether it may be negative: a shift in two directions, not a size.
    """

    meaning: str
    unit: str = ""
    whole: bool = False
    signed: bool = False


SINGULAR = {
    "entities": "entity",
    "pixels": "pixel",
    "pixels or nodes": "pixel or node",
    "nodes": "node",
    "words": "word",
    "fields": "field",
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
