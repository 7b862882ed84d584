"""The declared bound along a run: at every block end, and at the vote at hand.

Block ends depend on n alone, not on timing, so two runs of one seed make the same claims.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Protocol

from engine.bounds import BoundMethod
from engine.bounds.computed import COMPUTED, computed_bounds
from engine.core.records import ProbabilityBounds, Votes
from engine.evidence.evidence import TrajectoryPoint
from engine.evidence.settings import Counting
from engine.evidence.vote_chain import Block, added
from engine.noise.discrete_gaussian_law import weakened
from engine.regions import Region
from engine.schemes import Scheme
from engine.schemes.base import NO_FACTS, Facts


class Weakening(Protocol):
    """What turns bounds on the drawn noise's probabilities into bounds on the exact law's."""

    def weakened(self, bounds: ProbabilityBounds) -> ProbabilityBounds:
        """The same bounds or weaker ones."""
        ...


class Slack:
    """Takes a distance off the bounds, as the run's noise did.

    Args:
        distance: total-variation distance of the drawn noise from its law.
    """

    def __init__(self, distance: float) -> None:
        self.distance = distance

    def weakened(self, bounds: ProbabilityBounds) -> ProbabilityBounds:
        """The same bounds or weaker ones."""
        return weakened(bounds, self.distance)


def region_of(
    scheme: Scheme,
    bounds: ProbabilityBounds | None,
    facts: Facts = NO_FACTS,
    *,
    then: bool = False,
) -> Region | None:
    """What may be claimed: nothing under a bound that is only provisional.

    Args:
        scheme: of the run.
        bounds: at some n; None where there are none.
        facts: of the input.
        then: also what earlier programs claimed where today's claim nothing.
    """
    if bounds is None or not bounds.valid:
        return None
    region = scheme.region(bounds, facts)
    return scheme.region_then(bounds, facts) if region is None and then else region


class Claims:
    """The bounds of one run.

    Args:
        settings: of the run: alpha and the planned n.
        method: the declared bound.
        weakening: of the run's noise.
        facts: of the input, which decide a computed probability.
    """

    def __init__(
        self,
        settings: Counting,
        method: BoundMethod,
        weakening: Weakening,
        facts: Facts = NO_FACTS,
    ) -> None:
        self.settings = settings
        self.known = settings.scheme.known(facts)
        self.method = method
        self.weakening = weakening
        self._last: ProbabilityBounds | None = None
        self._points: list[TrajectoryPoint] = []

    def add(self, ends: Iterable[Votes], top: int) -> None:
        """Take in the votes at the ends of blocks just filled, in order."""
        for votes in ends:
            self._last = self._drawn(votes, top)
            self._points.append(_point(votes, self.weakening.weakened(self._last)))

    def begin(self, selection: Votes) -> None:
        """Let the bound know the votes that choose the class, before any that bound it."""
        self.method = self.method.after(selection)

    def replay(self, blocks: Sequence[Block], top: int, classes: int) -> None:
        """Take in the ends of blocks counted before."""
        votes = Votes(counts=(0,) * classes)
        for block in blocks:
            votes = added(votes, block)
            self.add([votes], top)

    def now(self, votes: Votes, top: int) -> ProbabilityBounds:
        """The bounds after ``votes``, which come at or after the last block end."""
        return self.weakening.weakened(self._drawn(votes, top))

    def points(self, votes: Votes, bounds: ProbabilityBounds | None) -> tuple[TrajectoryPoint, ...]:
        """The bounds at all block ends, and at ``votes``."""
        if bounds is None or (self._points and self._points[-1].n == votes.n):
            return tuple(self._points)
        return (*self._points, _point(votes, bounds))

    def top(self, selection: Votes) -> int:
        """The class that is bounded: the computed one, or the one that these votes choose."""
        return selection.top if self.known is None else self.known.top

    def _drawn(self, votes: Votes, top: int) -> ProbabilityBounds:
        if self.known is not None:
            cells = self.settings.scheme.mapped
            basis = "every certified cell is bounded, nothing is sampled" if cells else COMPUTED
            return computed_bounds(top, self.known.outside, votes.n, basis)
        return self.method.at(
            votes,
            top=top,
            alpha=self.settings.alpha,
            n_plan=self.settings.n,
            before=self._last,
        )


def _point(votes: Votes, bounds: ProbabilityBounds) -> TrajectoryPoint:
    return TrajectoryPoint(
        n=votes.n,
        k=votes.counts[bounds.top],
        p_lower=bounds.p_lower,
        p_upper=bounds.p_upper,
        valid=bounds.valid,
    )
