"""Integer noise: masks, subsets and symbols as functions of (key, stream, sample index).

Everything here is compared as 63-bit integers, so the law drawn is the law certified up to 2^-62
per outcome (:func:`total_variation`), on every device and in every noise mode.

Counter layout: (lane * 2^24 + element // 2, sample low word, sample high word, stream). A scheme
gives each of its independent draws a lane of its own; lane 0 is the Gaussian's.
"""

from __future__ import annotations

import torch

from engine.integer_law import subset_total_variation, total_variation
from engine.philox import Philox

__all__ = [
    "LANE",
    "LANES",
    "IntegerNoise",
    "joined",
    "subset_total_variation",
    "total_variation",
]

LANE = 1 << 24
"""Counters per lane: twice as many numbers may be drawn for one sample."""
LANES = 256
_CHUNK = 1 << 16


class IntegerNoise:
    """The integer draws of one stream of one key.

    Args:
        key: 64-bit key.
        stream: counter word that keeps streams apart.
        device: where the numbers are drawn.
    """

    def __init__(self, key: int, stream: int, device: torch.device | str = "cpu") -> None:
        self.key = key
        self.stream = stream
        self.device = torch.device(device)
        self._philox = Philox(key, self.device)

    def uniform63(self, samples: int, elements: int, *, start: int, lane: int) -> torch.Tensor:
        """Integers uniform in [0, 2^63), (samples, elements) int64: sample ``start + i`` in row i.

        Raises:
            ValueError: no such lane, or more elements than a lane has room for.
        """
        if not 0 <= lane < LANES or elements > 2 * LANE:
            raise ValueError(f"lane {lane} with {elements:,} elements")
        pairs = -(-elements // 2)
        out = torch.empty((samples, 2 * pairs), dtype=torch.int64, device=self.device)
        step = max(1, _CHUNK // max(1, pairs))
        for first in range(0, samples, step):
            part = out[first : first + step]
            words = self._philox.words(
                start + first, part.shape[0], pairs, self.stream, first=lane * LANE
            )
            part.copy_(joined(*words).T.reshape(part.shape))
        return out[:, :elements]

    def bernoulli(
        self, samples: int, elements: int, p: float | torch.Tensor, *, start: int, lane: int
    ) -> torch.Tensor:
        """True with probability ``p``, (samples, elements) bool.

        Args:
            samples: rows.
            elements: columns.
            p: one probability, or one per element (float64, on the device).
            start: index of the first sample.
            lane: of the draw.
        """
        uniform = self.uniform63(samples, elements, start=start, lane=lane)
        if isinstance(p, torch.Tensor):
            limits = (p.to(torch.float64) * 2.0**62).to(torch.int64)
            return (uniform >> 1) < limits
        if p >= 1.0:
            return torch.ones_like(uniform, dtype=torch.bool)
        return uniform < int(p * 2.0**63)

    def integers(
        self, samples: int, elements: int, high: int, *, start: int, lane: int
    ) -> torch.Tensor:
        """Integers uniform in [0, high), (samples, elements) int64; ``high`` at most 2^31."""
        uniform = self.uniform63(samples, elements, start=start, lane=lane)
        # floor(u high / 2^63) without overflow: the upper 32 bits carry it, the lower 31 the rest.
        upper, lower = uniform >> 31, uniform & (2**31 - 1)
        return (upper * high + ((lower * high) >> 31)) >> 32

    def subset(self, samples: int, elements: int, k: int, *, start: int, lane: int) -> torch.Tensor:
        """k of ``elements``, every k-subset alike, (samples, elements) bool."""
        keys = self.uniform63(samples, elements, start=start, lane=lane)
        chosen = torch.zeros(keys.shape, dtype=torch.bool, device=self.device)
        if k:
            chosen.scatter_(1, keys.topk(k, dim=1, largest=False, sorted=False).indices, True)
        return chosen


def joined(high: torch.Tensor, low: torch.Tensor) -> torch.Tensor:
    """63-bit integers from pairs of 32-bit words; the words' memory is reused."""
    return high.bitwise_left_shift_(31).bitwise_or_(low.bitwise_right_shift_(1))
