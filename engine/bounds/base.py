"""The contract every bound method keeps."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import ClassVar, Literal

from engine.core.records import ProbabilityBounds, Votes

_REACHED, _AT_ANY_STOP = "valid: the planned n is reached", "valid at any stop"


class BoundMethod(ABC):
    """A way to bound, declared before a run starts.

    ``at`` is a function of the counts alone, and of the bounds at the run's earlier block ends for
    methods that keep a running maximum; so anyone holding the blocks can recompute the bound.

    Attributes:
        any_stop: the bound is valid at every n; a run under it may be stopped at will.
        extendable: it does not depend on a planned n; a run may go on past it. Such a method keeps
            a running maximum: by Ville's inequality the bounds at all block ends hold at once.
        decided_by: what of the counts decides the bounds, beside n: the count of ``top``, that and
            the largest other one, or all of them with their places.
    """

    key: ClassVar[str]
    title: ClassVar[str]
    summary: ClassVar[str]
    citation: ClassVar[str]
    any_stop: ClassVar[bool] = False
    extendable: ClassVar[bool] = False
    decided_by: ClassVar[Literal["top", "two largest", "all"]] = "all"

    def after(self, selection: Votes) -> BoundMethod:
        """The method once the selection votes are known, which may decide what it bounds apart."""
        del selection
        return self

    @abstractmethod
    def ends(self, votes: Votes, top: int, alpha: float, *, reached: bool) -> tuple[float, float]:
        """The bounds that these counts alone give.

        Args:
            votes: counts so far.
            top: the class to bound from below.
            alpha: chance that any bound is ever wrong.
            reached: whether they are as many as planned.

        Returns:
            p_lower of ``top``, and p_upper of every other class: 1 where nothing bounds it but that
            all other classes together hold at most 1 - p_lower.
        """

    def at(
        self,
        votes: Votes,
        *,
        top: int,
        alpha: float,
        n_plan: int,
        before: ProbabilityBounds | None = None,
    ) -> ProbabilityBounds:
        """The bounds after ``votes``; ``valid`` says whether they may be claimed at this n.

        Args:
            votes: counts so far.
            top: the class to bound from below.
            alpha: chance that any bound is ever wrong.
            n_plan: the planned n.
            before: the bounds at the run's last block end, for a running maximum.
        """
        reached = votes.n == n_plan
        p_lower, p_upper = self.ends(votes, top, alpha, reached=reached)
        if self.extendable and before is not None:
            p_lower, p_upper = max(p_lower, before.p_lower), min(p_upper, before.p_upper)
        early = f"provisional, no claim before n = {n_plan:,}"
        stopped = _AT_ANY_STOP if self.any_stop else early
        return ProbabilityBounds(
            method=self.key,
            alpha=alpha,
            n=votes.n,
            top=top,
            p_lower=p_lower,
            p_upper=min(p_upper, 1.0 - p_lower),
            valid=reached or self.any_stop,
            basis=_REACHED if reached and not self.extendable else stopped,
        )
