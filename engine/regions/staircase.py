"""A staircase: for every number of touched things, how strongly they may be changed."""

from __future__ import annotations

from itertools import groupby
from typing import Literal

from pydantic import PositiveFloat

from engine.core.records import Record
from engine.core.rounding import round_down
from engine.regions.anisotropic import together, together_in_words
from engine.regions.base import Perturbation, counted, whole


class Staircase(Record):
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
