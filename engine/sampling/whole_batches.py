"""Whether batches as large as those that are counted are answered otherwise than samples alone.

The first look of a run is at its selection votes, whose batches are small; so the first batch of
every larger size is looked at too. Votes are compared with what was counted. Of numbers that are
kept beside the class (scores of a soft bound, outputs whose medians are bounded) only sums or
places are, so that a model that changes them in large batches would go unseen where no class does:
such a batch is asked again as it was, and some of its samples alone.
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
        compare: asks about some samples of a batch, in another order, and compares with what was
            counted; handed samples, start, batch and how many, as :meth:`differ` is.
        rounding: that explains a difference.
        lot: draws the samples.
    """

    def __init__(
        self,
        classifier: Classifier,
        ask: Callable[[Batch], Answer | None],
        compare: Callable[[Samples, int, Sequence[torch.Tensor], int], object],
        rounding: Rounding,
        lot: random.Random,
    ) -> None:
        self._classifier, self._ask, self._compare = classifier, ask, compare
        self._rounding, self._lot = rounding, lot
        self._largest = 1

    def larger(self, answered: Sequence[torch.Tensor], *, tested: bool) -> bool:
        """Whether one of these batches is larger than all before.

        Args:
            answered: class indices, one tensor for each batch.
            tested: another run of a set asked about votes in such batches.
        """
        return any(self.beyond(len(one), tested=tested) for one in answered)

    def beyond(self, size: int, *, tested: bool) -> bool:
        """Whether a batch of this size is larger than all before, and so asked about."""
        if tested and self._classifier.measured() is None:
            return False
        return size > self._largest

    def differ(
        self, samples: Samples, start: int, answered: Sequence[torch.Tensor], few: int
    ) -> bool:
        """Whether samples of the first of the largest batches have other numbers alone.

        Args:
            samples, start, answered: as for :meth:`FunctionCheck.look`.
            few: samples of it whose classes are compared; 0 where others do that.

        Raises:
            UserError: they have other classes than were counted, and not by rounding.
        """
        sizes = [len(one) for one in answered]
        place = sizes.index(max(sizes))
        start, size = start + sum(sizes[:place]), sizes[place]
        self._largest = size
        if few:
            self._compare(samples, start, answered[place : place + 1], few)
        if self._classifier.measured() is None:
            return False
        return self._other_numbers(samples.draw(start, size), size)

    def _other_numbers(self, batch: Batch, size: int) -> bool:
        whole, kept = self._answer(batch)
        if whole is None:
            return False
        for row in self._lot.sample(range(size), min(_ROWS, size)):
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
