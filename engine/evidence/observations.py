"""What a run observed: votes per class, kept order statistics of numbers, or every sample there is.

One of three records, told apart by ``kind``; a reducer (``engine.sampling.reducers``) makes them of
a sampler's answers.
"""

from __future__ import annotations

import math
from typing import Annotated, Literal

from pydantic import Field

from engine.core.records import Record


class _Counted(Record):
    """Counts of two phases, one per class; failures count against every class.

    Attributes:
        selection: of the phase that chooses the class.
        estimation: of the phase that bounds it.
        guess: the class chosen from the selection votes; None if the run ended before that.
    """

    selection: tuple[int, ...]
    estimation: tuple[int, ...]
    selection_failures: int = 0
    estimation_failures: int = 0
    guess: int | None = None


class ClassVotes(_Counted):
    """Votes that were drawn at random. PREDICT has estimation votes alone."""

    kind: Literal["class votes"] = "class votes"


class Exact(_Counted):
    """Counts of all samples of a finite noise law, twice: nothing was drawn."""

    kind: Literal["exact"] = "exact"


class OrderStatistics(Record):
    """The least and greatest outputs of n samples, for models that answer with numbers or places.

    A sample without an answer (a failure, a number that is not finite) could have been anything: it
    stands below every value where a lower statistic is asked and above every value where an upper
    one is.

    Attributes:
        n: samples, failures included.
        failures: samples without an answer.
        least: of each output, its least values, rising.
        greatest: of each output, its greatest values, falling.
    """

    kind: Literal["order statistics"] = "order statistics"
    n: int = Field(ge=0)
    failures: int = Field(default=0, ge=0)
    least: tuple[tuple[float, ...], ...]
    greatest: tuple[tuple[float, ...], ...]

    def from_below(self, rank: int, output: int = 0) -> float:
        """The ``rank``-th least of the n values of an output, failures below all; rank 1 is least.

        Raises:
            IndexError: it was not kept.
        """
        return self._at(self.least[output], rank, -math.inf)

    def from_above(self, rank: int, output: int = 0) -> float:
        """The ``rank``-th greatest of the n values of an output, failures above all.

        Raises:
            IndexError: it was not kept.
        """
        return self._at(self.greatest[output], rank, math.inf)

    def _at(self, kept: tuple[float, ...], rank: int, unknown: float) -> float:
        if not 1 <= rank <= self.n:
            raise IndexError(f"there are {self.n:,} values, none of rank {rank:,}")
        if rank <= self.failures:
            return unknown
        if rank - self.failures > len(kept):
            raise IndexError(f"{len(kept):,} values were kept, not the one of rank {rank:,}")
        return kept[rank - self.failures - 1]


Observations = Annotated[ClassVotes | OrderStatistics | Exact, Field(discriminator="kind")]
