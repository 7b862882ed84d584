"""A staircase: for every number of touched things, how strongly they may be changed."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import groupby
from typing import ClassVar, Literal

from pydantic import PositiveFloat

from engine.core.late import np
from engine.core.rounding import round_down
from engine.regions.anisotropic import together, together_in_words
from engine.regions.base import Perturbation, counted, whole
from engine.regions.conversion import Conversion
from engine.regions.region import Budget, Region, inside
from engine.regions.required_probability import (
    BEYOND,
    Certifier,
    Grid,
    GridMap,
    Rows,
    chosen_counts,
    reached,
    shown,
)

LEVELS = 60
"""Strengths of a map."""
_STEPS = 20
"""Steps of a choice from bottom to top."""
_MOST_SIZES = 3


class Staircase(Region):
    """All perturbations of r things with a strength strictly below ``reach[r - first]``.

    Covers both an attacker who changes r entities with a joint norm (hierarchical smoothing,
    ``first`` 1) and one who changes r words and, besides, an image (hybrid smoothing, ``first``
    0: the image alone).

    Attributes:
        count_term: the term that counts, e.g. ``entities`` or ``words``.
        first: the count that the first step stands for.
        strength_term: the term that measures, e.g. ``epsilon``.
        reach: certified strengths, falling, one per count; full precision. None where only the
            unchanged input is certified.
        norm: of the strength.
        unit: of what the norm is taken.
        things: what is counted, in the plural: ``pixels``, ``words``.
        whose: what the strength measures: ``of their change`` or ``of the image's change``.
        sigmas: of the parts of the change (``engine.regions.anisotropic``), where each has its own;
            then ``reach`` holds however the change is split.
    """

    kind: Literal["staircase"] = "staircase"
    count_term: str
    first: Literal[0, 1]
    strength_term: str
    reach: tuple[float, ...]
    norm: Literal["l1", "l2", "linf"]
    unit: str
    things: str
    whose: str = "of their change"
    sigmas: tuple[PositiveFloat, ...] = ()

    picture: ClassVar[str] = "map"
    measured: ClassVar[str] = "strength"

    @property
    def terms(self) -> tuple[str, ...]:
        """The count and the strength."""
        return self.count_term, self.strength_term

    @property
    def holds_changes(self) -> bool:
        """Whether anything but the unchanged input is certified."""
        words_alone = not self.first and len(self.reach) > 1
        return words_alone or any(reach > 0 for reach in self.reach)

    def strength(self, count: int) -> float | None:
        """Certified strength for ``count`` things, None if no strength is.

        Fewer things than ``first`` are covered by the first step.
        """
        step = max(count, self.first) - self.first
        return self.reach[step] if step < len(self.reach) else None

    def contains(self, perturbation: Perturbation) -> bool:
        """Whether a perturbation is certified; a strength of 0 is where its count has a step."""
        count = whole(perturbation, self.count_term)
        size = together(perturbation, self.strength_term, self.sigmas)
        if self.first and (not count or not size):
            return True  # nothing is changed
        reach = self.strength(count)
        return reach is not None and (size == 0.0 or size < reach)

    def clause(self, subject: str) -> str:
        """The certified set in words, step by step."""
        parts = f"; {together_in_words(self.strength_term, self.sigmas)}" if self.sigmas else ""
        return (
            f"no change of this {subject} whose number of changed {self.things} and {self.norm} "
            f"norm {self.whose} stay within these limits ({self._steps_in_words()}; norms of "
            f"{self.unit}{parts})"
        )

    def _steps_in_words(self) -> str:
        """Steps of the same strength, as it is shown, together."""
        shown = [round_down(reach, 3) for reach in self.reach]
        parts = []
        for strength, group in groupby(range(len(shown)), key=shown.__getitem__):
            steps = [self.first + step for step in group]
            start = f"{steps[0]} to " if len(steps) > 1 else ""
            parts.append(f"{start}{counted(steps[-1], self.things)}: below {strength}")
        return "; ".join(parts)

    def headline(self) -> str:
        """The first and the last step, each with its own strength, rounded down."""
        if not self.reach:
            return counted(0, self.things)
        ends = sorted({0, len(self.reach) - 1})
        return ", ".join(
            f"{counted(self.first + step, self.things)}: {round_down(self.reach[step], 3)}"
            for step in ends
        )

    def note(self) -> str:
        """What the headline's numbers are."""
        if not self.reach:
            return "may change"
        split = ", however it is split" if self.sigmas else ""
        return f"{self.norm} norm {self.whose} below that{split}; {self.unit}"

    def sizes(self) -> dict[str, float]:
        """The strengths of the first counts."""
        return {
            counted(self.first + step, self.things): reach
            for step, reach in enumerate(self.reach[:_MOST_SIZES])
        }

    def changes(self) -> tuple[Perturbation, ...]:
        """Every count with its strength."""
        return tuple(
            {self.count_term: float(self.first + i), self.strength_term: inside(reach)}
            for i, reach in enumerate(self.reach)
        )

    def describe(self, change: Perturbation) -> str:
        """``2 pixels, l2 norm 0.310``."""
        count = counted(int(change[self.count_term]), self.things)
        return f"{count}, {self.norm} norm {change[self.strength_term]:.3f}"

    def budget(self, change: Perturbation) -> Budget:
        """So many things and a strength: theirs, or that of what stands beside them."""
        things = whole(change, self.count_term)
        return Budget(things=things, strength=change[self.strength_term], norm=self.norm)

    def before(self, conversion: Conversion) -> Staircase | None:
        """The strengths of the image in the file; of its pixels, as many as all they reach."""
        if self.sigmas:
            return None
        every = conversion.spread if self.things == "pixels" else 1
        steps = self.reach[every - 1 :: every] if self.first else self.reach
        reach = tuple(conversion.size_before(strength, self.norm) for strength in steps)
        return self.model_copy(update={"reach": reach})

    def unit_of(self, term: str) -> str:
        """The things."""
        return self.things if term == self.count_term else term

    def required_map(self, scheme: Certifier, ceiling: float) -> StaircaseMap | None:
        """p* for every count and strength; None if there is no step."""
        if not self.reach:
            return None
        counts = chosen_counts(self.first, self.first + len(self.reach) - 1 + BEYOND)
        top = 1.06 * max(self.reach)  # so that the highest step is seen whole
        strengths = (np.arange(LEVELS) + 0.5) * top / LEVELS
        columns = [
            scheme.required_probabilities(
                [{self.count_term: float(r), self.strength_term: e} for e in strengths.tolist()]
            )
            for r in counts
        ]
        return StaircaseMap(scheme, ceiling, self, counts, top, strengths, np.array(columns).T)


