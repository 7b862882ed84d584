"""Where a run stands: its bounds, what the votes still to come could do, and what they must."""

from __future__ import annotations

from functools import lru_cache

from engine.core.records import Record, Votes
from engine.core.scores import ScoreSums, of_votes
from engine.evidence.run_view import RunView
from engine.evidence.settings import RunSettings

N_LIMIT = 10**9
"""Nobody looks further than this many votes."""


class Standing(Record):
    """A run's bounds and votes, as far as the image of its region needs them.

    Attributes:
        k, n: votes for the chosen class, and votes in all.
        scores: what the class scored in them, under a bound on scores.
        n_plan, alpha, method: as declared.
        p_lower: the declared bound at n.
        valid: whether it may be claimed.
        p_reach: what it becomes if all votes still to come are for the class.
        p_expected: what it becomes if the class keeps its share.
        computed: p_lower is computed, and votes beside it decide nothing.
    """

    k: int
    n: int
    scores: ScoreSums | None = None
    n_plan: int
    alpha: float
    method: str
    p_lower: float
    valid: bool
    p_reach: float
    p_expected: float
    computed: bool = False

    @property
    def unfinished(self) -> bool:
        """Whether votes are still to come that may change it."""
        return self.n < self.n_plan and not self.computed

    def votes_needed(self, required: float) -> int | None:
        """About the n at which p_lower exceeds ``required`` if the class keeps its share.

        None where it never does, up to a billion. Bounds of the run at hand are asked up to its
        planned n, those of a run with a larger plan past it; where they are valid at the planned n
        only, no smaller n is named.
        """
        share = self.k if self.scores is None else self.scores.mean(self.n) * self.n
        if share <= required * self.n:
            return None
        return _votes_needed(
            self.k, self.n, self.n_plan, self.alpha, self.method, min(1.0, required), self.scores
        )


def standing(view: RunView) -> Standing | None:
    """Where the run stands; None before its first bound, and for a sweep, which has many."""
    bounds, settings = view.bounds, view.settings
    if bounds is None or settings.kind == "sweep":
        return None
    k, n = view.estimation.counts[bounds.top], view.estimation.n
    declared = (settings.n, settings.alpha, bounds.method)
    p_reach = p_expected = bounds.p_lower
    scores, left = view.estimation.scores, settings.n - n
    if 0 < n < settings.n:
        best = scores and scores + of_votes(left)
        alike = scores and scores.scaled(n, settings.n)
        p_reach = max(p_reach, _bound(k + left, settings.n, *declared, best))
        p_expected = max(p_expected, _bound(k * settings.n // n, settings.n, *declared, alike))
    return Standing(
        k=k,
        n=n,
        scores=scores,
        n_plan=settings.n,
        alpha=settings.alpha,
        method=bounds.method,
        p_lower=bounds.p_lower,
        valid=bounds.valid,
        p_reach=p_reach,
        p_expected=p_expected,
        computed=settings.scheme.computed,
    )


def ceiling(settings: RunSettings) -> float:
    """p_lower after the planned n if all votes are for one class: the most this run can reach."""
    return _bound(settings.n, settings.n, settings.n, settings.alpha, settings.bound)


@lru_cache(maxsize=4096)
def _bound(
    k: int, n: int, n_plan: int, alpha: float, method: str, scores: ScoreSums | None = None
) -> float:
    from engine.bounds import bound_method  # scipy: windows load this file before it

    votes = Votes(counts=(k, n - k), scores=scores)
    votes = votes if scores else votes.supposed(0)
    return bound_method(method).at(votes, top=0, alpha=alpha, n_plan=n_plan).p_lower


@lru_cache(maxsize=4096)
def _votes_needed(
    k: int,
    n: int,
    n_plan: int,
    alpha: float,
    method: str,
    required: float,
    scores: ScoreSums | None,
) -> int | None:
    from engine.bounds import bound_method  # as above

    def exceeds(m: int) -> bool:
        alike = scores and scores.scaled(n, m)
        return _bound(k * m // n, m, max(m, n_plan), alpha, method, alike) > required

    if not exceeds(N_LIMIT):
        return None
    if not exceeds(n_plan):
        low, high = n_plan, N_LIMIT
    elif bound_method(method).any_stop and n < n_plan:
        low, high = n, n_plan
    else:
        return max(n, n_plan)
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (low, middle) if exceeds(middle) else (middle, high)
    return high
