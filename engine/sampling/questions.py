"""Samples that are asked about again, what came, and whether rounding explains a difference."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import torch

from engine.models.base import NO_CLASS
from engine.noise.gaussian import NoiseSource

ROUNDING = {"fp32": 1e-3, "fp16": 1e-2, "bf16": 5e-2}
"""By how much scores may differ from batch to batch, relative to the largest of them."""


@dataclass(frozen=True)
class Home:
    """The batch in which a sample was counted: its number since the last look, start and size."""

    number: int
    first: int
    size: int


@dataclass(frozen=True)
class Stretch:
    """Consecutive noisy samples as they were counted.

    Attributes:
        noise, start: of the first.
        classes: that were counted.
        homes: the batch of each.
    """

    noise: NoiseSource
    start: int
    classes: tuple[int, ...]
    homes: tuple[Home, ...]


@dataclass(frozen=True)
class Answer:
    """Classes of a batch, and its scores (B, K) where the classifier has them."""

    classes: list[int]
    scores: torch.Tensor | None

    @cached_property
    def scale(self) -> float:
        """The usual size of a score: the median, which one class far off does not change."""
        if self.scores is None:
            return 0.0
        return float(self.scores.double().nan_to_num().abs().median())


@dataclass(frozen=True)
class Asked:
    """A batch that was asked about: rows of a stretch, and what came."""

    stretch: Stretch
    group: list[int]
    found: Answer | None


@dataclass(frozen=True)
class Rounding:
    """How far scores may differ, relative to themselves or to the usual ones of their batch."""

    tolerance: float

    @classmethod
    def of(cls, precision: str) -> Rounding:
        """Of a precision: fp32, fp16 or bf16."""
        return cls(ROUNDING[precision])

    def same(self, one: Answer, other: Answer, place: int) -> bool:
        """Whether two answers agree in one row, scores up to rounding."""
        if one.scores is None or other.scores is None:
            return one.classes[place] == other.classes[place]
        scale = max(one.scale, other.scale)
        return self._close(one.scores[place], other.scores[place], scale)

    def all_same(self, one: Answer, other: Answer) -> bool:
        """Whether two answers to the same batch agree in every row, scores up to rounding."""
        if one.scores is None or other.scores is None:
            return one.classes == other.classes
        if one.scores.shape != other.scores.shape:
            return False
        return self._close(one.scores, other.scores, max(one.scale, other.scale))

    def tied(self, answer: Answer, at: int, counted: int) -> bool:
        """Whether rounding may have made another class of a sample than the one now."""
        if answer.scores is None or answer.classes[at] == NO_CLASS:
            return False
        pair = answer.scores[at][[counted, answer.classes[at]]]
        return self._close(pair[:1], pair[1:], answer.scale)

    def near(self, one: Answer, at: int, other: Answer, place: int, pair: tuple[int, int]) -> bool:
        """Whether two answers to one sample agree, or differ by rounding in a pair of classes."""
        if one.scores is None or other.scores is None or NO_CLASS in pair:
            return one.classes[at] == other.classes[place]
        a, b = one.scores[at][[*pair]], other.scores[place][[*pair]]
        return self._close(a, b, max(one.scale, other.scale))

    def _close(self, one: torch.Tensor, other: torch.Tensor, scale: float) -> bool:
        a, b = one.double().nan_to_num(), other.double().nan_to_num()
        largest = torch.maximum(a.abs(), b.abs()).clamp(min=scale)
        return bool(((a - b).abs() <= self.tolerance * largest).all())
