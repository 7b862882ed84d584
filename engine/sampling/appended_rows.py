"""Samples that are asked about again within a batch that is counted, before and after its own.

A call of its own costs a small network as much as some dozens of samples, several hundredths of a
short run. So where more of the run is counted after the samples that are asked about, they wait for
the next batch. In it half of them come first and half last, and their scores are compared with
those that they were counted by: two large batches differ in their statistics by so little that few
classes would show it. Where the scores are others, by the size of the batch perhaps, the samples
are asked about by themselves; so they are where the model does not take the larger batch, which
then is counted without them.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

import torch

from engine.core.batches import Batch, joined, parts, rows_of
from engine.core.errors import Unreachable
from engine.models.base import Classifier
from engine.sampling.comparison import Comparison
from engine.sampling.questions import Answer, Asked, Samples, Stretch


class _Waiting(NamedTuple):
    """Samples that are asked about in the next batch.

    Attributes:
        stretch, group: which they are, and the order.
        before: scores that they were counted by, of the stretch; None where they were not kept.
    """

    stretch: Stretch
    group: list[int]
    before: torch.Tensor | None


class _Came(NamedTuple):
    """What came of a counted batch and the rows beside it.

    Attributes:
        start, size: place of the batch's first sample, and how many are its own.
        classes, scores: of all.
    """

    start: int
    size: int
    classes: torch.Tensor
    scores: torch.Tensor


class AppendedRows:
    """Some rows of a stretch, from when they begin to wait until they are compared.

    Args:
        classifier: that is asked.
        about: compares.
    """

    def __init__(self, classifier: Classifier, about: Comparison) -> None:
        self._classifier, self._about = classifier, about
        self._waiting: _Waiting | None = None
        self._came: _Came | None = None
        self._scored: tuple[range, torch.Tensor] | None = None
        self._apart = False

    @property
    def possible(self) -> bool:
        """Whether a batch is answered in classes and scores alone, of each row one.

        What else an ensemble, a generative model, kept numbers or decryption say is of whole
        batches. To be asked once the model has answered one.
        """
        model = self._classifier
        beside = model.measured(), model.member_answers(), model.member_scores(), model.decrypted()
        plain = not model.said() and all(one is None for one in beside)
        return plain and model.by_scores and not model.usual_batch

    @property
    def waiting(self) -> int:
        """Rows that the next counted batch takes along."""
        alone = self._waiting is None or self._came is not None or self._apart
        return 0 if alone or self._waiting is None else len(self._waiting.group)

    @property
    def held(self) -> bool:
        """Whether there are rows to be compared."""
        return self._waiting is not None

    def wait(self, stretch: Stretch, group: list[int]) -> None:
        """Ask about rows of a stretch in the next batch that is counted."""
        before, scored = None, self._scored
        if scored is not None and tuple(scored[0]) == stretch.places:
            before = scored[1]
        self._waiting = _Waiting(stretch, group, before)
        self._came, self._apart, self._scored = None, False, None

    def classify(self, start: int, batch: Batch, kept: range = range(0)) -> torch.Tensor:
        """Classes of a counted batch, asked about together with the rows that wait, if any do.

        Args:
            start: place of its first sample.
            batch: may be overwritten.
            kept: places of samples that may wait, whose scores are kept.
        """
        if self.waiting:
            classes = self._beside(start, batch)
            if classes is not None:
                return classes
            self._apart = True  # the batch is asked about as it is, once what failed is given back
        first, last, size = kept.start - start, kept.stop - start, len(parts(batch)[0])
        if not kept or not self._classifier.by_scores or not 0 <= first <= last <= size:
            return self._classifier.classify(batch)
        scores = self._classifier.scores(batch)
        self._scored = (kept, scores[first:last].clone()) if len(scores) == size else None
        return self._classifier.named(scores)

    def settle(self, samples: Samples, closer: Callable[[Stretch], Asked]) -> Asked:
        """Compare what came; rows that no batch has taken are asked about by themselves.

        Args:
            samples: of the counted batch; rows are held.
            closer: asks about a stretch by itself, its scores too.

        Returns:
            What was asked again; with what came only if that was a batch of its own, which alone
            can be asked once more as it was.

        Raises:
            UserError: the classifier is no function of one sample.
        """
        assert self._waiting is not None
        (stretch, group, before), came = self._waiting, self._came
        self._waiting = self._came = None
        if came is None:
            return closer(stretch)

        def batch() -> Batch:
            return self._whole(stretch, group, samples.draw(came.start, came.size))

        half, again = len(group) // 2, Asked(stretch, group, None)
        places = [*range(half), *range(half + came.size, len(group) + came.size)]
        if before is not None:
            counted = before.tolist()
            then, now = [counted[row] for row in group], _ends(came.scores, half, came.size)
            classes = _ends(came.classes, half, came.size)
            if self._about.evidently_same(stretch, group, classes, (then, now)):
                return again
        found = Answer(came.classes.tolist(), came.scores)
        own = self._about.among(stretch, group, found, places, batch)
        if before is not None:
            first = Answer(list(stretch.classes), before).at(group)
            if not self._about.same_scores(first, own):
                return closer(stretch)
        return again

    def _beside(self, start: int, batch: Batch) -> torch.Tensor | None:
        """Classes of a batch among the rows that wait; None where the model does not take both."""
        assert self._waiting is not None
        stretch, group, _ = self._waiting
        size, half = len(parts(batch)[0]), len(group) // 2
        try:
            whole = self._whole(stretch, group, batch)
            scores = self._classifier.scores(whole).clone()  # not its own buffer
            classes = self._classifier.named(scores)
        except Unreachable:
            raise
        except Exception:  # a stranger's model fails in any way
            return None
        if len(classes) != size + len(group):
            return None
        self._came = _Came(start, size, classes, scores)
        return classes[half : half + size]

    def _whole(self, stretch: Stretch, group: list[int], batch: Batch) -> Batch:
        rows, half = self._about.rows(stretch, group), len(group) // 2
        return joined([rows_of(rows, 0, half), batch, rows_of(rows, half, len(group))])


def _ends(values: torch.Tensor, half: int, size: int) -> list[Any]:
    """What came of the rows before and after the counted samples."""
    return [*values[:half].tolist(), *values[half + size :].tolist()]
