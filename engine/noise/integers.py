"""Integer noise: masks, subsets and symbols as functions of (key, stream, sample index).

Everything here is compared as 63-bit integers, so the law drawn is the law certified up to 2^-62
per outcome (:func:`total_variation`), on every device and in every noise mode.

Counter layout: (lane * 2^24 + element // 2, sample low word, sample high word, stream); for masks
element // 16, and 2^23 + element where a byte does not decide. A scheme gives each of its
independent draws a lane of its own; lane 0 is the Gaussian's.
"""

from __future__ import annotations

import torch

from engine.core.total_variation import subset_total_variation, total_variation
from engine.noise.philox import MASK32, Philox

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
_TIES = LANE // 2
"""Masks draw bytes from a lane's first half, and further bits from its second."""
_REST = 55


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
        self._singles = Philox(key, self.device)

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

        A byte decides all but one element in 256; for those 55 more bits are drawn.

        Args:
            samples: rows.
            elements: columns.
            p: one probability, or one per element (float64, on the device).
            start: index of the first sample.
            lane: of the draw.
        """
        limits = torch.as_tensor(p, dtype=torch.float64, device=self.device).reshape(-1)
        # 2^63 itself is no int64, so a certain event is marked by the byte that no byte reaches.
        certain = limits >= 1.0
        threshold = (limits.clamp(max=1.0 - 2.0**-53) * 2.0**63).to(torch.int64)
        byte = torch.where(certain, 256, threshold >> _REST).to(torch.int16)
        rest = threshold & ((1 << _REST) - 1)
        drawn = self._bytes(samples, elements, start=start, lane=lane)
        found = drawn < byte
        ties = (drawn == byte).nonzero(as_tuple=True)
        if ties[0].numel() and bool(rest.any()):
            own = rest[ties[1] % rest.numel()]
            found[ties] = self._rest(*ties, start=start, lane=lane) < own
        return found

    def _bytes(self, samples: int, elements: int, *, start: int, lane: int) -> torch.Tensor:
        """Uniform bytes, sixteen to a counter, (samples, elements) uint8."""
        if not 0 <= lane < LANES or elements > _TIES:
            raise ValueError(f"lane {lane} with {elements:,} elements")
        blocks = -(-elements // 16)
        out = torch.empty((samples, blocks, 4), dtype=torch.int32, device=self.device)
        step = max(1, _CHUNK // max(1, blocks))
        for first in range(0, samples, step):
            part = out[first : first + step]
            even, odd = self._philox.words(
                start + first, part.shape[0], blocks, self.stream, first=lane * LANE
            )
            # Words are below 2^32: the cast keeps their 32 bits, whatever the sign.
            part[..., 0::2] = even.T.view(*part.shape[:2], 2)
            part[..., 1::2] = odd.T.view(*part.shape[:2], 2)
        return out.view(torch.uint8).view(samples, 16 * blocks)[:, :elements]

    def _rest(
        self, rows: torch.Tensor, columns: torch.Tensor, *, start: int, lane: int
    ) -> torch.Tensor:
        """The other 55 bits of single elements, for those whose byte does not decide."""
        c0, c1, c2, c3 = self._singles.lanes(rows.numel())
        torch.add(columns, lane * LANE + _TIES, out=c0)
        torch.add(rows, start, out=c1)
        torch.bitwise_right_shift(c1, 32, out=c2)
        c1.bitwise_and_(MASK32)
        c3.fill_(self.stream)
        self._singles.scramble_()
        return (c0 << (_REST - 32)) | (c1 >> (64 - _REST))

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
