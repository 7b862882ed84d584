"""Noise in some entities only: the pixels of an image or the nodes of a graph.

An image (C, H, W) has H x W entities, all channels of a pixel together; a graph (N, D) has N.
The base model may be told which entities were selected, by one more channel or column (the
indicator). A model that is not told is certified as soundly, but usually votes less clearly.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from engine.core.total_variation import subset_total_variation, total_variation
from engine.noise.law import (
    PROBED,
    Arithmetic,
    Array,
    Arrays,
    Level,
    NoiseLaw,
    Numbers,
    Probe,
    zeros,
)

if TYPE_CHECKING:
    import torch

    from engine.noise.gaussian import NoiseSource

SELECTION = 1
"""Lane of the draw that selects entities."""
IMAGE = 3
"""Axes of an image; a graph has two."""
_SIDE = 23
"""Of the image with which a centre is tested."""
_MOST_KEYS = 1 << 22
"""Entities of the largest choice that is tested; more take too long before a run."""
_NAME = "selected entities"


def entity_count(shape: Sequence[int]) -> int:
    """How many entities an input of this shape has."""
    return shape[1] * shape[2] if len(shape) == IMAGE else shape[0]


def things(shape: Sequence[int]) -> str:
    """What they are, in the plural."""
    return "pixels" if len(shape) == IMAGE else "nodes"


def told(shape: tuple[int, ...]) -> tuple[int, ...]:
    """The shape with an indicator channel or column."""
    if len(shape) == IMAGE:
        return (shape[0] + 1, *shape[1:])
    return (*shape[:-1], shape[-1] + 1)


def spread(selected: torch.Tensor, shape: Sequence[int]) -> torch.Tensor:
    """A mask (B, entities) in the form that broadcasts over noisy samples of one input's shape."""
    if len(shape) == IMAGE:
        return selected.view(-1, 1, *shape[1:])
    return selected.view(-1, shape[0], 1)


def write(
    out: torch.Tensor,
    x: torch.Tensor,
    noised: torch.Tensor | float,
    selected: torch.Tensor,
    shape: Sequence[int],
) -> None:
    """Fill ``out`` with ``noised`` where selected and ``x`` elsewhere, and the indicator if asked.

    Args:
        out: (B, *shape), or with one more channel or column.
        x: the input, or one for each row.
        noised: (B, *shape), or what stands for a selected entity.
        selected: (B, entities) bool.
        shape: of one input.
    """
    import torch  # deferred: the window lists schemes before torch loads

    axis = 1 if len(shape) == IMAGE else len(shape)
    width = shape[axis - 1]
    mask = spread(selected, shape)
    values = noised if isinstance(noised, torch.Tensor) else x.new_tensor(noised)
    torch.where(mask, values, x, out=out.narrow(axis, 0, width))
    if out.shape[axis] > width:
        out.narrow(axis, width, 1).copy_(mask)


class Choice(ABC):
    """How entities are selected."""

    @abstractmethod
    def select(
        self, shape: Sequence[int], source: NoiseSource, start: int, samples: int
    ) -> torch.Tensor:
        """Which entities of an input are selected, (samples, entities) bool."""

    @abstractmethod
    def total_variation(self, elements: int) -> float:
        """Distance of the draw from its law, for an input of so many numbers."""

    @abstractmethod
    def probes(self, law: NoiseLaw, *, marked: bool) -> tuple[Probe, ...]:
        """Draws of ``law``, of ones, that show which entities it marks, or else sets to zero."""


