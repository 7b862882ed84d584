"""Would these votes certify it? The one question every plan asks of scheme and bound."""

from __future__ import annotations

import math
from dataclasses import dataclass

from engine.bounds import BoundMethod
from engine.core.records import ProbabilityBounds, Votes
from engine.regions import Perturbation, Region
from engine.schemes import Scheme
from engine.schemes.norms import between
from engine.schemes.threshold import threshold

N_LIMIT = 10**9
"""Plans look no further than this many samples."""


@dataclass(frozen=True)
class Question:
    """A claim to plan for.

    Attributes:
        target: the perturbation to certify; None to certify anything at all.
        runner_up: the largest share of the lost votes that one other class is taken to hold; 1,
            the least favourable, where nothing is known.

    Raises:
        UserError: the scheme lacks a parameter that an input would give.
    """

    scheme: Scheme
    method: BoundMethod
    alpha: float
    target: Perturbation | None = None
    runner_up: float = 1.0

    def __post_init__(self) -> None:
        self.scheme.check_alone()

    def bounds(self, n: int, *, lost: int) -> ProbabilityBounds:
        """The declared bound at its planned n after ``n - lost`` votes for the class."""
        return self.method.at(_votes(n, lost, self.runner_up), top=0, alpha=self.alpha, n_plan=n)

    def region(self, n: int, *, lost: int) -> Region | None:
        """What those votes certify, at best: a plan knows no input."""
        return self.scheme.utmost(self.bounds(n, lost=lost))

    def certifies(self, n: int, *, lost: int) -> bool:
        """Whether they certify the target."""
        bounds = self.bounds(n, lost=lost)
        enclosed, size = between(self.scheme, bounds), (self.target or {}).get("radius", 0.0)
        if enclosed is not None and not enclosed[0] <= size < enclosed[1]:
            return size < enclosed[0]
        region = self.scheme.utmost(bounds)
        return region is not None and (self.target is None or region.contains(self.target))

    def radius(self, n: int, *, lost: int) -> tuple[float, float] | None:
        """Between what the radius of these votes lies: from a table, or twice the same.

        0 where they certify nothing; None for regions without a radius.
        """
        bounds = self.bounds(n, lost=lost)
        enclosed = between(self.scheme, bounds)
        if enclosed is not None:
            return enclosed
        region = self.scheme.utmost(bounds)
        if region is None:
            return 0.0, 0.0
        radius = region.certified_radius
        return None if radius is None else (radius, radius)

    def required(self) -> float:
        """What p_lower must exceed: at least one half, or the scheme's own threshold tau."""
        least = threshold(self.scheme)
        if self.target is None:
            return least
        return max(least, self.scheme.required_probability(self.target))

    def most_lost(self, n: int) -> int | None:
        """Most votes of n that may be lost; None if none may. By bisection: bounds are monotone."""
        if not self.certifies(n, lost=0):
            return None
        low, high = 0, n
        while high - low > 1:
            middle = (low + high) // 2
            low, high = (middle, high) if self.certifies(n, lost=middle) else (low, middle)
        return low

    def fewest(self, lost: int, *, above: int = 0) -> int | None:
        """Smallest n, above ``above``, that certifies although ``lost`` votes are lost."""
        low, step = max(above, lost), 1
        while low < N_LIMIT and not self.certifies(low + step, lost=lost):
            low += step
            step = min(2 * step, N_LIMIT - low)
        if low >= N_LIMIT:
            return None
        high = low + step
        while high - low > 1:
            middle = (low + high) // 2
            low, high = (low, middle) if self.certifies(middle, lost=lost) else (middle, high)
        return high


def _votes(n: int, lost: int, share: float) -> Votes:
    """The class first, then the lost votes in portions of at most ``share`` of them."""
    portion = math.ceil(lost * share) or 1
    others = [portion] * (lost // portion) + [lost % portion]
    return Votes(counts=(n - lost, *others))