@dataclass(frozen=True)
class StaircaseMap(GridMap[Staircase]):
    """p* for every count and strength.

    Attributes:
        counts: of the columns, rising; where there are many, the last of those it stands for.
        top: the strength at the upper edge of the map; its lower edge is 0.
        strengths: (s,) in the middle of the rows, rising.
        required: (s, c) p*.
    """

    counts: tuple[int, ...]
    top: float
    strengths: Grid
    required: Grid

    @property
    def upper(self) -> float:
        """The largest strength."""
        return self.top

    @property
    def columns(self) -> tuple[str, ...]:
        """The counts."""
        return tuple(map(str, self.counts))

    @property
    def names(self) -> tuple[str, str, str]:
        """Things and strength."""
        norm = f"{self.utmost.norm} norm"
        long = f"{self.utmost.strength_term}: {norm} {self.utmost.whose}, {self.utmost.unit}"
        return f"changed {self.utmost.things}", f"{self.utmost.strength_term} ({norm})", long

    def grid(self, layer: int = 0) -> Grid:
        """(s, c) p*."""
        return self.required

    def heights(self, region: Staircase | None, layer: int = 0) -> Grid:
        """(c,) certified strengths, 0 where none is."""
        if region is None:
            return np.zeros(len(self.counts))
        return np.array([region.strength(count) or 0.0 for count in self.counts])

    def reach(self, p_lower: float, layer: int = 0) -> Grid:
        """(c,) the strength that ``p_lower`` would certify, to the grain of the map; 0 for none."""
        return np.array([reached(column, self.top, p_lower) for column in self.required.T])

    def marks(self, region: Staircase, layer: int = 0) -> list[tuple[float, float, str]]:
        """The strength on every step."""
        heights = enumerate(self.heights(region).tolist())
        return [(float(j), high, round_down(high, 3)) for j, high in heights if high > 0]

    def change(self, x: float, y: float, layer: int = 0) -> Perturbation | None:
        """Count and strength there."""
        column = round(x)
        if not 0 <= column < len(self.counts) or not 0 <= y <= self.top:
            return None
        strength = round(y, 3)
        return {
            self.utmost.count_term: float(self.counts[column]),
            self.utmost.strength_term: strength,
        }

    def place(self, change: Perturbation) -> tuple[float, float]:
        """Its column and strength."""
        column = int(np.searchsorted(self.counts, change[self.utmost.count_term]))
        strength = change[self.utmost.strength_term]
        return float(min(column, len(self.counts) - 1)), min(strength, self.top)

    def beside(self, change: Perturbation | None, right: int, up: int, layer: int) -> Perturbation:
        """A column or a twentieth of the height further."""
        x, y = (0.0, self.top / 2) if change is None else self.place(change)
        if change is not None:
            x = min(max(x + right, 0.0), len(self.counts) - 1.0)
            y = min(max(y + up * self.top / _STEPS, 0.0), self.top)
        found = self.change(x, y)
        assert found is not None
        return found

    def table(self, region: Staircase | None) -> tuple[list[str], Rows]:
        """Every cell of the map, then the certified strength of every count."""
        rows: Rows = []
        for j, (count, reach) in enumerate(
            zip(self.counts, self.heights(region).tolist(), strict=True)
        ):
            column = self.required[:, j].tolist()
            for strength, required in zip(self.strengths.tolist(), column, strict=True):
                rows.append([count, strength, shown(required), int(strength < reach)])
        for i, reach in enumerate(region.reach if region else ()):
            rows.append([self.utmost.first + i, reach, "", "below"])
        terms = [self.utmost.count_term, self.utmost.strength_term]
        return [*terms, "p_required", "certified"], rows
