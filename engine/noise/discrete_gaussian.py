"""Integer Gaussian noise on the 8-bit grid: smoothing that is sound in floating point.

Floating-point noise x + e lies on a lattice that depends on x, and a classifier may read x from it
(Voracek & Hein, ICLR 2023). For an input on the grid Z/255 the rounded law is exact:
round(255 (x + e)) = 255 x + round(255 e). So the noise is drawn as integers q with
P(q) = Phi((q + 1/2) / (255 sigma)) - Phi((q - 1/2) / (255 sigma)), added as integers, and only
then mapped to floats by one fixed function: the smoothed model is that of f o tofloat o round, and
the certificate holds, in exact arithmetic, against every attacker on the grid.

q is the number of thresholds T_k = floor(2^63 Phi((k + 1/2) / (255 sigma))) at or below a 63-bit
uniform integer, less K. The law so drawn differs from the exact one by at most
:func:`~engine.noise.discrete_gaussian_law.total_variation` per input, which is subtracted from
p_lower.
"""

from __future__ import annotations

import functools
import math
from collections.abc import Iterator

import torch

from engine.noise.discrete_gaussian_law import (
    GENERATOR,
    GRID,
    reach,
    table_sha256,
    thresholds,
    total_variation,
)
from engine.noise.integers import IntegerNoise, joined

__all__ = [
    "GENERATOR",
    "GRID",
    "ExactNoiseStream",
    "GridTable",
    "reach",
    "table_sha256",
    "thresholds",
    "total_variation",
]

_GUIDE_BITS = 18
_CHUNK = 3 << 15
"""About as many counters are scrambled at a time: the lanes stay in the processor's cache."""


class GridTable:
    """The law on a device: a guide decides by the leading bits, thresholds where these do not.

    Args:
        sigma: standard deviation, in the input's unit.
        device: where the lookups happen.
        grid: grid steps per unit.
    """

    def __init__(self, sigma: float, device: torch.device, grid: int = GRID) -> None:
        self.reach = reach(sigma, grid)
        reached = [value for value in thresholds(sigma, grid) if value < 2**63]
        values = torch.tensor(reached, dtype=torch.int64)
        width = 1 << (63 - _GUIDE_BITS)
        edges = torch.arange(2**_GUIDE_BITS, dtype=torch.int64) * width
        below = torch.searchsorted(values, edges, right=True)
        last = torch.searchsorted(values, edges + (width - 1), right=True)
        guide = (below - self.reach).to(torch.float32)
        guide[last > below] = math.nan
        self._values = values.to(device)
        self._guide = guide.to(device)

    def noise(self, high: torch.Tensor, low: torch.Tensor) -> torch.Tensor:
        """Noise in grid steps: whole numbers in float32, which holds them exactly.

        Args:
            high: 32-bit words, contiguous int64: the leading bits of 63-bit uniform integers.
            low: words for the other 31 bits; their last bit is not used.
        """
        leading = high.bitwise_right_shift(32 - _GUIDE_BITS).view(-1)
        found = torch.index_select(self._guide, 0, leading)
        open_ = found.isnan().nonzero().view(-1)
        if open_.numel():
            uniform = joined(high.view(-1)[open_], low.view(-1)[open_])
            count = torch.searchsorted(self._values, uniform, right=True)
            found[open_] = count.sub_(self.reach).to(torch.float32)
        return found.view(high.shape)


@functools.lru_cache(maxsize=8)
def _table(sigma: float, device: torch.device, grid: int) -> GridTable:
    """One table for all streams of a run."""
    return GridTable(sigma, device, grid)


class ExactNoiseStream(IntegerNoise):
    """One stream of one key, its Gaussian part on the grid, as lane 0 of the integers.

    Args:
        key: 64-bit key.
        stream: counter word that keeps streams apart.
        device: where the noise is drawn.
        grid: grid steps per unit.
    """

    def __init__(
        self, key: int, stream: int, device: torch.device | str = "cpu", grid: int = GRID
    ) -> None:
        super().__init__(key, stream, device)
        self.grid = grid

    def gaussian_(self, out: torch.Tensor, x: torch.Tensor, *, sigma: float, start: int) -> None:
        """Fill ``out`` (B, ...) with noisy ``x``: a sum of whole numbers, then one map to floats.

        ``x`` is on the grid: values k / 255 up to float32 rounding.
        """
        table, rows = _table(sigma, self.device, self.grid), out.view(out.shape[0], -1)
        elements = rows.shape[1]
        pairs = -(-elements // 2)
        steps = torch.zeros(2 * pairs, device=self.device)
        steps[:elements] = x.mul(self.grid).round_().flatten()
        for first, part in _parts(rows, pairs):
            words = self._philox.words(start + first, len(part), pairs, self.stream)
            noise = table.noise(*words).view(2, len(part), pairs).permute(1, 2, 0)
            even = elements == 2 * pairs
            noisy = part.view(noise.shape) if even else torch.empty(noise.shape, device=self.device)
            torch.add(noise, steps.view(pairs, 2), out=noisy).mul_(1.0 / self.grid)
            if not even:
                part.copy_(noisy.view(len(part), -1)[:, :elements])


def _parts(rows: torch.Tensor, counters: int) -> Iterator[tuple[int, torch.Tensor]]:
    """Rows in parts of nearly equal size, each with the index of its first row."""
    size = max(1, -(-len(rows) // max(1, round(len(rows) * counters / _CHUNK))))
    for first in range(0, len(rows), size):
        yield first, rows[first : first + size]
