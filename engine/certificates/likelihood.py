"""Worst cases of discrete noise: the Neyman-Pearson lemma over regions of constant ratio.

A classifier that votes for class c with probability p at the clean input votes for it at the
changed input with a probability between :meth:`LikelihoodRegions.lower` and
:meth:`LikelihoodRegions.upper`, and both are attained (Lee, Yuan, Chang & Jaakkola, NeurIPS 2019,
Lemma 2). All that matters of noise and change are the regions in which the clean law's probability
is a constant multiple of the changed law's.
"""

from __future__ import annotations

import math
from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate

MARGIN = 1e-12
"""Relative. Masses that come from up to 1,000 multiplications and additions of positive numbers are
wrong by less than 2e-13 of their value; what follows from them, and from taking two regions in the
wrong order because their ratios are nearly equal, by less than this."""


@dataclass(frozen=True)
class LikelihoodRegions:
    """Disjoint regions that cover everything, by rising ratio of clean to changed probability.

    Regions of equal ratio may come in any order and need not be merged: the worst case takes them
    in full or splits the last, and only their sums count.

    Attributes:
        clean: probability of each region at the clean input; they sum to 1.
        changed: probability of each at the changed input.
        clean_sums, changed_sums: running sums, one longer, from 0.
    """

    clean: tuple[float, ...]
    changed: tuple[float, ...]
    clean_sums: tuple[float, ...]
    changed_sums: tuple[float, ...]

    @classmethod
    def of(cls, clean: Sequence[float], changed: Sequence[float]) -> LikelihoodRegions:
        """Sorted regions from masses in any order; empty regions are dropped."""
        pairs = [(p, q) for p, q in zip(clean, changed, strict=True) if p or q]
        pairs.sort(key=_log_ratio)
        first, second = (tuple(float(pair[i]) for pair in pairs) for i in (0, 1))
        return cls(first, second, (0.0, *accumulate(first)), (0.0, *accumulate(second)))

    def upper(self, p: float) -> float:
        """Largest probability at the changed input of anything that has p at the clean one.

        Rounded up. The regions of least ratio are taken first, until their clean masses sum to p.
        """
        place = bisect_right(self.clean_sums, p) - 1
        found = self.changed_sums[place]
        if place < len(self.clean):
            share = (p - self.clean_sums[place]) / self.clean[place]
            found += share * self.changed[place]
        return min(1.0, found * (1 + MARGIN))

    def lower(self, p: float) -> float:
        """Smallest probability at the changed input of anything that has p at the clean one.

        Rounded down. It is what the rest, 1 - p, leaves: so small gaps to certainty stay exact.
        """
        return max(0.0, math.nextafter(1.0 - self.upper(rest(p)), 0.0))

    def affordable(self, limit: float) -> float | None:
        """Largest p with ``upper(p) <= limit``, rounded down; None if even p = 0 exceeds it."""
        goal = limit / (1 + MARGIN)
        place = bisect_right(self.changed_sums, goal) - 1
        if place >= len(self.changed):
            return 1.0
        if not self.clean[place]:
            # What the clean input never shows costs nothing, and it is too much already.
            return None
        share = (goal - self.changed_sums[place]) / self.changed[place]
        return (self.clean_sums[place] + share * self.clean[place]) * (1 - MARGIN)

    def times(self, other: LikelihoodRegions) -> LikelihoodRegions:
        """The regions of two independent parts together, sorted anew.

        Sorting is not a nicety: products of two sorted lists are not sorted, and taking them as
        they come claims too much (a published program certifies at .6000 where .2266 is true).
        """
        return LikelihoodRegions.of(
            [a * b for a in self.clean for b in other.clean],
            [a * b for a in self.changed for b in other.changed],
        )


def certifies(regions: LikelihoodRegions, p_lower: float, p_upper: float) -> bool:
    """Whether the top class stays ahead of every other at the changed input.

    With ``p_upper = 1 - p_lower`` this is the test of the top class alone, lower(p) > 1/2, because
    what all others can gain together is what the top class can lose.
    """
    return regions.upper(rest(p_lower)) + regions.upper(p_upper) < 1.0


def rest(p: float) -> float:
    """1 - p: what a bound p leaves; exact for p of at least one half."""
    return 1.0 - p


def _log_ratio(pair: tuple[float, float]) -> float:
    clean, changed = pair
    if not clean:
        return -math.inf
    return math.log(clean) - math.log(changed) if changed else math.inf
