"""The bounds a run can declare before it starts."""

from __future__ import annotations

from typing import ClassVar, Literal

from engine.bounds import clopper_pearson, eprocess
from engine.bounds.base import BoundMethod
from engine.core.records import Votes

LIVE_SHARE = 0.1
"""Share of alpha that buys the bound valid at any n; the rest buys Clopper-Pearson at n_plan."""


class ClopperPearson(BoundMethod):
    """One-sided Clopper-Pearson at the planned n (Cohen et al. 2019, CERTIFY)."""

    key: ClassVar[str] = "clopper-pearson"
    title: ClassVar[str] = "Clopper-Pearson, fixed n"
    summary: ClassVar[str] = "the classical bound; valid only when the planned n is reached"
    citation: ClassVar[str] = "Clopper & Pearson 1934; Cohen, Rosenfeld & Kolter 2019"
    decided_by: ClassVar[Literal["top", "two largest", "all"]] = "top"

    def ends(self, votes: Votes, top: int, alpha: float, *, reached: bool) -> tuple[float, float]:
        """P(Bin(n, p_lower) >= N_A) = alpha."""
        return clopper_pearson.lower(votes.counts[top], votes.n, alpha), 1.0


class Live(BoundMethod):
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
    decided_by: ClassVar[Literal["top", "two largest", "all"]] = "top"

    def ends(self, votes: Votes, top: int, alpha: float, *, reached: bool) -> tuple[float, float]:
        """The e-process bound; at exactly n_plan the better of it and Clopper-Pearson."""
        k = votes.counts[top]
        p_lower = eprocess.lower(k, votes.n, LIVE_SHARE * alpha)
        if reached:
            p_lower = max(p_lower, clopper_pearson.lower(k, votes.n, (1 - LIVE_SHARE) * alpha))
        return p_lower, 1.0


class TwoClass(BoundMethod):
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
    top_share: ClassVar[float] = 0.5
    """Share of alpha that buys the bound on the top class; the rest buys that on the others."""
    decided_by: ClassVar[Literal["top", "two largest", "all"]] = "two largest"

    def ends(self, votes: Votes, top: int, alpha: float, *, reached: bool) -> tuple[float, float]:
        """Lower bound on the top class and upper bound on all others."""
        others = (1 - self.top_share) * alpha
        p_lower = clopper_pearson.lower(votes.counts[top], votes.n, self.top_share * alpha)
        return p_lower, clopper_pearson.upper(votes.largest_other(top), votes.n, others)


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


class Anytime(BoundMethod):
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
    decided_by: ClassVar[Literal["top", "two largest", "all"]] = "top"

    def ends(self, votes: Votes, top: int, alpha: float, *, reached: bool) -> tuple[float, float]:
        """The bound now."""
        return eprocess.lower(votes.counts[top], votes.n, alpha), 1.0


class AnytimeTwoClass(BoundMethod):
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
    decided_by: ClassVar[Literal["top", "two largest", "all"]] = "two largest"

    def ends(self, votes: Votes, top: int, alpha: float, *, reached: bool) -> tuple[float, float]:
        """The bounds now."""
        p_lower = eprocess.lower(votes.counts[top], votes.n, alpha / 2)
        return p_lower, eprocess.upper(votes.largest_other(top), votes.n, alpha / 2)