@dataclass(frozen=True)
class Independent(Choice):
    """Each entity by itself, with a probability of its own in the centre.

    Attributes:
        p: probability that an entity is selected.
        centre: side of the central square of pixels, or number of first nodes, with a probability
            of their own; 0 for none.
        p_centre: that probability.
    """

    p: float
    centre: int = 0
    p_centre: float = 0.0

    def select(
        self, shape: Sequence[int], source: NoiseSource, start: int, samples: int
    ) -> torch.Tensor:
        """A Bernoulli draw for each."""
        chances = self._chances(shape) if self.centre else self.p
        return source.bernoulli(samples, entity_count(shape), chances, start=start, lane=SELECTION)

    def total_variation(self, elements: int) -> float:
        """At most one draw for each number."""
        return total_variation(elements)

    def in_words(self, thing: str, done: str = "noised") -> str:
        """E.g. ``each pixel noised with probability 0.85``."""
        words = f"each {thing} {done} with probability {self.p:g}"
        if not self.centre:
            return words
        return f"{words}, in the centre ({self.centre} x {self.centre}) {self.p_centre:g}"

    def small(self) -> Independent:
        """With a centre that fits into the image it is tested with."""
        return replace(self, centre=min(self.centre, _SIDE // 2))

    def probes(self, law: NoiseLaw, *, marked: bool) -> tuple[Probe, ...]:
        """The share of all entities, or of those outside and those in the centre."""
        from engine.noise.statistical_tests import Share  # deferred: SciPy is slow to load

        read = _marked if marked else _gone
        if not self.centre:
            ones = zeros(PROBED, 1) + 1
            share = Share(_NAME, self.p)
            return (Probe(law, (ones,), (PROBED, 1 + marked), read, share),)
        ones, inside = zeros(1, _SIDE, _SIDE) + 1, self._inside((1, _SIDE, _SIDE))
        parts = ((~inside, _NAME, self.p), (inside, f"{_NAME} of the centre", self.p_centre))
        return tuple(
            Probe(
                law,
                (ones,),
                (1 + marked, _SIDE, _SIDE),
                lambda out, where=where: read(out)[:, where],  # type: ignore[misc]
                Share(name, p),
            )
            for where, name, p in parts
        )

    def _inside(self, shape: Sequence[int]) -> Array:
        """Which entities belong to the centre."""
        if len(shape) != IMAGE:
            return np.arange(shape[0]) < self.centre
        height, width = shape[1:]
        grid = np.zeros((height, width), dtype=bool)
        top, left = (height - self.centre) // 2, (width - self.centre) // 2
        grid[top : top + self.centre, left : left + self.centre] = True
        return grid.flatten()

    def _chances(self, shape: Sequence[int]) -> torch.Tensor:
        import torch  # deferred: the window lists schemes before torch loads

        return torch.from_numpy(np.where(self._inside(shape), self.p_centre, self.p))


@dataclass(frozen=True)
class AllBut(Choice):
    """All but ``keep`` of ``entities``, every subset alike."""

    entities: int
    keep: int

    def select(
        self, shape: Sequence[int], source: NoiseSource, start: int, samples: int
    ) -> torch.Tensor:
        """The complement of a random subset; a graph may have fewer nodes than ``entities``."""
        kept = source.subset(samples, self.entities, self.keep, start=start, lane=SELECTION)
        return ~kept[:, : entity_count(shape)]

    def total_variation(self, elements: int) -> float:
        """The chance that two keys are equal."""
        return subset_total_variation(max(elements, self.entities))

    def probes(self, law: NoiseLaw, *, marked: bool) -> tuple[Probe, ...]:
        """How many are selected, and which; none where there is no choice, or far too much."""
        from engine.noise.statistical_tests import Shared  # deferred: SciPy is slow to load

        count = self.entities
        if not 0 < self.keep < count or count > _MOST_KEYS:
            return ()
        samples = max(2, min(PROBED, PROBED * PROBED // count // 2 * 2))
        ones = zeros(count, 1) + 1
        read, stated = _marked if marked else _gone, Shared(_NAME, count - self.keep)
        return (Probe(law, (ones,), (count, 1 + marked), read, stated, samples),)


def _marked(out: Arrays) -> Numbers:
    """1 where an entity was marked, (samples, entities)."""
    mark: Array = out[0].take(-1, axis=1 if out[0].ndim == IMAGE + 1 else out[0].ndim - 1)
    return mark.reshape(len(mark), -1).astype(np.float64)


def _gone(out: Arrays) -> Numbers:
    """1 where an entity of an input of ones was set to zero."""
    return 1.0 - _marked(out)


@dataclass(frozen=True)
class Selected(NoiseLaw):
    """Noise in the selected entities; the others are passed on.

    Attributes:
        choice: how entities are selected.
        noise: what a selected entity receives.
        thing: what an entity is, in words.
    """

    choice: Independent
    noise: NoiseLaw
    thing: str = "pixel or node"

    @property
    def arithmetic(self) -> Arithmetic:
        """Of the noise."""
        return self.noise.arithmetic

    @property
    def grid_input(self) -> bool:
        """Of the noise."""
        return self.noise.grid_input

    @property
    def generator(self) -> str:
        """Of the noise."""
        return self.noise.generator

    @property
    def levels(self) -> tuple[Level, ...]:
        """Of the noise."""
        return self.noise.levels

    @property
    def table_sha256(self) -> str:
        """Of the noise."""
        return self.noise.table_sha256

    def draw(self, x: torch.Tensor, source: NoiseSource, start: int, out: torch.Tensor) -> None:
        """x, and noisy x in the selected entities."""
        import torch  # deferred: the window lists schemes before torch loads

        selected = self.choice.select(x.shape, source, start, out.shape[0])
        noised = torch.empty((out.shape[0], *x.shape), dtype=x.dtype, device=x.device)
        self.noise.draw(x, source, start, noised)
        write(out, x, noised, selected, x.shape)

    def draw_each(self, x: torch.Tensor, source: NoiseSource, out: torch.Tensor) -> None:
        """As for one input, with an input for each row."""
        import torch  # deferred as above

        selected = self.choice.select(x.shape[1:], source, 0, len(x))
        noised = torch.empty_like(x)
        self.noise.draw_each(x, source, noised)
        write(out, x, noised, selected, x.shape[1:])

    def in_words(self) -> str:
        """The noise, and where."""
        return f"{self.noise.in_words()}, {self.choice.in_words(self.thing)}"

    def exact(self) -> NoiseLaw | None:
        """With the noise in integers."""
        noise = self.noise.exact()
        return noise and replace(self, noise=noise)

    def total_variation(self, elements: int) -> float:
        """Of the noise and of the selection."""
        if self.arithmetic == "float":
            return 0.0
        return self.noise.total_variation(elements) + self.choice.total_variation(elements)

    def probes(self) -> tuple[Probe, ...]:
        """The noise alone, the selection, and the noise where any entity may receive it."""
        from engine.noise.statistical_tests import thinned  # deferred: SciPy is slow to load

        alone = self.noise.probes()
        everywhere = replace(self, choice=Independent(self.choice.p))

        def hit(probe: Probe) -> Probe:
            x = probe.x[0].reshape(-1, 1)
            return Probe(
                replace(everywhere, noise=probe.law),
                (x,),
                (len(x), 2),
                lambda out: probe.read((out[0][..., 0],)),
                thinned(probe.stated, self.choice.p, f"{probe.stated.name}, selected"),
            )

        chosen = replace(self, choice=self.choice.small())
        return (*alone, *chosen.choice.probes(chosen, marked=True), *map(hit, alone))


@dataclass(frozen=True)
class TakenAway(NoiseLaw):
    """Selected entities are set to zero.

    Attributes:
        choice: which are taken away.
        thing: what an entity is, in words.

    An image with twice the channels receives x and 1 - x, both zero where taken away, if
    ``complement``; with one channel more, the indicator.
    """

    choice: Independent | AllBut
    thing: str = "pixel or node"
    complement: bool = False

    def draw(self, x: torch.Tensor, source: NoiseSource, start: int, out: torch.Tensor) -> None:
        """x with zeros in place of what is taken away."""
        gone = self.choice.select(x.shape, source, start, out.shape[0])
        self._write(x, gone, out, x.shape)

    def draw_each(self, x: torch.Tensor, source: NoiseSource, out: torch.Tensor) -> None:
        """As for one input, with an input for each row."""
        self._write(x, self.choice.select(x.shape[1:], source, 0, len(x)), out, x.shape[1:])

    def in_words(self) -> str:
        """The law."""
        if isinstance(self.choice, Independent):
            return f"ablation: {self.choice.in_words(self.thing, 'taken away')}"
        count = f"{self.choice.keep} of {self.choice.entities} pixels or nodes"
        return f"ablation: {count} kept, all others taken away"

    def total_variation(self, elements: int) -> float:
        """Of the selection."""
        return self.choice.total_variation(elements)

    def probes(self) -> tuple[Probe, ...]:
        """Of the selection, seen in an input of ones."""
        choice = self.choice.small() if isinstance(self.choice, Independent) else self.choice
        law = replace(self, choice=choice, complement=False)
        return choice.probes(law, marked=False)

    def _write(
        self, x: torch.Tensor, gone: torch.Tensor, out: torch.Tensor, shape: Sequence[int]
    ) -> None:
        channels = shape[0]
        if self.complement and len(shape) == IMAGE and out.shape[1] == 2 * channels:
            left = spread(~gone, shape)
            out[:, :channels] = left * x
            out[:, channels:] = left * (1 - x)
        else:
            write(out, x, 0.0, gone, shape)
