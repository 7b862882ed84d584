"""Noisy samples of one input, drawn in place, small ones some way ahead of the batch at hand.

A generator of many small operations costs as much for a batch of few numbers as for one of many.
Where the network is fastest in batches that are small for the generator, the noise of several
batches is drawn at once. Which noise comes depends on (key, stream, index) alone; when it is drawn
does not matter.
"""

from __future__ import annotations

from collections.abc import Sequence

import torch

from engine.core.batches import Batch, parts, room, rows_of
from engine.noise.gaussian import NoiseSource
from engine.noise.law import NoiseLaw
from engine.sampling.questions import Asking

AHEAD = 1 << 19
"""Numbers that are drawn at once: one chunk of the generator's counters."""


class NoisyCopies:
    """One buffer with noisy samples of ``x``, reused.

    Args:
        x: the input on ``device``.
        law: of the noise.
        shape: of the first part of a noisy sample.
        device: where the noise is drawn.
    """

    def __init__(self, x: Batch, law: NoiseLaw, shape: Sequence[int], device: torch.device) -> None:
        self._x = x
        self._law = law
        self._shape = shape
        self._device = device
        one = room(x, shape, 1, torch.device("meta"))
        self._ahead = AHEAD // max(1, sum(part.numel() for part in parts(one)))
        self._buffer: Batch | None = None
        self._noise: NoiseSource | None = None
        self._drawn = range(0)

    def batch(self, noise: NoiseSource, start: int, size: int, last: int) -> Batch:
        """Copies start .. start+size-1 of a stream that ends before ``last``.

        The memory is the buffer's own: a later call may overwrite it.
        """
        wanted = range(start, start + size)
        if noise is not self._noise or not _within(wanted, self._drawn):
            whole = self._ahead // max(1, size) * size  # of a part the rest would be drawn twice
            self._draw(noise, start, max(size, min(whole, last - start)))
        begin = start - self._drawn.start
        assert self._buffer is not None
        return rows_of(self._buffer, begin, begin + size)

    def release(self) -> None:
        """Give the memory back, and draw no more than is asked for from now on."""
        self._buffer, self._noise, self._ahead = None, None, 0

    def _draw(self, noise: NoiseSource, start: int, count: int) -> None:
        self._noise = None
        if self._buffer is None or parts(self._buffer)[0].shape[0] < count:
            self._buffer = room(self._x, self._shape, count, self._device)
        self._law.draw(self._x, noise, start, rows_of(self._buffer, 0, count))
        self._noise, self._drawn = noise, range(start, start + count)


def _within(inner: range, outer: range) -> bool:
    return outer.start <= inner.start and inner.stop <= outer.stop


class StreamSamples:
    """The noisy samples of one stream, drawn again for the function check.

    Args:
        x, law, shape, device: as for :class:`NoisyCopies`.
        noise: of the stream.
        asking: what was asked again of its run.
    """

    def __init__(
        self,
        x: Batch,
        law: NoiseLaw,
        shape: Sequence[int],
        device: torch.device,
        *,
        noise: NoiseSource,
        asking: Asking,
    ) -> None:
        self.noise = noise
        self._x, self._law, self._shape, self._device = x, law, shape, device
        self._asking = asking

    def draw(self, start: int, count: int) -> Batch:
        """Samples start .. start+count-1, in memory of their own."""
        out = room(self._x, self._shape, count, self._device)
        self._law.draw(self._x, self.noise, start, out)
        return out

    def holds(self, place: int) -> bool:
        """Every one: noise is a function of the place."""
        return place >= 0

    def asking(self, place: int) -> Asking:
        """Of the one run."""
        del place
        return self._asking
