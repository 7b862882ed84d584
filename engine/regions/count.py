"""A count: changes of at most a given number of things, each by any amount."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar, Literal, Self

from engine.core.late import np
from engine.core.nouns import of_kind
from engine.regions.base import Perturbation, counted, whole
from engine.regions.conversion import Conversion
from engine.regions.region import Budget, Region
from engine.regions.required_probability import (
    BEYOND,
    Certifier,
    Grid,
    RequiredMap,
    Rows,
    chosen_counts,
    shown,
)


class Count(Region):
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

    picture: ClassVar[str] = "bars"
    measured: ClassVar[str] = "number of changed things"
    counts: ClassVar[bool] = True

    @property
    def terms(self) -> tuple[str, ...]:
        """What is counted."""
        return (self.term,)

    @property
    def holds_changes(self) -> bool:
        """Whether anything but the unchanged input is certified."""
        return self.most > 0

    def for_kind(self, kind: str) -> Self:
        """With the noun of that kind, where the scheme takes several."""
        words = {"unit": of_kind(self.unit, kind), "manner": of_kind(self.manner, kind)}
        return self.model_copy(update=words)

    def sizes(self) -> dict[str, float]:
        """The one number."""
        return {"": self.most}

    def changes(self) -> tuple[Perturbation, ...]:
        """Every number of things."""
        return tuple({self.term: float(r)} for r in range(1, self.most + 1))

    def describe(self, change: Perturbation) -> str:
        """``2 pixels``."""
        return counted(int(change[self.term]), self.unit)

    def budget(self, change: Perturbation) -> Budget:
        """So many things, however strongly."""
        return Budget(things=whole(change, self.term))

    def before(self, conversion: Conversion) -> Count | None:
        """So many pixels of the file that all they reach are no more than ``most``."""
        if "pixels" not in self.unit:
            return None
        return self.model_copy(update={"most": self.most // conversion.spread, "unit": "pixels"})

    def unit_of(self, term: str) -> str:
        """The things."""
        return self.unit if term == self.term else term

    def required_map(self, scheme: Certifier, ceiling: float) -> CountMap:
        """p* for every count."""
        counts = chosen_counts(0, self.most + BEYOND)
        found = scheme.required_probabilities([{self.term: float(r)} for r in counts])
        return CountMap(scheme, ceiling, self, counts, np.array(found))

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


BELOW = 0.02
"""So much below the least p* a picture begins."""


@dataclass(frozen=True)
class CountMap(RequiredMap[Count]):
    """p* for every count.

    Attributes:
        counts: rising from 0.
        required: one p* per count; more than 1 where nothing suffices.
    """

    counts: tuple[int, ...]
    required: Grid

    @property
    def floor(self) -> float:
        """Where the axis of a picture begins: below what the unchanged input requires."""
        return max(0.0, float(self.required.min()) - BELOW)

    def table(self, region: Count | None) -> tuple[list[str], Rows]:
        """A row per count."""
        rows: Rows = [
            [count, shown(required), int(region is not None and count <= region.most)]
            for count, required in zip(self.counts, self.required.tolist(), strict=True)
        ]
        return [self.utmost.term, "p_required", "certified"], rows
