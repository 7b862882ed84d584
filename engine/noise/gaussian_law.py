"""Gaussian noise as a law: in floats, or rounded to the 8-bit grid and drawn in integers."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, ClassVar

from engine.core.late import np
from engine.noise.discrete_gaussian_law import GENERATOR as EXACT_GENERATOR
from engine.noise.discrete_gaussian_law import GRID, reach, tables_sha256, total_variation
from engine.noise.law import (
    PROBED,
    Arithmetic,
    Arrays,
    Level,
    NoiseLaw,
    Numbers,
    Probe,
    flat,
    zeros,
)
from engine.noise.streams import GENERATOR

if TYPE_CHECKING:
    import torch

    from engine.noise.gaussian import NoiseSource
    from engine.noise.statistical_tests import Stated

FINEST = 0.01
"""Least sigma to test with: on the grid a smaller one draws hardly anything but zeros."""


@dataclass(frozen=True)
class GaussianNoise(NoiseLaw):
    """x + sigma z with standard normal z, or x_i + sigma_i z in every part i of x.

    Attributes:
        sigma: standard deviation, in ``unit``.
        unit: of x.
        own: a standard deviation for each part (channel, column); empty where all have ``sigma``.
        part: what has a sigma of its own.
        gridded: whether x can lie on the 8-bit grid, as pixels can and measured numbers cannot.
        on_grid: drawn in integers on that grid.
    """

    sigma: float
    unit: str
    own: tuple[float, ...] = ()
    part: str = "colour channel"
    gridded: bool = True
    on_grid: bool = False

    additive: ClassVar[bool] = True

    @property
    def arithmetic(self) -> Arithmetic:
        """In floats, or in integers on the grid."""
        return "exact grid" if self.on_grid else "float"

    @property
    def grid_input(self) -> bool:
        """Where it is drawn on the grid."""
        return self.on_grid

    @property
    def generator(self) -> str:
        """Box-Muller in float32, or a table of thresholds."""
        return EXACT_GENERATOR if self.on_grid else GENERATOR

    @property
    def levels(self) -> tuple[Level, ...]:
        """Every sigma."""
        return tuple(Level("Gaussian", sigma, self.unit) for sigma in self.sigmas)

    @property
    def sigmas(self) -> tuple[float, ...]:
        """Of the parts, or the one of all."""
        return self.own or (self.sigma,)

    @property
    def table_sha256(self) -> str:
        """Of the thresholds of the exact draw."""
        return tables_sha256(self.sigmas) if self.on_grid else ""

    def draw(self, x: torch.Tensor, source: NoiseSource, start: int, out: torch.Tensor) -> None:
        """Fill ``out`` (B, parts, ...) with noisy ``x`` (parts, ...).

        Every sigma draws the whole from the same counters, and each part keeps what its own drew:
        all numbers are independent, and equal sigmas give what one sigma does.
        """
        first, *others = dict.fromkeys(self.sigmas)
        source.gaussian_(out, x, sigma=first, start=start)
        drawn = out.new_empty(out.shape) if others else out
        for level in others:
            source.gaussian_(drawn, x, sigma=level, start=start)
            for part, own in enumerate(self.own):
                if own == level:
                    out[:, part] = drawn[:, part]

    def exact(self) -> GaussianNoise | None:
        """On the grid."""
        return replace(self, on_grid=True) if self.gridded else None

    def total_variation(self, elements: int) -> float:
        """Of the integers from the rounded Gaussian; the widest sigma for all."""
        return total_variation(max(self.sigmas), elements) if self.on_grid else 0.0

    def in_words(self) -> str:
        """The law, its levels and their unit."""
        if not self.own:
            return f"Gaussian, sigma {self.sigma:g} ({self.unit})"
        listed = ", ".join(map(str, self.own))
        return f"Gaussian, sigmas {listed} ({self.unit}; one for each {self.part})"

    def probes(self) -> tuple[Probe, ...]:
        """A blank input under the least sigma, and under all where there are several."""
        least = max(FINEST, min(self.sigmas))
        single = replace(self, sigma=least, own=())
        blank = zeros(PROBED)
        found = [Probe(single, (blank,), blank.shape, single._numbers, single._stated(""))]
        levels = tuple(max(FINEST, one) for one in self.own)
        if len(set(levels)) < 2:
            return tuple(found)
        law, blank = replace(self, own=levels), zeros(len(levels), -(-PROBED // len(levels)))
        if not self.on_grid:
            stated = self._stated(", one sigma for each part")
            return (*found, Probe(law, (blank,), blank.shape, law._numbers, stated))
        for part, level in enumerate(levels):
            one = replace(self, sigma=level, own=())
            stated = one._stated(f", part {part + 1}")

            def read(out: Arrays, part: int = part, one: GaussianNoise = one) -> Numbers:
                return one._numbers((out[0][:, part],))

            found.append(Probe(law, (blank,), blank.shape, read, stated))
        return tuple(found)

    def _numbers(self, out: Arrays) -> Numbers:
        """The noise in its own standard deviations; on the grid in steps."""
        if self.on_grid:
            steps: Numbers = np.rint(flat(out) * GRID)
            return steps
        sigmas = np.array(self.sigmas).reshape(1, -1, *(1,) * (out[0].ndim - 2))
        found: Numbers = (out[0].astype(np.float64) / sigmas).reshape(len(out[0]), -1)
        return found

    def _stated(self, where: str) -> Stated:
        from engine.noise.statistical_tests import grid_law, normal_law  # deferred: SciPy

        law = grid_law(GRID * self.sigma, reach(self.sigma)) if self.on_grid else normal_law()
        return replace(law, name=law.name + where)
