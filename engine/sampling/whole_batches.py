"""Whether batches as large as those that are counted keep other numbers than their samples alone.

Votes are compared with what was counted, sample by sample. Of numbers that are kept beside the
class (scores of a soft bound, outputs whose medians are bounded) only sums or places are, so that a
model that changes them in larger batches than the function check asks about would go unseen where
no class changes. So some batch of every larger size is asked again as it was, and some of its
samples alone.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence

import torch

from engine.core.batches import Batch, alike
from engine.core.scores import UNIT
from engine.models.base import Classifier
from engine.sampling.questions import Answer, Rounding, Samples

_ROWS = 8
"""Samples of a batch that are asked about alone."""
_SHARES = 1e-3
"""By how much a score in [0, 1] may differ from batch to batch."""


class WholeBatches:
    """Asks for batches as they were counted, once for every size that is larger than before.

    Args:
        classifier: whose numbers are kept.
        ask: gives the answer to a batch; None where there is none.
        rounding: that explains a difference.
        lot: draws the samples.
    """

    def __init__(
        self,
        classifier: Classifier,
        ask: Callable[[Batch], Answer | None],
        rounding: Rounding,
        lot: random.Random,
    ) -> None:
        self._classifier, self._ask, self._rounding, self._lot = classifier, ask, rounding, lot
        self._largest = 1

    def due(self, answered: Sequence[torch.Tensor]) -> bool:
        """Whether numbers are kept, and one of these batches is larger than all before."""
        if self._classifier.measured() is None:
            return False
        return max(map(len, answered), default=0) > self._largest

    def differ(self, samples: Samples, start: int, answered: Sequence[torch.Tensor]) -> bool:
        """Whether samples of the largest batch have other numbers in it than alone.

        Args:
            samples, start, answered: as for :meth:`FunctionCheck.look`.
        """
        sizes = [len(one) for one in answered]
        place = sizes.index(max(sizes))
        first, self._largest = start + sum(sizes[:place]), sizes[place]
        batch = samples.draw(first, sizes[place])
        whole, kept = self._answer(batch)
        if whole is None:
            return False
        for row in self._lot.sample(range(sizes[place]), min(_ROWS, sizes[place])):
            alone, own = self._answer(_one_of(batch, row))
            if alone is None:
                continue
            if not self._rounding.alike(whole, row, alone, 0) or not _near(kept, row, own):
                return True
        return False

    def _answer(self, batch: Batch) -> tuple[Answer | None, torch.Tensor | None]:
        """What comes, and the shares of a soft classifier: its logits may hide their change."""
        found = self._ask(batch)
        kept = self._classifier.measured() if self._classifier.soft else None
        return found, None if kept is None else kept.clone()


def _one_of(batch: Batch, row: int) -> Batch:
    return alike(batch, lambda part: part[row : row + 1])


def _near(whole: torch.Tensor | None, row: int, alone: torch.Tensor | None) -> bool:
    """Whether two rows of shares, in units of ``engine.core.scores``, are near each other."""
    if whole is None or alone is None:
        return True
    return bool(((whole[row] - alone[0]).abs() <= _SHARES * UNIT).all())
