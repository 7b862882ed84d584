"""A count: changes that touch at most so many things, each as strongly as one likes."""

from __future__ import annotations

from typing import Literal

from engine.core.records import Record
from engine.regions.base import Perturbation, counted, whole


class Count(Record):
    """All perturbations that change at most ``most`` things.

    Attributes:
        term: the term of a perturbation that is counted, e.g. ``entities`` or ``words``.
        most: how many may change; 0 certifies the unchanged input alone.
        unit: what the things are, in the plural: ``pixels``, ``words``.
        manner: how they may change, e.g. ``in any way`` or ``to other words of the vocabulary``.
    """

    kind: Literal["count"] = "count"
    term: str
    most: int
    unit: str
    manner: str = "in any way"

    @property
    def holds_changes(self) -> bool:
        """Whether anything but the unchanged input is certified."""
        return self.most > 0

    def contains(self, perturbation: Perturbation) -> bool:
        """Whether a perturbation of ``perturbation[term]`` things is certified."""
        return whole(perturbation, self.term) <= self.most

    def clause(self, subject: str) -> str:
        """In words: ``no change of at most 4 pixels of this image in any way``."""
        return (
            f"no change of at most {counted(self.most, self.unit)} of this {subject} {self.manner}"
        )

    def headline(self) -> str:
        """The one number on screen."""
        return counted(self.most, self.unit)

    def note(self) -> str:
        """What the headline's number counts."""
        return f"may change {self.manner}"
