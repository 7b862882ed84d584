"""The bounds a run can declare before it starts."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar, Literal

from engine.bounds import clopper_pearson, eprocess
from engine.bounds.base import BoundMethod
from engine.core.records import ProbabilityBounds, Votes

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


class MultiClass(BoundMethod):
    """Clopper-Pearson on the top class and on groups of other classes, alpha shared out evenly.

    The selection votes, which are independent of those that bound, order the other classes. The
    first is a group of its own, and so are the next ones until all that are left have no more votes
    together than the first; these are the last group, whose bound holds for each of them. Samples
    that named no class count into the last group, as if they were one. Without selection votes
    every class is a group.
    """

    key: ClassVar[str] = "multi-class"
    title: ClassVar[str] = "multi-class, fixed n"
    summary: ClassVar[str] = (
        "bounds each of the strongest classes by itself and all others together, alpha shared out "
        "evenly; better for --top-k, and where many classes share the votes; valid only at the "
        "planned n"
    )
    citation: ClassVar[str] = (
        "Delattre et al., AISTATS 2025; Jia et al., ICLR 2020; Clopper & Pearson 1934"
    )

    def __init__(self, selection: Votes | None = None) -> None:
        self.selection = selection

    def after(self, selection: Votes) -> BoundMethod:
        """With the groups that these votes make."""
        return type(self)(selection)

    def lower(self, k: int, n: int, alpha: float) -> float:
        """Of a class named k times among n."""
        return clopper_pearson.lower(k, n, alpha)

    def upper(self, k: int, n: int, alpha: float) -> float:
        """Of a group named k times among n."""
        return clopper_pearson.upper(k, n, alpha)

    def groups(self, classes: int, top: int) -> list[tuple[int, ...]]:
        """The groups of all classes but ``top``."""
        others = [one for one in range(classes) if one != top]
        if self.selection is None:
            return [(one,) for one in others]
        counts = self.selection.counts
        others.sort(key=lambda one: -counts[one])
        alone, left = 1, sum(counts[one] for one in others[1:])
        while alone < len(others) and left > counts[others[0]]:
            left -= counts[others[alone]]
            alone += 1
        last = tuple(others[alone:])
        return [*((one,) for one in others[:alone]), *([last] if last else [])]

    def ends(self, votes: Votes, top: int, alpha: float, *, reached: bool) -> tuple[float, float]:
        """Lower bound on the top class, and the largest of the others' upper bounds."""
        share, uppers = self._uppers(votes, top, alpha)
        return self.lower(votes.counts[top], votes.n, share), uppers[0]

    def at(
        self,
        votes: Votes,
        *,
        top: int,
        alpha: float,
        n_plan: int,
        before: ProbabilityBounds | None = None,
    ) -> ProbabilityBounds:
        """With the bounds on the strongest other classes."""
        bounds = super().at(votes, top=top, alpha=alpha, n_plan=n_plan, before=before)
        _, uppers = self._uppers(votes, top, alpha)
        if self.extendable and before is not None and before.others:
            uppers = _least_of(uppers, before.others)
        others = tuple(min(one, 1.0 - bounds.p_lower) for one in uppers)
        return bounds.model_copy(update={"others": others})

    def _uppers(self, votes: Votes, top: int, alpha: float) -> tuple[float, list[float]]:
        """alpha of each bound, and the upper ones from the largest on, down to the last group's."""
        groups = self.groups(len(votes.counts), top)
        share = alpha / (1 + len(groups))
        counts = [sum(votes.counts[one] for one in group) for group in groups]
        if counts:
            counts[-1] += votes.failures
        found = [self.upper(count, votes.n, share) for count in counts]
        several = groups and (len(groups[-1]) > 1 or votes.failures)
        least = found[-1] if several else 0.0
        return share, sorted((one for one in found if one >= least), reverse=True) or [0.0]


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


class AnytimeMultiClass(MultiClass):
    """The e-process for the top class and mirrored for each group, alpha shared out evenly.

    Groups are fixed by the selection votes, before the first vote that bounds, and each bound of a
    group holds at every n with its share of alpha; so all of them do at once (union bound). At
    every n the j-th largest of the bounds then covers the j-th largest probability of the other
    classes, and so does the least of these over all block ends.
    """

    key: ClassVar[str] = "anytime-multi-class"
    title: ClassVar[str] = "anytime multi-class, may be stopped and extended"
    summary: ClassVar[str] = (
        "the e-process for the top class and mirrored for each of the strongest others and for all "
        "others together, alpha shared out evenly, with running extremes; valid at every n"
    )
    citation: ClassVar[str] = (
        "Ville 1939; Robbins 1970; Howard, Ramdas, McAuliffe & Sekhon 2021; groups as in Delattre "
        "et al., AISTATS 2025"
    )
    any_stop: ClassVar[bool] = True
    extendable: ClassVar[bool] = True

    def lower(self, k: int, n: int, alpha: float) -> float:
        """Of a class named k times among n, at every n at once."""
        return eprocess.lower(k, n, alpha)

    def upper(self, k: int, n: int, alpha: float) -> float:
        """Of a group named k times among n, at every n at once."""
        return eprocess.upper(k, n, alpha)


def _least_of(now: Sequence[float], before: Sequence[float]) -> list[float]:
    """The smaller of both at every place; the last number of a list holds beyond its end."""
    places = range(max(len(now), len(before)))
    return [min(now[min(i, len(now) - 1)], before[min(i, len(before) - 1)]) for i in places]
