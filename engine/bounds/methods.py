"""The bounds a run can declare before it starts."""

from __future__ import annotations

from typing import ClassVar

from engine.bounds import clopper_pearson, eprocess
from engine.core.records import ProbabilityBounds, Votes

LIVE_SHARE = 0.1
"""Share of alpha that buys the bound valid at any n; the rest buys Clopper-Pearson at n_plan."""
_REACHED, _AT_ANY_STOP = "valid: the planned n is reached", "valid at any stop"


def _bounds(
    method: str,
    votes: Votes,
    *,
    top: int,
    alpha: float,
    p_lower: float,
    p_upper: float = 1.0,
    planned: int | None = None,
) -> ProbabilityBounds:
    """Bounds that hold at every n or, where one is ``planned``, at that n alone.

    All other classes together hold at most 1 - p_lower, whatever else bounds them.
    """
    valid = planned is None or votes.n == planned
    early = f"provisional, no claim before n = {planned:,}" if not valid else ""
    return ProbabilityBounds(
        method=method,
        alpha=alpha,
        n=votes.n,
        top=top,
        p_lower=p_lower,
        p_upper=min(p_upper, 1.0 - p_lower),
        valid=valid,
        basis=early or (_AT_ANY_STOP if planned is None else _REACHED),
    )


class ClopperPearson:
    """One-sided Clopper-Pearson at the planned n (Cohen et al. 2019, CERTIFY)."""

    key: ClassVar[str] = "clopper-pearson"
    title: ClassVar[str] = "Clopper-Pearson, fixed n"
    summary: ClassVar[str] = "the classical bound; valid only when the planned n is reached"
    citation: ClassVar[str] = "Clopper & Pearson 1934; Cohen, Rosenfeld & Kolter 2019"
    any_stop: ClassVar[bool] = False
    extendable: ClassVar[bool] = False

    def at(
        self,
        votes: Votes,
        *,
        top: int,
        alpha: float,
        n_plan: int,
        before: ProbabilityBounds | None = None,
    ) -> ProbabilityBounds:
        """P(Bin(n, p_lower) >= N_A) = alpha; provisional before n_plan."""
        p_lower = clopper_pearson.lower(votes.counts[top], votes.n, alpha)
        return _bounds(self.key, votes, top=top, alpha=alpha, p_lower=p_lower, planned=n_plan)


class Live:
    """Valid whenever the run is stopped, and all but as tight as Clopper-Pearson at n_plan.

    A union bound over two statements declared before the run: the e-process at 0.1 alpha holds at
    every n, Clopper-Pearson at 0.9 alpha holds at n_plan.
    """

    key: ClassVar[str] = "live"
    title: ClassVar[str] = "live, may be watched and stopped"
    summary: ClassVar[str] = (
        "an e-process at 0.1 alpha all along and Clopper-Pearson at 0.9 alpha at the planned n"
    )
    citation: ClassVar[str] = "Ville 1939; Robbins 1970; Clopper & Pearson 1934"
    any_stop: ClassVar[bool] = True
    extendable: ClassVar[bool] = False

    def at(
        self,
        votes: Votes,
        *,
        top: int,
        alpha: float,
        n_plan: int,
        before: ProbabilityBounds | None = None,
    ) -> ProbabilityBounds:
        """The e-process bound; at exactly n_plan the better of it and Clopper-Pearson."""
        k, reached = votes.counts[top], votes.n == n_plan
        p_lower = eprocess.lower(k, votes.n, LIVE_SHARE * alpha)
        if reached:
            p_lower = max(p_lower, clopper_pearson.lower(k, votes.n, (1 - LIVE_SHARE) * alpha))
        planned = n_plan if reached else None
        return _bounds(self.key, votes, top=top, alpha=alpha, p_lower=p_lower, planned=planned)


