"""What every kind of region shares."""

from __future__ import annotations

from collections.abc import Mapping

Perturbation = dict[str, float]
"""A perturbation in a scheme's own terms, e.g. ``{"radius": 0.25}`` (the ``--at`` flag)."""

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
