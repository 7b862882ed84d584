"""A weighted vote of smoothed ensembles of stumps, certified by the largest-radius rule.

Every member is smoothed by itself under the same noise, and names the more probable of its two
classes; class 1 is predicted where members with more than half of all weight name it, else class 0.
A member that misses a class with probability at most q keeps it within the radius r(q), which falls
as q grows. So if members with more than half of the weight miss a class with probability at most q,
no change within r(q) takes the vote from it. The least such q is the one of a single member, which
decides the certificate (Horvath, Mueller, Fischer & Vechev, (De-)Randomized Smoothing for Decision
Stump Ensembles, NeurIPS 2022).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

import numpy as np
import numpy.typing as npt

from engine.certificates.stumps import Floats, Norm, Steps, StumpEnsemble


def majority(sizes: Sequence[float], weights: Sequence[float]) -> int | None:
    """The member up to whose size, from the smallest on, more than half of all weight is held.

    Args:
        sizes: one for each member; of members of the same size the first one comes first.
        weights: of the members. A weight below 0 counts in the total alone.

    Returns:
        Its place; None where no more than half is ever held.

    >>> majority([0.1, 0.4, 0.2], [1.0, 1.0, 1.0])
    2
    """
    exact = [Fraction(weight) for weight in weights]  # half of all is no majority
    half, held = sum(map(abs, exact), Fraction(0)) / 2, Fraction(0)
    for place in sorted(range(len(sizes)), key=sizes.__getitem__):
        held += max(Fraction(0), exact[place])
        if held > half:
            return place
    return None


@dataclass(frozen=True)
class StumpVote:
    """Ensembles of the same numbers that vote.

    Attributes:
        members: each an ensemble of its own.
        weights: of their votes, whole numbers above 0.
    """

    members: tuple[StumpEnsemble, ...]
    weights: tuple[int, ...]

    @property
    def numbers(self) -> tuple[Steps, ...]:
        """The step functions of the first one: as many as the input has numbers."""
        return self.members[0].numbers

    def margins(self, numbers: Floats, codes: npt.NDArray[np.int64] | None = None) -> Floats:
        """(N,) the weight of the members that give class 1 to an input as it is, less one half.

        Args:
            numbers: (N, F).
            codes: (N, G) of categorical fields.
        """
        ones = np.zeros(len(numbers))
        for member, weight in zip(self.members, self.weights, strict=True):
            ones += weight * (member.margins(numbers, codes) > 0)
        return np.asarray(ones / sum(self.weights) - 0.5)

    def outside(
        self,
        numbers: Floats,
        *,
        norm: Norm,
        scale: float,
        codes: npt.NDArray[np.int64] | None = None,
    ) -> Floats:
        """(K, N, 2) of each member the probability of missing each class, from above.

        Args:
            numbers: (N, F) inputs.
            norm, scale, codes: as for :meth:`StumpEnsemble.outside`; no field is changed.
        """
        found = (
            member.outside(numbers, norm=norm, scale=scale, codes=codes) for member in self.members
        )
        return np.stack([one[:, :, 0] for one in found])

    def deciding(self, outside: Floats) -> tuple[int, int]:
        """For each class the member whose probability of missing it decides, of one input.

        Members with more than half of the weight miss the class with that probability at most.

        Args:
            outside: (K, 2) as :meth:`outside` gives them.
        """
        zero, one = (majority(outside[:, label].tolist(), self.weights) for label in (0, 1))
        assert zero is not None and one is not None  # weights are above 0
        return zero, one
