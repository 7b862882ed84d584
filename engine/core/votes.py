"""Votes of noisy samples, counted per class."""

from __future__ import annotations

from collections.abc import Sequence

from pydantic import Field

from engine.core.record import Record
from engine.core.scores import ScoreSums, of_votes


class Votes(Record):
    """Counts per class over ``n`` noisy samples.

    Attributes:
        counts: one count per class, in class order.
        failures: samples that named no class (non-finite scores, an exception). They belong to
            ``n`` and therefore count against every class.
        scores: what they scored for the class that is bounded, under a bound on scores.
    """

    counts: tuple[int, ...]
    failures: int = 0
    scores: ScoreSums | None = Field(default=None, exclude_if=lambda found: found is None)

    @property
    def n(self) -> int:
        """Samples drawn, failures included."""
        return sum(self.counts) + self.failures

    @property
    def top(self) -> int:
        """The class with most votes; ties go to the lowest index (Cohen et al. 2019, CERTIFY)."""
        return self.counts.index(max(self.counts))

    def largest_other(self, top: int) -> int:
        """The largest count among all classes but ``top``; failures are a class of their own."""
        others = self.counts[:top] + self.counts[top + 1 :]
        return max((*others, self.failures))

    def supposed(self, top: int) -> Votes:
        """Votes that nobody drew, each with the largest score, for what a run may come to."""
        return self.model_copy(update={"scores": of_votes(self.counts[top])})

    def ranked(self) -> list[int]:
        """Class indices by falling count, ties by rising index."""
        return sorted(range(len(self.counts)), key=lambda c: (-self.counts[c], c))

    @classmethod
    def from_sequence(cls, counts: Sequence[int], failures: int = 0) -> Votes:
        """Votes from any sequence of integers (NumPy and torch integers included)."""
        return cls(counts=tuple(int(c) for c in counts), failures=int(failures))
