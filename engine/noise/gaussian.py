"""Noise as a function of (key, stream, sample index): see ``engine.noise.philox`` for the words.

Counter layout: (element // 4, sample low word, sample high word, stream). Streams never overlap;
``engine.noise.streams`` lists them once.
"""

from __future__ import annotations

import math
from typing import Protocol

import torch

from engine.noise.integers import IntegerNoise
from engine.noise.streams import GENERATOR, Stream, noise_key

__all__ = ["GENERATOR", "NoiseSource", "NoiseStream", "Stream", "noise_key"]

_TURN = 2 * math.pi / 2**32
_CHUNK = 1 << 17
"""Counters scrambled at a time: lanes of 6 MB stay in the last cache, and each of the many
operations on them, after which a thread may wait for a window's, does enough."""


class NoiseSource(Protocol):
    """What a scheme draws its noise from: one stream of one key, float or exact.

    The integer draws are those of :class:`engine.noise.integers.IntegerNoise` in both modes.
    """

    def gaussian_(self, out: torch.Tensor, x: torch.Tensor, *, sigma: float, start: int) -> None:
        """Fill ``out`` (B, ...) with x + sigma z: sample ``start + i`` in row i."""
        ...

    def uniform63(self, samples: int, elements: int, *, start: int, lane: int) -> torch.Tensor:
        """Integers uniform in [0, 2^63), (samples, elements)."""
        ...

    def bernoulli(
        self, samples: int, elements: int, p: float | torch.Tensor, *, start: int, lane: int
    ) -> torch.Tensor:
        """True with probability ``p``, (samples, elements) bool."""
        ...

    def integers(
        self, samples: int, elements: int, high: int, *, start: int, lane: int
    ) -> torch.Tensor:
        """Integers uniform in [0, high), (samples, elements)."""
        ...

    def subset(self, samples: int, elements: int, k: int, *, start: int, lane: int) -> torch.Tensor:
        """k of ``elements``, every k-subset alike, (samples, elements) bool."""
        ...


class NoiseStream(IntegerNoise):
    """One stream of one key, its Gaussian part in float32.

    Args:
        key: 64-bit key.
        stream: counter word that keeps streams apart, in [0, 2^32).
        device: where the noise is drawn.
    """

    def normal_(self, out: torch.Tensor, *, start: int) -> torch.Tensor:
        """Fill ``out`` (B, ...), contiguous float32, with standard normals.

        Row i is sample ``start + i`` and depends on that index alone. Box-Muller on 32-bit words:
        |z| <= 6.66.
        """
        rows = out.view(out.shape[0], -1)
        elements = rows.shape[1]
        blocks = -(-elements // 4)
        step = max(1, _CHUNK // blocks)
        for first in range(0, rows.shape[0], step):
            part = rows[first : first + step]
            words = self._philox.words(start + first, part.shape[0], blocks, self.stream)
            if elements % 4 == 0:
                _box_muller(*words, out=part.view(-1, 2, 2))
                continue
            normals = torch.empty((part.shape[0], 4 * blocks), device=out.device)
            _box_muller(*words, out=normals.view(-1, 2, 2))
            part.copy_(normals[:, :elements])
        return out

    def gaussian_(self, out: torch.Tensor, x: torch.Tensor, *, sigma: float, start: int) -> None:
        """Fill ``out`` (B, ...) with x + sigma z in float32."""
        self.normal_(out, start=start)
        out.mul_(sigma).add_(x)


def _box_muller(even: torch.Tensor, odd: torch.Tensor, *, out: torch.Tensor) -> None:
    """Normals r cos t, r sin t with r = sqrt(-2 ln u), u in (0, 1].

    Args:
        even: words for r, (2, n); overwritten.
        odd: words for t, (2, n).
        out: (n, 2, 2): counter, pair of words, cosine or sine.
    """
    radius = even.add_(1).to(torch.float32).mul_(2.0**-32).log_().mul_(-2.0).sqrt_()
    angle = odd.to(torch.float32).mul_(_TURN)
    torch.mul(torch.cos(angle), radius, out=out[:, :, 0].T)
    torch.mul(angle.sin_(), radius, out=out[:, :, 1].T)
