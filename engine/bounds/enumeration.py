"""Counting every sample of a finite noise law: probabilities, not bounds on them."""

from __future__ import annotations

from typing import ClassVar

from engine.bounds.base import BoundMethod
from engine.core.records import ProbabilityBounds, Votes


class Enumeration(BoundMethod):
    """The shares of the votes themselves, once every sample of the law is counted.

    Nothing is left to chance, so nothing is spent of alpha. Ties go to the lower class index, as
    :attr:`Votes.top` has it: the runner-up's share is raised by one vote where its index is lower,
    so that a strict comparison of the shares decides ties the same way (Levine & Feizi, ICML 2021).
    """

    key: ClassVar[str] = "enumeration"
    title: ClassVar[str] = "enumeration, every sample counted"
    summary: ClassVar[str] = "a finite noise law is counted whole; no alpha, no randomness"
    citation: ClassVar[str] = "Levine & Feizi, ICML 2021"

    def ends(self, votes: Votes, top: int, alpha: float, *, reached: bool) -> tuple[float, float]:
        """Shares of the top class and of the best other."""
        if not votes.n:
            return 0.0, 1.0
        runner_up = max(
            (count + (index < top) for index, count in enumerate(votes.counts) if index != top),
            default=0,
        )
        others = max(runner_up, votes.failures)
        return votes.counts[top] / votes.n, min(1.0, others / votes.n)

    def at(
        self,
        votes: Votes,
        *,
        top: int,
        alpha: float,
        n_plan: int,
        before: ProbabilityBounds | None = None,
    ) -> ProbabilityBounds:
        """The shares; no claim before all are counted."""
        del alpha, before
        complete = votes.n == n_plan
        p_lower, p_upper = self.ends(votes, top, 0.0, reached=complete)
        return ProbabilityBounds(
            method=self.key,
            alpha=0.0,
            n=votes.n,
            top=top,
            p_lower=p_lower,
            p_upper=p_upper,
            valid=complete,
            basis="valid: every sample of the noise is counted"
            if complete
            else f"no claim before all {n_plan:,} samples are counted",
        )
