"""What a certificate keeps of a class, and which votes show that it is lost. No torch.

A class is the most probable one, or among the first k, or has at least the probability tau. An
attack has to take away just that: of a class that is certified to stay among the first k, losing
the lead shows nothing.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import NormalDist

from engine.core.records import Votes
from engine.evidence.attack import AttackRecord, Lost
from engine.procedures.hypothesis_test import decide
from engine.schemes import Scheme
from engine.schemes.ranked import MAJORITY, top_k
from engine.schemes.threshold import threshold


@dataclass(frozen=True)
class Standing:
    """A place that a class keeps.

    Attributes:
        first: it stays among so many most probable classes.
        tau: its probability stays at least this, whatever its place; None for a place.
    """

    first: int = 1
    tau: float | None = None

    @classmethod
    def of(cls, scheme: Scheme) -> Standing:
        """What a scheme certifies."""
        first, tau = top_k(scheme), threshold(scheme)
        return cls(first) if first > 1 or tau == MAJORITY else cls(tau=tau)

    @classmethod
    def recorded(cls, scheme: Scheme, attack: AttackRecord) -> Standing | None:
        """What a recorded attack took away; None if that is not what the scheme certifies.

        Above a tau of one half whoever loses the lead has lost the threshold.
        """
        own = cls.of(scheme)
        if attack.lost == "lead" and (own.tau or 0.0) > MAJORITY:
            return cls()
        return own if attack.lost == own.lost else None

    @property
    def lost(self) -> Lost:
        """What an attack takes away."""
        if self.tau is not None:
            return "threshold"
        return "rank" if self.first > 1 else "lead"

    def lead(self, shares: Sequence[float], top: int) -> float:
        """By how much a class keeps its place; below 0 where it has lost it.

        Args:
            shares: of the votes, of each class and at last of the failures.
            top: the class. A failure may take the lead from it, but no place among the first k.

        >>> Standing().lead([0.5, 0.25, 0.25, 0.0], 0)
        0.25
        >>> Standing(first=2).lead([0.25, 0.5, 0.125, 0.125], 0)
        0.125
        >>> Standing(tau=0.25).lead([0.125, 0.875, 0.0], 0)
        -0.125
        """
        if self.tau is not None:
            return shares[top] - self.tau
        others = [share for place, share in enumerate(shares) if place != top]
        return shares[top] - sorted(others if self.first == 1 else others[:-1])[-self.first]

    def margin(self, n: int, alpha: float, classes: int) -> float:
        """By how much it has to be lost for ``n`` votes to show it about every second time.

        Args:
            n: votes of the test.
            alpha: of the test.
            classes: that there are.
        """
        one_sided = {"lead": alpha / 2, "rank": alpha / max(1, classes - 1), "threshold": alpha}
        surely = NormalDist().inv_cdf(1 - one_sided[self.lost]) / math.sqrt(n)
        if self.tau is None:
            return min(0.9, surely)
        return min(0.9 * self.tau, math.sqrt(self.tau * (1 - self.tau)) * surely)

    def test(self, votes: Votes, top: int) -> tuple[int, float]:
        """The class that leads, and the p-value against ``top`` having its place still.

        ``lead``: two-sided, N_A out of N_A + N_B against 1/2 (PREDICT). ``rank``: the k-th largest
        other class against ``top``, one-sided, times the number of other classes: if at most k - 1
        of these are more probable, one of the k with the most votes is not, and has as many votes.
        ``threshold``: P(Bin(n, tau) <= N_top).
        """
        if self.tau is not None:
            from scipy.special import bdtr  # deferred: SciPy is slow to load

            return votes.top, float(bdtr(votes.counts[top], votes.n, self.tau))
        test = decide(votes, "two-sided")
        if self.first == 1:
            return test.top, test.p_value if test.top != top else 1.0
        from scipy.special import bdtrc  # deferred as above

        others = sorted(count for place, count in enumerate(votes.counts) if place != top)
        against, own = others[-self.first], votes.counts[top]
        tail = float(bdtrc(against - 1, against + own, 0.5)) if against else 1.0
        return votes.top, min(1.0, len(others) * tail)


def unranked(scheme: Scheme) -> Scheme:
    """The scheme whose votes tell of a place among the first k: PREDICT itself knows no ranking."""
    return scheme.model_copy(update={"top_k": 1}) if top_k(scheme) > 1 else scheme


LEAD = Standing()
"""To be the most probable class."""
