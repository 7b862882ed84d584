"""A probability that is computed from the model itself: votes beside it decide nothing."""

from __future__ import annotations

import math
from typing import ClassVar

from engine.bounds.base import BoundMethod
from engine.core.records import ProbabilityBounds, Votes


class Computed(BoundMethod):
    """Counts alone claim nothing: the probability comes with the facts of the run."""

    key: ClassVar[str] = "computed"
    title: ClassVar[str] = "computed, nothing sampled"
    summary: ClassVar[str] = "worked out from the model itself, without votes; no alpha"
    citation: ClassVar[str] = "Horvath et al., NeurIPS 2022"
    any_stop: ClassVar[bool] = True

    def ends(self, votes: Votes, top: int, alpha: float, *, reached: bool) -> tuple[float, float]:
        """Nothing."""
        return 0.0, 1.0


COMPUTED = "the probability is computed, not estimated"


def computed_bounds(top: int, outside: float, n: int, basis: str = COMPUTED) -> ProbabilityBounds:
    """The bounds of a class that the noisy input is not given with probability at most ``outside``.

    Args:
        top: the class.
        outside: that mass; every other class has at most as much.
        n: votes drawn beside it.
        basis: why it is valid, in a clause.
    """
    return ProbabilityBounds(
        method=Computed.key,
        alpha=0.0,
        n=n,
        top=top,
        p_lower=max(0.0, math.nextafter(1.0 - outside, 0.0)) if outside else 1.0,
        p_upper=min(1.0, outside),
        valid=True,
        basis=f"valid: {basis}",
    )
