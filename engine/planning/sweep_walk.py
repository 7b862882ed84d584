"""Which anchors a sweep asks, and when it leaves one: coarse first, from 0 outwards.

Nothing here bears on what may be claimed: that follows from the votes at every anchor that was
asked, and each has its own share of alpha whatever was asked before (``certificates.anchors``). The
walk only tries to ask few. It depends on the votes alone, never on time, so that a run that was
interrupted is walked again to where it was.
"""

from __future__ import annotations

import heapq
import math
from collections.abc import Callable
from dataclasses import dataclass

from engine.bounds import eprocess
from engine.certificates.anchors import LEVELS, alpha_of_cell, halves, level
from engine.core.records import Votes
from engine.schemes.anchored import Anchored

_OVERHEAD = 2.5
"""What the mixture of the e-process costs on top of log(1/alpha), about."""
_FEWEST, _CHUNK = 24, 256
"""Votes before anything but success is concluded, and the most that are drawn at once at first."""
_STEP = 16
"""Votes are drawn in multiples of it."""
_SURE = 3.0
"""Standard errors below what is needed at which a cell is given up."""
_HOPE = 0.25
"""Standard deviations above the least that is needed at which an anchor is tried at all."""


@dataclass(frozen=True)
class Asked:
    """A cell that was asked, with what its anchor needs."""

    cell: int
    distance: float