class TwoClass:
    """Bounds the top class and the best of the others, alpha/2 each.

    The other class b with the largest true probability is fixed though unknown, N_b is at most the
    largest other count, and the upper bound is monotone in the count: so no further correction for
    having looked for the largest is due.
    """

    key: ClassVar[str] = "two-class"
    title: ClassVar[str] = "two-class, fixed n"
    summary: ClassVar[str] = (
        "also bounds every other class (alpha/2 + alpha/2); better when the runner-up is weak; "
        "valid only at the planned n"
    )
    citation: ClassVar[str] = "Cohen, Rosenfeld & Kolter 2019, Theorem 1; Clopper & Pearson 1934"
    any_stop: ClassVar[bool] = False
    extendable: ClassVar[bool] = False
    top_share: ClassVar[float] = 0.5
    """Share of alpha that buys the bound on the top class; the rest buys that on the others."""

    def at(
        self,
        votes: Votes,
        *,
        top: int,
        alpha: float,
        n_plan: int,
        before: ProbabilityBounds | None = None,
    ) -> ProbabilityBounds:
        """Lower bound on the top class and upper bound on all others; provisional before n_plan."""
        others = (1 - self.top_share) * alpha
        return _bounds(
            self.key,
            votes,
            top=top,
            alpha=alpha,
            p_lower=clopper_pearson.lower(votes.counts[top], votes.n, self.top_share * alpha),
            p_upper=clopper_pearson.upper(votes.largest_other(top), votes.n, others),
            planned=n_plan,
        )


class UnevenTwoClass(TwoClass):
    """As :class:`TwoClass`, but 0.9 alpha on the top class and 0.1 alpha on the others.

    Nearly as tight as the one-sided bound where the top class has all votes, because alpha enters
    by its logarithm, and nearly as tight as the even split elsewhere: the better of the binary and
    the multi-class certificate for one alpha. Certificates that are certain or nothing, such as
    those of few entities, lose whole columns to the even split.
    """

    key: ClassVar[str] = "two-class-uneven"
    title: ClassVar[str] = "two-class with an uneven split, fixed n"
    summary: ClassVar[str] = (
        "also bounds every other class (0.9 alpha + 0.1 alpha); hardly wider than the one-sided "
        "bound where the top class has all votes; valid only at the planned n"
    )
    top_share: ClassVar[float] = 0.9


class Anytime:
    """The e-process at the whole alpha, with its running maximum: valid at every n, for ever.

    The maximum is taken over the run's block ends; by Ville's inequality all of them hold at once.
    """

    key: ClassVar[str] = "anytime"
    title: ClassVar[str] = "anytime, may be stopped and extended"
    summary: ClassVar[str] = (
        "the e-process at the whole alpha with its running maximum; valid at every n, extendable "
        "past the planned one"
    )
    citation: ClassVar[str] = "Ville 1939; Robbins 1970; Howard, Ramdas, McAuliffe & Sekhon 2021"
    any_stop: ClassVar[bool] = True
    extendable: ClassVar[bool] = True

    def at(
        self,
        votes: Votes,
        *,
        top: int,
        alpha: float,
        n_plan: int,
        before: ProbabilityBounds | None = None,
    ) -> ProbabilityBounds:
        """The larger of the bound now and the bound before."""
        p_lower = eprocess.lower(votes.counts[top], votes.n, alpha)
        if before is not None:
            p_lower = max(p_lower, before.p_lower)
        return _bounds(self.key, votes, top=top, alpha=alpha, p_lower=p_lower)


class AnytimeTwoClass:
    """The e-process for the top class and its mirror image for every other, alpha/2 each.

    As for :class:`TwoClass`, the largest other count bounds the true best other class: at every n
    its own count is no larger, and the mirrored bound is monotone in the count.
    """

    key: ClassVar[str] = "anytime-two-class"
    title: ClassVar[str] = "anytime two-class, may be stopped and extended"
    summary: ClassVar[str] = (
        "the e-process for the top class and mirrored for every other class, alpha/2 each, with "
        "running extremes; valid at every n"
    )
    citation: ClassVar[str] = "Ville 1939; Robbins 1970; Howard, Ramdas, McAuliffe & Sekhon 2021"
    any_stop: ClassVar[bool] = True
    extendable: ClassVar[bool] = True

    def at(
        self,
        votes: Votes,
        *,
        top: int,
        alpha: float,
        n_plan: int,
        before: ProbabilityBounds | None = None,
    ) -> ProbabilityBounds:
        """The tighter of the bounds now and the bounds before."""
        p_lower = eprocess.lower(votes.counts[top], votes.n, alpha / 2)
        p_upper = eprocess.upper(votes.largest_other(top), votes.n, alpha / 2)
        if before is not None:
            p_lower, p_upper = max(p_lower, before.p_lower), min(p_upper, before.p_upper)
        return _bounds(self.key, votes, top=top, alpha=alpha, p_lower=p_lower, p_upper=p_upper)
