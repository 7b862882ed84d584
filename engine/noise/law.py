"""Laws of noise as objects: what a scheme draws, in which arithmetic, and how a draw is tested.

A scheme returns its law; evidence, self-test, warnings, badges and verification ask the law and
nothing else. Laws are composed: one part of an input beside another (:class:`Beside`), a law in
some entities only (``engine.noise.selection``). No torch and no SciPy at module level: the window
lists schemes, and a verifier checks evidence, without either.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, ClassVar, Literal, TypeAlias

from engine.core.late import np
from engine.noise.streams import INTEGER_GENERATOR

if TYPE_CHECKING:
    import numpy.typing as npt

    from engine.noise.gaussian import NoiseSource
    from engine.noise.statistical_tests import Stated

Arithmetic = Literal["float", "exact grid", "exact integers", "enumerated", "computed"]
"""``float``: fast, not sound to the last bit; ``exact grid``: integers on the 8-bit grid, sound in
floating point; ``exact integers``: a discrete law, sound in either noise mode; ``enumerated``:
every sample of a finite law is counted once; ``computed``: drawn in floats beside a probability
that is computed, for which nothing is drawn."""
Array: TypeAlias = "npt.NDArray[Any]"
Arrays = tuple[Array, ...]
Numbers: TypeAlias = "npt.NDArray[np.float64]"

PROBED = 512
"""Samples, and elements of each, that a probe draws where the law leaves the choice."""


@dataclass(frozen=True)
class Level:
    """A strength of noise, comparable with another of the same law and unit alone.

    Attributes:
        law: e.g. ``Gaussian``.
        value: e.g. its standard deviation.
        unit: of the tensor that receives the noise, e.g. ``pixels in [0,1]``.
    """

    law: str
    value: float
    unit: str


@dataclass(frozen=True)
class Probe:
    """A draw that is made to test a law, and what it should look like.

    Attributes:
        law: what draws: the law itself, or with a strength at which a test can see anything.
        x: the input, one array for each of its parts.
        shape: of the first part of a noisy sample.
        read: from the noisy samples, parts of shape (samples, ...), to the numbers to test, float64
            of shape (samples, elements).
        stated: the law that these should follow.
        samples: how many are drawn.
    """

    law: NoiseLaw
    x: Arrays
    shape: tuple[int, ...]
    read: Callable[[Arrays], Numbers]
    stated: Stated
    samples: int = PROBED

    def draws_as(self, other: Probe) -> bool:
        """Whether another probe draws the same, so that one draw serves both."""
        same = (self.law, self.shape, self.samples) == (other.law, other.shape, other.samples)
        return same and all(a is b for a, b in zip(self.x, other.x, strict=True))


class NoiseLaw(ABC):
    """What is added to an input, or done to it, before the base classifier sees it."""

    additive: ClassVar[bool] = False
    """Whether a noisy sample is x + e with an e that does not depend on x."""

    @property
    def arithmetic(self) -> Arithmetic:
        """How it is drawn."""
        return "exact integers"

    @property
    def grid_input(self) -> bool:
        """Whether it is for images on the 8-bit grid alone; others are rounded to it."""
        return False

    @property
    def generator(self) -> str:
        """Who draws it, for the evidence."""
        return INTEGER_GENERATOR

    @property
    def levels(self) -> tuple[Level, ...]:
        """Its strengths; none where that has no meaning."""
        return ()

    @property
    def samples(self) -> int | None:
        """How many samples an enumerated law has in all; else None."""
        return None

    @property
    def table_sha256(self) -> str:
        """Digest of the table that it is drawn from; empty where there is none."""
        return ""

    @abstractmethod
    def draw(self, x: Any, source: NoiseSource, start: int, out: Any) -> None:
        """Fill ``out`` with noisy samples of ``x``: sample ``start + i`` in row i.

        Args:
            x: the input: a tensor such as (C, H, W) float32 in the units of the model's input, or
                a tuple of tensors for an input of several parts.
            source: the counter-based noise; its samples depend on the index alone.
            start: index of the first sample.
            out: as x with a first axis B and, for images, one of the shapes of the scheme's
                layouts; on x's device; overwritten.
        """

    def draw_each(self, x: Any, source: NoiseSource, out: Any) -> None:
        """Fill row i of ``out`` with a noisy sample of ``x[i]``, for training."""
        if self.additive:
            self.draw(x[0] * 0, source, 0, out)
            out.add_(x)
            return
        for index, one in enumerate(x):
            self.draw(one, source, index, out[index : index + 1])

    @abstractmethod
    def in_words(self) -> str:
        """The law with its parameters, e.g. ``Gaussian, sigma 0.50 (pixels in [0,1])``."""

    @abstractmethod
    def probes(self) -> tuple[Probe, ...]:
        """Draws that a test of the stated law makes; none where nothing is drawn."""

    def total_variation(self, elements: int) -> float:
        """Bound on the distance of what is drawn from the law, for an input of so many numbers.

        It is subtracted from p_lower; 0 for float noise, of which nothing is proved.
        """
        del elements
        return 0.0

    def exact(self) -> NoiseLaw | None:
        """The law as it is drawn in integers; None where it has no such form."""
        return None if self.arithmetic == "float" else self

    def in_mode(self, mode: str) -> NoiseLaw:
        """The law as drawn in a noise mode, ``float`` or ``exact``; itself if it has one only."""
        return (self.exact() or self) if mode == "exact" else self

    @property
    def has_modes(self) -> bool:
        """Whether the noise mode changes how it is drawn."""
        return self.arithmetic in ("float", "exact grid")

    @property
    def level(self) -> float | None:
        """The one strength of all its parts; None where there is none, or more than one."""
        values = {level.value for level in self.levels}
        return values.pop() if len(values) == 1 else None


@dataclass(frozen=True)
class Beside(NoiseLaw):
    """Independent noise on the two parts of an input, from lanes of their own."""

    first: NoiseLaw
    second: NoiseLaw

    @property
    def arithmetic(self) -> Arithmetic:
        """Of the first part; the second is drawn in integers."""
        return self.first.arithmetic

    @property
    def grid_input(self) -> bool:
        """Of the first part."""
        return self.first.grid_input

    @property
    def generator(self) -> str:
        """Of the first part."""
        return self.first.generator

    @property
    def levels(self) -> tuple[Level, ...]:
        """Of both parts."""
        return (*self.first.levels, *self.second.levels)

    @property
    def table_sha256(self) -> str:
        """Of the first part."""
        return self.first.table_sha256

    def draw(self, x: Any, source: NoiseSource, start: int, out: Any) -> None:
        """Each part by its own law."""
        self.first.draw(x[0], source, start, out[0])
        self.second.draw(x[1], source, start, out[1])

    def in_words(self) -> str:
        """Both laws."""
        return f"{self.first.in_words()}; {self.second.in_words()}"

    def total_variation(self, elements: int) -> float:
        """Of both."""
        if self.arithmetic == "float":
            return 0.0
        return self.first.total_variation(elements) + self.second.total_variation(elements)

    def exact(self) -> NoiseLaw | None:
        """The first part on the grid."""
        first = self.first.exact()
        return first and replace(self, first=first)

    def probes(self) -> tuple[Probe, ...]:
        """Those of each part, drawn with the other beside it."""
        firsts, seconds = self.first.probes(), self.second.probes()
        one = firsts[-1].x[0][..., :1]

        def first(probe: Probe) -> Probe:
            law, x = Beside(probe.law, self.second), (*probe.x, *seconds[0].x)
            return replace(probe, law=law, x=x, read=lambda out: probe.read(out[:1]))

        def second(probe: Probe) -> Probe:
            x = (one, *probe.x)
            return replace(
                probe,
                law=Beside(self.first, probe.law),
                x=x,
                shape=one.shape,
                read=lambda out: probe.read(out[1:]),
            )

        return (*map(first, firsts), *map(second, seconds))


def zeros(*shape: int) -> Array:
    """A blank input, float32."""
    return np.zeros(shape, dtype=np.float32)


def flat(out: Arrays) -> Numbers:
    """The first part, (samples, elements)."""
    return out[0].reshape(len(out[0]), -1).astype(np.float64)