class Walk:
    """The state of a sweep.

    Args:
        scheme: over its range.
        alpha: of the whole run.
        n: votes at one anchor, at most.
        share: of the class among the votes at the image itself.
        distance: of a cell (:meth:`Anchored.distance`).
        beside: the part of a distance that is the same for every cell (:meth:`Anchored.beside`).

    Attributes:
        certified, failed: cells, as they were left.
    """

    def __init__(
        self,
        scheme: Anchored,
        *,
        alpha: float,
        n: int,
        share: float,
        distance: Callable[[int], float],
        beside: float = 0.0,
    ) -> None:
        self.certified: list[int] = []
        self.failed: list[int] = []
        self._scheme, self._alpha, self._n = scheme, alpha, n
        self._shares = [share, share]  # below 0 and above
        self._distance, self._beside = distance, beside
        self._pending: list[tuple[float, int]] = []
        self._push(1)

    def next(self) -> Asked | None:
        """The next cell to ask; None where nothing is left."""
        while self._pending:
            cell = heapq.heappop(self._pending)[1]
            distance = self._distance(cell)
            if self._worth_halving(cell, distance):
                for half in halves(cell):
                    self._push(half)
                continue
            return Asked(cell, distance)
        return None

    def left(self, asked: Asked, votes: Votes, top: int) -> int:
        """Votes to draw next at an anchor; 0 where the cell is done with, and entered as such."""
        cell, n, k = asked.cell, votes.n, votes.counts[top]
        if not n:
            return min(
                self._n, self._chunk(self._votes(cell, asked.distance, self._hopeful(cell)), 0)
            )
        if self.holds(asked, votes, top):
            self.certified.append(cell)
            self._expect(cell, (k + 0.5) / (n + 1))
            return 0
        if n < min(_FEWEST, self._n):
            return min(self._n, n + _STEP) - n
        share = (k + 0.5) / (n + 1)
        here = self._more(asked, k, n, share)
        halved = self._halved(cell, asked.distance, share)
        if n + here <= self._n and here <= halved:
            return min(self._n - n, self._chunk(here, n))
        error = math.sqrt(share * (1 - share) / n)
        least = self._scheme.p_needed(self._beside)
        possible = share + _SURE * error > least and halved < math.inf
        if possible and halved <= 2 * self._n:
            self._expect(cell, share)
            for half in halves(cell):
                self._push(half)
            return 0
        if possible and n < self._n:
            return min(self._n - n, self._chunk(math.inf, n))
        self._give_up(cell)
        return 0

    def holds(self, asked: Asked, votes: Votes, top: int) -> bool:
        """Whether the votes at an anchor certify its cell."""
        p_lower = eprocess.lower(votes.counts[top], votes.n, alpha_of_cell(self._alpha, asked.cell))
        return p_lower > self._scheme.p_needed(asked.distance)

    def _push(self, cell: int) -> None:
        """Behind all cells that lie nearer to 0; the lower side first where both are as near."""
        low, high = self._scheme.ends(cell)
        heapq.heappush(self._pending, (max(low, -high, 0.0), cell))

    def _give_up(self, cell: int) -> None:
        """A cell, and what lies beyond it: what is certified is one stretch about 0."""
        self.failed.append(cell)
        low, high = self._scheme.ends(cell)
        kept = []
        for near, other in self._pending:
            first, last = self._scheme.ends(other)
            if not ((high > 0 and first >= high) or (low < 0 and last <= low)):
                kept.append((near, other))
        heapq.heapify(kept)
        self._pending = kept

    def _worth_halving(self, cell: int, distance: float) -> bool:
        hopeful = self._hopeful(cell)
        here = self._votes(cell, distance, hopeful)
        return level(cell) < LEVELS and self._halved(cell, distance, hopeful) < here

    def _halved(self, cell: int, distance: float, share: float) -> float:
        """Votes that the parts of a cell take, about, halved as often as is best: distances halve.

        A range without a finite distance is always worth halving while that may help.
        """
        deeper = range(1, LEVELS - level(cell) + 1)
        if not math.isfinite(distance):
            helps = bool(deeper) and share > self._scheme.p_needed(self._beside)
            return 0.0 if helps else math.inf
        fixed = min(self._beside, distance)
        found = (
            self._votes(cell << by, fixed + (distance - fixed) / (1 << by), share) * (1 << by)
            for by in deeper
        )
        return min(found, default=math.inf)

    def _votes(self, cell: int, distance: float, share: float) -> float:
        """Votes that an anchor takes if the class has this share of them; infinite for never."""
        rate = _rate(share, self._scheme.p_needed(distance))
        return (self._price(cell) / rate) if rate > 0 else math.inf

    def _more(self, asked: Asked, k: int, n: int, share: float) -> float:
        needed = self._scheme.p_needed(asked.distance)
        rate = _rate(share, needed)
        if rate <= 0:
            return math.inf
        left = self._price(asked.cell) - _OVERHEAD - eprocess.log_e(needed, k, n)
        return max(1.0, left / rate)

    def _price(self, cell: int) -> float:
        return -math.log(alpha_of_cell(self._alpha, cell)) + _OVERHEAD

    def _expect(self, cell: int, share: float) -> None:
        """Take a cell's share of the votes for those that lie beyond it."""
        low, high = self._scheme.ends(cell)
        self._shares = [
            share if low < 0 else self._shares[0],
            share if high > 0 else self._shares[1],
        ]

    def _hopeful(self, cell: int) -> float:
        """The share to expect at a cell, at least so much that its anchor is tried."""
        from scipy.special import ndtr

        least = float(ndtr(self._scheme.sigmas_needed(self._beside) + _HOPE))
        return max(self._shares[self._scheme.ends(cell)[1] > 0], min(least, 1.0 - 1e-6))

    @staticmethod
    def _chunk(wanted: float, n: int) -> int:
        """Somewhat less than is expected at first, and in few different sizes of a batch."""
        part = min(wanted * (1.05 if n else 0.75), max(_CHUNK, n // 2))
        return max(1, math.ceil(part / _STEP)) * _STEP


def _rate(share: float, needed: float) -> float:
    """Growth of the e-process against ``needed`` per vote: KL(share || needed); 0 for none."""
    if needed >= 1.0 or share <= needed:
        return 0.0
    rest = (1 - share) * math.log((1 - share) / (1 - needed)) if share < 1 else 0.0
    return share * math.log(share / needed) + rest
