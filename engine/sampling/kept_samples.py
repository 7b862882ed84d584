"""Samples that are kept from before they are classified, so that they need not be drawn again.

Which they are is drawn by lot before the model is asked, and they lie in memory of their own: what
a model does to the batch that it is given does not reach them.
"""

from __future__ import annotations

import random
from collections.abc import Sequence

import torch

from engine.core.batches import Batch, alike, parts
from engine.sampling.questions import Samples, Stretch, consecutive


class KeptSamples:
    """Consecutive samples of one batch, until they are asked about.

    Args:
        lot: draws which they are.
    """

    def __init__(self, lot: random.Random) -> None:
        self._lot = lot
        self._place = 0
        self._batch: Batch | None = None

    @property
    def places(self) -> range:
        """Of the samples that are kept."""
        count = 0 if self._batch is None else len(parts(self._batch)[0])
        return range(self._place, self._place + count)

    def keep(self, start: int, batch: Batch, count: int) -> None:
        """Keep ``count`` samples of a batch; none if some are kept already or the batch is smaller.

        Args:
            start: place of its first sample.
            batch: before it is classified.
            count: at least 2.
        """
        size = len(parts(batch)[0])
        if self._batch is None and size >= count:
            begin = self._lot.randrange(size - count + 1)
            self._place = start + begin
            self._batch = alike(batch, lambda part: part[begin : begin + count].clone())

    def stretch(
        self,
        samples: Samples,
        start: int,
        answered: Sequence[torch.Tensor],
        most: int,
        *,
        beside: bool,
    ) -> tuple[Stretch, Batch | None]:
        """Some of the samples just counted: those that were kept, where they are so many.

        Args:
            samples, start, answered, most, beside: as for :func:`consecutive`.

        Returns:
            Which they are, and the samples; None where they are to be drawn again.
        """
        kept, first, count = self._batch, self._place - start, sum(map(len, answered))
        self.drop()
        same = kept is not None and len(parts(kept)[0]) == most
        if not same or not 0 <= first <= count - most:
            kept, first = None, self._lot.randrange(count - min(most, count) + 1)
        return consecutive(samples, start, answered, most, first=first, beside=beside), kept

    def drop(self) -> None:
        """Keep nothing any more."""
        self._batch = None
