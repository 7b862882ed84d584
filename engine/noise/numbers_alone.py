"""Noise on the numbers of an input alone, its fields as they are; uniform noise."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np

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

if TYPE_CHECKING:
    import torch

    from engine.noise.gaussian import NoiseSource

DRAW = 1
"""Lane of the draw."""


@dataclass(frozen=True)
class UniformNoise(NoiseLaw):
    """x + lam u with independent u, uniform in (-1, 1).

    Attributes:
        lam: half-width, in ``unit``.
        unit: of x.
    """

    lam: float
    unit: str

    additive: ClassVar[bool] = True
    arithmetic: ClassVar[Arithmetic] = "float"
    generator: ClassVar[str] = "philox4x32-10/uniform-f64"

    @property
    def levels(self) -> tuple[Level, ...]:
        """Its half-width."""
        return (Level("uniform", self.lam, self.unit),)

    def draw(self, x: torch.Tensor, source: NoiseSource, start: int, out: torch.Tensor) -> None:
        """From 63 bits for each number, in float64."""
        import torch  # deferred: the window lists schemes before torch loads

        words = source.uniform63(len(out), x.numel(), start=start, lane=DRAW).to(torch.float64)
        noise = words.add_(0.5).mul_(2.0**-62).sub_(1.0).mul_(self.lam)
        out.copy_(x + noise.view(out.shape))

    def in_words(self) -> str:
        """The law and its level."""
        return f"uniform, half-width {self.lam:g} ({self.unit})"

    def probes(self) -> tuple[Probe, ...]:
        """A blank input: half of the noise in half-widths is uniform around 0."""
        from engine.noise.statistical_tests import uniform_law  # deferred: SciPy

        blank = zeros(PROBED)
        return (Probe(self, (blank,), blank.shape, self._shares, uniform_law("uniform")),)

    def _shares(self, out: Arrays) -> Numbers:
        return np.asarray(flat(out) / (2.0 * self.lam))


@dataclass(frozen=True)
class NumbersAlone(NoiseLaw):
    """A law on the first part of an input; others are passed on unchanged.

    Attributes:
        law: of the numbers.
        computed: it is drawn beside a probability that is computed.
    """

    law: NoiseLaw
    computed: bool = True

    @property
    def arithmetic(self) -> Arithmetic:
        """Of the law, unless the probability is computed."""
        return "computed" if self.computed else self.law.arithmetic

    @property
    def generator(self) -> str:
        """Of the law."""
        return self.law.generator

    @property
    def levels(self) -> tuple[Level, ...]:
        """Of the law."""
        return self.law.levels

    def draw(self, x: Any, source: NoiseSource, start: int, out: Any) -> None:
        """The first part by the law."""
        if not isinstance(x, tuple):
            self.law.draw(x, source, start, out)
            return
        self.law.draw(x[0], source, start, out[0])
        for part, drawn in zip(x[1:], out[1:], strict=True):
            drawn.copy_(part)

    def in_words(self) -> str:
        """The law."""
        return self.law.in_words()

    def probes(self) -> tuple[Probe, ...]:
        """Those of the law."""
        return tuple(replace(one, law=replace(self, law=one.law)) for one in self.law.probes())
