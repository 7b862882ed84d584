"""Noise as a function of (key, stream, sample index): see ``engine.philox`` for the words.

Counter layout: (element // 4, sample low word, sample high word, stream). Streams never overlap;
``engine.streams`` lists them once.
"""

from __future__ import annotations

import math
from typing import Protocol

import torch

from engine.philox import MASK32, Philox
from engine.streams import GENERATOR, Stream, noise_key

__all__ = ["GENERATOR", "NoiseSource", "NoiseStream", "Stream", "noise_key"]

_TURN = 2 * math.pi / 2**32
_CHUNK = 1 << 16
"""Counters scrambled at a time: the lanes stay in the processor's cache."""


class NoiseSource(Protocol):
    """What a scheme draws its noise from: one stream of one key, float or exact."""

    def gaussian_(self, out: torch.Tensor, x: torch.Tensor, *, sigma: float, start: int) -> None:
        """Fill ``out`` (B, ...) with x + sigma z: sample ``start + i`` in row i."""
        ...


class NoiseStream:
    """One stream of one key.

    Args:
        key: 64-bit key.
        stream: counter word that keeps streams apart, in [0, 2^32).
        device: where the noise is drawn.
    """

    def __init__(self, key: int, stream: int, device: torch.device | str = "cpu") -> None:
        self.key = key
        self.stream = stream
        self._philox = Philox(key, device)
        self._normals = torch.empty(0, device=device)

    def normal_(self, out: torch.Tensor, *, start: int) -> torch.Tensor:
        """Fill ``out`` (B, ...), contiguous float32, with standard normals.

        Row i is sample ``start + i`` and depends on that index alone. Box-Muller on 32-bit words:
        |z| <= 6.66.
        """
        rows = out.view(out.shape[0], -1)
        blocks = -(-rows.shape[1] // 4)
        step = max(1, _CHUNK // blocks)
        for first in range(0, rows.shape[0], step):
            part = rows[first : first + step]
            part.copy_(self._block(start + first, part.shape[0], blocks)[:, : rows.shape[1]])
        return out

    def gaussian_(self, out: torch.Tensor, x: torch.Tensor, *, sigma: float, start: int) -> None:
        """Fill ``out`` (B, ...) with x + sigma z in float32."""
        self.normal_(out, start=start)
        out.mul_(sigma).add_(x)

    def _block(self, start: int, samples: int, blocks: int) -> torch.Tensor:
        """Normals of ``samples`` whole samples, shape (samples, 4 blocks), in scratch memory."""
        size = samples * blocks
        words = self._philox.lanes(size)
        self._count(words, start, samples, blocks)
        self._philox.scramble_(*words)
        if self._normals.numel() < 4 * size:
            self._normals = torch.empty(4 * size, device=words[0].device)
        normals = self._normals[: 4 * size].view(size, 4)
        _box_muller(words[0], words[1], normals[:, 0], normals[:, 1])
        _box_muller(words[2], words[3], normals[:, 2], normals[:, 3])
        return normals.view(samples, 4 * blocks)

    def _count(
        self, lanes: tuple[torch.Tensor, ...], start: int, samples: int, blocks: int
    ) -> None:
        device = lanes[0].device
        index = torch.arange(start, start + samples, dtype=torch.int64, device=device)[:, None]
        lanes[0].view(samples, blocks).copy_(torch.arange(blocks, device=device))
        lanes[1].view(samples, blocks).copy_(index & MASK32)
        lanes[2].view(samples, blocks).copy_(index >> 32)
        lanes[3].fill_(self.stream)


def _box_muller(
    word_r: torch.Tensor, word_t: torch.Tensor, out_cos: torch.Tensor, out_sin: torch.Tensor
) -> None:
    """Two standard normals from two words: r cos t, r sin t, r = sqrt(-2 ln u), u in (0, 1]."""
    radius = word_r.add_(1).to(torch.float32).mul_(2.0**-32).log_().mul_(-2.0).sqrt_()
    angle = word_t.to(torch.float32).mul_(_TURN)
    torch.mul(torch.cos(angle), radius, out=out_cos)
    torch.mul(angle.sin_(), radius, out=out_sin)
