"""Samples that are asked about again, what came, and whether rounding explains a difference."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum
from functools import cached_property
from math import inf
from typing import Protocol

import torch

from engine.core.batches import Batch
from engine.evidence.observations import most_near_ties
from engine.models.base import NO_CLASS, Classifier

Scores = Sequence[Sequence[float]]
ROUNDING = {"fp32": 1e-3, "fp16": 1e-2, "bf16": 5e-2}
"""By how much scores may differ from batch to batch, relative to their distance from each other."""
LAST_BITS = {"fp32": 1e-5, "fp16": 5e-3, "bf16": 2.5e-2}
"""And relative to their own size, which what all classes share makes as large as it likes."""


_FAR, _FARTHEST = 100.0, 1e30
"""How far behind the first a class is out of the question, in leads of the first over the second;
and whatever these are."""


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
    """What a classifier says to a batch.

    Attributes:
        classes: of its samples.
        scores: (B, K), where the classifier has them.
        measured: they are numbers by themselves, and decide no class by their distances.
    """

    classes: list[int]
    scores: torch.Tensor | None
    measured: bool = False

    @classmethod
    def of(cls, classifier: Classifier, batch: Batch) -> Answer:
        """What a classifier says to a batch now."""
        if not classifier.by_scores:
            return cls(classifier.classify(batch).tolist(), None)
        scores = classifier.scores(batch).clone()  # not its own buffer
        measured = classifier.identity.outputs is not None
        return cls(classifier.named(scores).tolist(), scores, measured)

    def at(self, places: Sequence[int]) -> Answer:
        """What it says to the rows at some places, in this order."""
        scores = None if self.scores is None else self.scores[list(places)]
        return Answer([self.classes[place] for place in places], scores, self.measured)

    @cached_property
    def numbers(self) -> torch.Tensor:
        """The scores, none where there are none: (B, K, 2), each with its distance from the middle.

        The middle of a sample's scores is their median, which one class far off does not change,
        without those that are out of the question; of numbers that are measured it is 0.
        """
        if self.scores is None:
            return torch.empty(0, 0, 2, dtype=torch.float64)
        found = apart = self.scores.double().nan_to_num()
        if not self.measured:
            kept = self._in_question
            rising = found.masked_fill(~kept, torch.inf).sort(dim=1).values
            count = kept.sum(dim=1, keepdim=True).clamp(min=1)
            middle = rising.gather(1, (count - 1) // 2) / 2 + rising.gather(1, count // 2) / 2
            apart = found - middle
        return torch.stack([found, apart.abs()], dim=2)

    @cached_property
    def _in_question(self) -> torch.Tensor:
        """Which scores (B, K) are no masks, such as -1e9 or -inf for classes that are left out.

        However many these are, how far off they are excuses nothing in the others.
        """
        assert self.scores is not None
        found = self.scores.double().nan_to_num()
        if self.measured or found.numel() == 0 or found.shape[1] < 2:
            return torch.ones_like(found, dtype=torch.bool)
        first, second = found.topk(2, dim=1).values.unbind(dim=1)
        lead = float((first - second).median())
        far = _FAR * lead if lead > 0 else _FARTHEST
        return first[:, None] - found <= min(far, _FARTHEST)

    @cached_property
    def scale(self) -> float:
        """The usual distance of a score from the middle of its sample's, or of the first two.

        Of the latter half, where it is more: where most classes have the same score, as those that
        an ensemble's members do not choose, most are at the middle itself.
        """
        if not self.numbers.numel():
            return 0.0
        usual = float(self.numbers[..., 1][self._in_question].median())
        if self.measured or self.numbers.shape[1] < 2:
            return usual
        first, second = self.numbers[..., 0].topk(2, dim=1).values.unbind(dim=1)
        return max(usual, float((first - second).median()) / 2)


@dataclass(frozen=True)
class Asked:
    """A batch that was asked about: rows of a stretch, and what came."""

    stretch: Stretch
    group: list[int]
    found: Answer | None


@dataclass(frozen=True)
class Rounding:
    """How far scores may differ, relative to their distances from each other.

    What is added to all scores of a sample decides nothing, and so must excuse nothing: of their
    own size only the last bits count.
    """

    tolerance: float
    last_bits: float

    @classmethod
    def of(cls, precision: str) -> Rounding:
        """Of a precision: fp32, fp16 or bf16."""
        return cls(ROUNDING[precision], LAST_BITS[precision])

    def same(self, one: Answer, other: Answer, place: int) -> bool:
        """Whether two answers agree in one row, scores up to rounding."""
        return self.alike(one, place, other, place)

    def all_same(self, one: Answer, other: Answer) -> bool:
        """Whether two answers to the same batch agree in every row, scores up to rounding."""
        if one.scores is None or other.scores is None:
            return one.classes == other.classes
        if one.scores.shape != other.scores.shape:
            return False
        return self._close(one.numbers, other.numbers, max(one.scale, other.scale))

    def alike_at_a_glance(self, one: Scores, other: Scores) -> bool:
        """Whether no score differs by more than any may: fast for a few small rows that agree.

        No :attr:`Answer.scale` is below half the lead of the first class in the median sample.

        Args:
            one, other: B rows of K scores of the same samples in two batches, not measured.

        Returns:
            True only where :meth:`all_same` is.
        """
        if not one or len(one[0]) < 2:
            return False
        best = [sorted(row)[-2:] for row in one]
        leads = sorted(first - second for second, first in best)
        least = self.tolerance * leads[(len(leads) - 1) // 2] / 2
        pairs = (pair for rows in zip(one, other, strict=True) for pair in zip(*rows, strict=True))
        # Of no number it is no; and an endless lead, over masks, would excuse everything.
        return least < inf and all(abs(a - b) <= least for a, b in pairs)

    def tied(self, answer: Answer, at: int, counted: int) -> bool:
        """Whether rounding may have made another class of a sample than the one now."""
        if answer.scores is None or answer.classes[at] == NO_CLASS:
            return False
        pair = answer.numbers[at][[counted, answer.classes[at]]]
        return self._close(pair[:1], pair[1:], answer.scale)

    def near(self, one: Answer, at: int, other: Answer, place: int, pair: tuple[int, int]) -> bool:
        """Whether two answers to one sample agree, or differ by rounding in a pair of classes."""
        if one.scores is None or other.scores is None or NO_CLASS in pair:
            return one.classes[at] == other.classes[place]
        a, b = one.numbers[at][[*pair]], other.numbers[place][[*pair]]
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
        return self._close(one.numbers[at], other.numbers[place], scale)

    def _close(self, one: torch.Tensor, other: torch.Tensor, scale: float) -> bool:
        larger = torch.maximum(one.abs(), other.abs())
        size, apart = larger[..., 0], larger[..., 1].clamp(min=scale)
        allowed = torch.maximum(self.tolerance * apart, self.last_bits * size)
        return bool(((one - other)[..., 0].abs() <= allowed).all())
