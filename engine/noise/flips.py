"""Flips of features, ones and zeros at rates of their own."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from engine.core.total_variation import total_variation
from engine.noise.law import PROBED, Arrays, NoiseLaw, Numbers, Probe, flat
from engine.noise.selection import IMAGE

if TYPE_CHECKING:
    import torch

    from engine.noise.gaussian import NoiseSource

FLIPS, CATEGORIES = 2, 3
"""Lanes of the draws: which features change, and to what."""


@dataclass(frozen=True)
class Flips(NoiseLaw):
    """Each 0 becomes something else with ``p_plus``, and anything else gives way with ``p_minus``.

    Features are whole numbers below ``categories``; the new one is any of the others alike. In an
    image, which lies in [0, 1], they are divided by ``categories - 1``.
    """

    p_plus: float
    p_minus: float
    categories: int = 2

    def draw(self, x: torch.Tensor, source: NoiseSource, start: int, out: torch.Tensor) -> None:
        """x with features flipped, each by itself."""
        p, q = self.p_plus, self.p_minus
        flip(x, source, start, out, p_plus=p, p_minus=q, categories=self.categories)

    def in_words(self) -> str:
        """The law and its rates."""
        words = f"flips, 0 to 1 with {self.p_plus:g} and 1 to 0 with {self.p_minus:g}"
        return words if self.categories == 2 else f"{words}, {self.categories} categories"

    def total_variation(self, elements: int) -> float:
        """Of the flips, and of the new categories where there is a choice."""
        chosen = total_variation(elements, self.categories - 1) if self.categories > 2 else 0.0
        return total_variation(elements) + chosen

    def probes(self) -> tuple[Probe, ...]:
        """Zeros and other categories in turn: how many change, and to what."""
        from engine.noise.statistical_tests import Share, Stated, choices  # deferred: SciPy

        x = np.zeros(PROBED, dtype=np.float32)
        x[1::2] = 1 + np.arange(PROBED // 2) % (self.categories - 1)

        def changed(first: int) -> Callable[[Arrays], Numbers]:
            return lambda out: (flat(out) != x)[:, first::2].astype(np.float64)

        def moved(first: int) -> Callable[[Arrays], Numbers]:
            return lambda out: ((flat(out) - x) % self.categories)[:, first::2]

        found = []
        for first, name, p in ((0, "flips from 0", self.p_plus), (1, "flips to 0", self.p_minus)):
            tests: list[tuple[Callable[[Arrays], Numbers], Stated]] = [
                (changed(first), Share(name, p))
            ]
            if self.categories > 2:
                stated = choices(f"{name}, categories", p, self.categories - 1)
                tests.append((moved(first), stated))
            found += [Probe(self, (x,), x.shape, read, stated) for read, stated in tests]
        return tuple(found)


def flip(
    x: torch.Tensor,
    stream: NoiseSource,
    start: int,
    out: torch.Tensor,
    *,
    p_plus: float,
    p_minus: float,
    categories: int = 2,
) -> None:
    """Fill ``out`` (B, *x.shape) with ``x``, each feature flipped by itself.

    Features are whole numbers below ``categories``; in an image, which lies in [0, 1], they are
    divided by ``categories - 1``. Other values count as the nearest of these.

    Args:
        x: the input.
        stream: the noise.
        start: index of the first sample.
        out: overwritten.
        p_plus: probability that a 0 becomes something else, each category alike.
        p_minus: probability that another category becomes something else, each alike.
        categories: K.
    """
    import torch  # deferred: the window lists schemes before torch loads

    top = categories - 1
    scale = top if x.ndim == IMAGE else 1
    old = (x * scale).round().clamp(0, top).to(torch.int64).flatten()
    plus, minus = (torch.tensor(p, dtype=torch.float64, device=x.device) for p in (p_plus, p_minus))
    chances = torch.where(old > 0, minus, plus)
    samples, elements = out.shape[0], old.numel()
    flipped = stream.bernoulli(samples, elements, chances, start=start, lane=FLIPS)
    if categories == 2:
        new = flipped ^ (old > 0)
    else:
        shift = 1 + stream.integers(samples, elements, top, start=start, lane=CATEGORIES)
        new = (old + flipped * shift) % categories
    out.copy_(new.view(samples, *x.shape))
    if scale > 1:
        out.div_(scale)
