"""Samples that are asked about again, what came, and whether rounding explains a difference."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum
from functools import cached_property
from typing import Protocol

import torch

from engine.core.batches import Batch
from engine.evidence.observations import most_near_ties
from engine.models.base import NO_CLASS, Classifier

ROUNDING = {"fp32": 1e-3, "fp16": 1e-2, "bf16": 5e-2}
"""By how much scores may differ from batch to batch, relative to the largest of them."""


class Cause(Enum):
    """Why the same noisy sample got two classes; what is said of it."""

    CHANCE = (
        "{name} gives another class to the same noisy samples when it is asked again, so it draws "
        "at random or remembers what it was asked before; a certificate needs a function, so put "
        "it into eval mode (eval(), or export it in eval mode), without dropout and sampling."
    )
    NEIGHBOURS = (
        "The class that {name} gives to a noisy sample depends on the other samples of its batch, "
        "as with batch statistics in training mode, a mean or a scale that is taken over the "
        "batch; a certificate needs a function of one sample, so export it in eval mode, or ask it "
        "about one sample a call with --batch 1 (in Python batch=1)."
    )
    PLACE = (
        "What {name} answers to a noisy sample depends on the size of its batch or on its "
        "place there, beyond what rounding explains; a certificate needs a function of one sample, "
        "so export it in eval mode, or ask it about one sample a call with --batch 1 (in Python "
        "batch=1)."
    )
    FAILURE = (
        "{name} classifies noisy samples in one batch and fails on the same samples in a batch of "
        "another size; export it with a free batch axis, or ask it about one sample a call with "
        "--batch 1 (in Python batch=1)."
    )


@dataclass
class Asking:
    """What was asked again about the samples of one run.

    Attributes:
        samples, answers, batchings, near_ties: as in a :class:`FunctionCheckRecord`.
        top: the class that a claim will be about; near ties count against it.
    """

    samples: int = 0
    answers: int = 0
    batchings: int = 0
    near_ties: int = 0
    top: int | None = None

    def tied(self) -> bool:
        """Count one near tie more; whether they are more than rounding explains."""
        self.near_ties += 1
        return self.near_ties > most_near_ties(self.answers)


class Samples(Protocol):
    """Noisy samples as they were counted, by their places: a stream, or several that are packed."""

    def draw(self, start: int, count: int) -> Batch:
        """The samples of some places, once more."""
        ...

    def holds(self, place: int) -> bool:
        """Whether the sample of a place can be drawn."""
        ...

    def asking(self, place: int) -> Asking:
        """What was asked again of the run that a sample belongs to."""
        ...


@dataclass(frozen=True)
class Home:
    """The batch in which a sample was counted: its number since the last look, start and size."""

    number: int
    first: int
    size: int


@dataclass(frozen=True)
class Stretch:
    """Noisy samples as they were counted.

    Attributes:
        samples, places: which they are; consecutive ones where they are to be drawn again.
        classes: that were counted.
        homes: the batch of each.
    """

    samples: Samples
    places: tuple[int, ...]
    classes: tuple[int, ...]
    homes: tuple[Home, ...]


def consecutive(
    samples: Samples,
    start: int,
    answered: Sequence[torch.Tensor],
    most: int,
    *,
    first: int,
    beside: bool,
) -> Stretch:
    """Some of the samples just counted.

    Args:
        samples, start, answered: as :meth:`FunctionCheck.look` has them.
        most: samples of the stretch.
        first: how many come before it.
        beside: a stretch of one sample takes one more, of another batch, which is not counted.
    """
    homes, counted, before = list[Home](), list[int](), 0
    for number, classes in enumerate(answered):
        here = classes[max(0, first - before) : max(0, first + most - before)].tolist()
        homes += [Home(number, start + before, len(classes))] * len(here)
        counted += here
        before += len(classes)
    count, at = len(homes), start + first
    others = [place for place in (at - 1, at + 1) if samples.holds(place)]
    if count == 1 and others and beside:
        other = others[0]
        both = (Home(0, other, 1), NO_CLASS)
        pairs = sorted([(homes[0], counted[0]), both], key=lambda pair: pair[0].first)
        homes, counted = [pair[0] for pair in pairs], [pair[1] for pair in pairs]
        at = min(at, other)
    return Stretch(samples, tuple(range(at, at + len(homes))), tuple(counted), tuple(homes))


@dataclass(frozen=True)
class Answer:
    """Classes of a batch, and its scores (B, K) where the classifier has them."""

    classes: list[int]
    scores: torch.Tensor | None

    @classmethod
    def of(cls, classifier: Classifier, batch: Batch) -> Answer:
        """What a classifier says to a batch now."""
        if not classifier.by_scores:
            return cls(classifier.classify(batch).tolist(), None)
        scores = classifier.scores(batch).clone()  # not its own buffer
        return cls(classifier.named(scores).tolist(), scores)

    def rows(self, first: int, last: int) -> Answer:
        """What it says to rows first .. last-1."""
        scores = None if self.scores is None else self.scores[first:last]
        return Answer(self.classes[first:last], scores)

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

    def differ(self, asked: Sequence[Asked]) -> bool:
        """Whether a row got other scores in another batch; where numbers are kept, none may."""
        first: dict[int, tuple[Answer, int]] = {}
        for one in asked:
            for place, row in enumerate(one.group):
                if one.found is None:
                    continue
                before, at = first.setdefault(row, (one.found, place))
                if not self.alike(before, at, one.found, place):
                    return True
        return False

    def alike(self, one: Answer, at: int, other: Answer, place: int) -> bool:
        """Whether two answers to one sample have the same scores."""
        if one.scores is None or other.scores is None:
            return one.classes[at] == other.classes[place]
        scale = max(one.scale, other.scale)
        return self._close(one.scores[at], other.scores[place], scale)

    def _close(self, one: torch.Tensor, other: torch.Tensor, scale: float) -> bool:
        a, b = one.double().nan_to_num(), other.double().nan_to_num()
        largest = torch.maximum(a.abs(), b.abs()).clamp(min=scale)
        return bool(((a - b).abs() <= self.tolerance * largest).all())
