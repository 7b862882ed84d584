"""How much less the mean of an ensemble's members scatters under the noise than one of them.

Of L members whose leads y_1, ..., y_L (score of the chosen class less the best other one) have a
mean variance V and a mean correlation zeta between two of them, the mean of k scatters by

    Var(k) / Var(1) = (1 + zeta (k - 1)) / k

(M. Horvath, M. Mueller, M. Fischer and M. Vechev, ICLR 2022). zeta is estimated from all members,
so that the law meets what was measured of all of them, and is tried by the members before the last.
"""

from __future__ import annotations

import math

from pydantic import Field

from engine.core.records import Record
from engine.core.rounding import round_up

LEADS = 4096
"""Samples whose leads are taken: the first of a run."""
_DIGITS = 4


class MemberSpread(Record):
    """Variances of the members' leads under the noise, to four digits.

    Attributes:
        samples: that they are of; those to which a member gave no number are left out.
        variances: of each member that was asked about every sample, in their order.
        of_first: of the mean of the first, of the first two members, and so on.
    """

    samples: int = Field(ge=2)
    variances: tuple[float, ...] = Field(min_length=2)
    of_first: tuple[float, ...] = Field(min_length=2)

    @property
    def usual(self) -> float:
        """The mean variance of a member."""
        return math.fsum(self.variances) / len(self.variances)

    @property
    def zeta(self) -> float:
        """The mean correlation of two members, in [-1 / (L - 1), 1]."""
        members = len(self.variances)
        if not self.usual:
            return 1.0
        found = (members * self.of_first[-1] / self.usual - 1) / (members - 1)
        return min(1.0, found)

    def law(self, k: float) -> float:
        """What is left of the variance with k members."""
        return (1 + self.zeta * (k - 1)) / k

    @property
    def left(self) -> float:
        """What was measured to be left of it with all of them."""
        return self.of_first[-1] / self.usual if self.usual else 1.0

    def contradictions(self, *, members: int, n: int) -> list[str]:
        """What in this record cannot be."""
        if not len(self.variances) == len(self.of_first) == members:
            return ["the variances are not those of its members"]
        values = (*self.variances, *self.of_first)
        if not all(math.isfinite(one) and one >= 0 for one in values) or self.samples > n:
            return ["the variances of its members are none"]
        most = max(self.variances) * (1 + 10.0 ** (1 - _DIGITS))
        if self.of_first[0] != self.variances[0] or max(self.of_first) > most:
            return ["the mean of its members scatters more than any of them"]
        return []

    def in_words(self) -> str:
        """What was measured, in a clause."""
        return (
            f"the mean of {len(self.variances)} members' leads keeps {round_up(self.left, 3)} of "
            f"one's variance, correlation zeta {self.zeta:.3f}, on {self.samples:,} samples"
        )


def rounded(value: float) -> float:
    """To the digits that are kept: beyond them rounding depends on batches."""
    return float(f"{value:.{_DIGITS}g}")
