"""Integer Gaussian noise on the 8-bit grid: smoothing that is sound in floating point.

Floating-point noise x + e lies on a lattice that depends on x, and a classifier may read x from it
(Voracek & Hein, ICLR 2023). For an input on the grid Z/255 the rounded law is exact:
round(255 (x + e)) = 255 x + round(255 e). So the noise is drawn as integers q with
P(q) = Phi((q + 1/2) / (255 sigma)) - Phi((q - 1/2) / (255 sigma)), added as integers, and only
then mapped to floats by one fixed function: the smoothed model is that of f o tofloat o round, and
the certificate holds, in exact arithmetic, against every attacker on the grid.

q is the number of thresholds T_k = floor(2^63 Phi((k + 1/2) / (255 sigma))) at or below a 63-bit
uniform integer, less K. The law so drawn differs from the exact one by at most
:func:`engine.grid.total_variation` per input, which is subtracted from p_lower.
"""

from __future__ import annotations

import torch

from engine.grid import GENERATOR, GRID, reach, table_sha256, thresholds, total_variation
from engine.integer_noise import IntegerNoise, joined

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

_GUIDE_BITS = 14
_CHUNK = 1 << 16


class GridTable:
    """The thresholds on a device, with a guide: most lookups are one gather and one comparison.

    Args:
        sigma: standard deviation, in the input's unit.
        device: where the lookups happen.
        grid: grid steps per unit.
    """

    def __init__(self, sigma: float, device: torch.device, grid: int = GRID) -> None:
        self.reach = reach(sigma, grid)
        values = torch.tensor(thresholds(sigma, grid), dtype=torch.int64)
        shift = 63 - _GUIDE_BITS
        edges = torch.arange(2**_GUIDE_BITS, dtype=torch.int64) << shift
        below = torch.searchsorted(values, edges, right=True)
        last = edges + ((1 << shift) - 1)
        inside = torch.searchsorted(values, last, right=True) - below
        self._shift = shift
        self._values = values.to(device)
        top = torch.tensor([2**63 - 1], dtype=torch.int64)
        self._padded = torch.cat([values, top]).to(device)
        self._below = below.to(device)
        self._crowded = (inside > 1).to(device)

    def lookup(self, uniform: torch.Tensor) -> torch.Tensor:
        """Noise values for 63-bit uniform integers, same shape, int64."""
        bucket = uniform >> self._shift
        count = self._below[bucket]
        count += self._padded[count] <= uniform
        crowded = self._crowded[bucket].nonzero(as_tuple=True)
        if crowded[0].numel():
            count[crowded] = torch.searchsorted(self._values, uniform[crowded], right=True)
        return count.sub_(self.reach)


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
        self._tables: dict[float, GridTable] = {}

    def grid_steps(self, samples: int, elements: int, *, sigma: float, start: int) -> torch.Tensor:
        """Noise of samples start .. start+samples-1 in grid steps, (samples, elements), int64."""
        table = self._table(sigma)
        pairs = -(-elements // 2)
        out = torch.empty((samples, 2 * pairs), dtype=torch.int64, device=self.device)
        step = max(1, _CHUNK // pairs)
        for first in range(0, samples, step):
            part = out[first : first + step]
            part.copy_(table.lookup(self._uniform(start + first, part.shape[0], pairs)))
        return out[:, :elements]

    def gaussian_(self, out: torch.Tensor, x: torch.Tensor, *, sigma: float, start: int) -> None:
        """Fill ``out`` (B, ...) with noisy ``x``: integer sum, then one map to floats.

        ``x`` is on the grid: values k / 255 up to float32 rounding.
        """
        steps = x.mul(self.grid).round_().to(torch.int64).flatten()
        noise = self.grid_steps(out.shape[0], steps.numel(), sigma=sigma, start=start)
        noisy = noise.add_(steps) if noise.is_contiguous() else noise + steps
        out.view(out.shape[0], -1).copy_(noisy)
        out.mul_(1.0 / self.grid)

    def _uniform(self, start: int, samples: int, pairs: int) -> torch.Tensor:
        uniform = joined(*self._philox.words(start, samples, pairs, self.stream))
        return uniform.T.reshape(samples, 2 * pairs)

    def _table(self, sigma: float) -> GridTable:
        if sigma not in self._tables:
            self._tables[sigma] = GridTable(sigma, self.device, self.grid)
        return self._tables[sigma]
