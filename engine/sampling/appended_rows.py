"""Samples that are asked about again within a batch that is counted, before or after its own.

A call of its own costs a small network as much as some dozens of samples, several hundredths of a
short run. So where more of the run is counted after the samples that are asked about, they wait for
the next batch.
"""

from __future__ import annotations

import random
from typing import NamedTuple

import torch

from engine.core.batches import Batch, joined, parts
from engine.models.base import Classifier
from engine.sampling.comparison import Comparison
from engine.sampling.questions import Answer, Asked, Samples, Stretch


class _Came(NamedTuple):
    """What came of a counted batch and the rows beside it.

    Attributes:
        start, size: place of the batch's first sample, and how many are its own.
        first: the rows come before them.
        classes, scores: of all.
    """

    start: int
    size: int
    first: bool
    classes: torch.Tensor
    scores: torch.Tensor


class AppendedRows:
    """Some rows of a stretch, from when they begin to wait until they are compared.

    Args:
        classifier: that is asked.
        about: compares.
        lot: draws whether they come before or after the counted samples.
    """

    def __init__(self, classifier: Classifier, about: Comparison, lot: random.Random) -> None:
        self._classifier, self._about, self._lot = classifier, about, lot
        self._waiting: tuple[Stretch, list[int]] | None = None
        self._came: _Came | None = None

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
        return len(self._waiting[1]) if self._waiting and self._came is None else 0

    @property
    def held(self) -> bool:
        """Whether there are rows to be compared."""
        return self._waiting is not None

    def wait(self, stretch: Stretch, group: list[int]) -> None:
        """Ask about rows of a stretch in the next batch that is counted."""
        self._waiting, self._came = (stretch, group), None

    def classify(self, start: int, batch: Batch) -> torch.Tensor:
        """Classes of a counted batch, asked about together with the rows that wait, if any do.

        Args:
            start: place of its first sample.
            batch: may be overwritten.

        Raises:
            ValueError: the model does not answer every row.
        """
        if self._waiting is None or not self.waiting:
            return self._classifier.classify(batch)
        size, first = len(parts(batch)[0]), self._lot.random() < 0.5
        whole = self._whole(*self._waiting, batch, first=first)
        scores = self._classifier.scores(whole).clone()  # not its own buffer
        classes = self._classifier.named(scores)
        if len(classes) != len(parts(whole)[0]):
            raise ValueError(f"{len(classes):,} answers to {len(parts(whole)[0]):,} samples")
        self._came = _Came(start, size, first, classes, scores)
        return classes[-size:] if first else classes[:size]

    def settle(self, samples: Samples) -> Asked:
        """Compare what came; rows that no batch has taken are asked about by themselves.

        Args:
            samples: of the counted batch; rows are held.

        Returns:
            What was asked again.

        Raises:
            UserError: the classifier is no function of one sample.
        """
        assert self._waiting is not None
        (stretch, group), came = self._waiting, self._came
        self._waiting = self._came = None
        if came is None:
            return Asked(stretch, group, self._about.compare(stretch, group, ()))

        def batch() -> Batch:
            counted = samples.draw(came.start, came.size)
            return self._whole(stretch, group, counted, first=came.first)

        found = Answer(came.classes.tolist(), came.scores)
        place = 0 if came.first else came.size
        return Asked(stretch, group, self._about.among(stretch, group, found, place, batch))

    def _whole(self, stretch: Stretch, group: list[int], batch: Batch, *, first: bool) -> Batch:
        rows = self._about.rows(stretch, group)
        return joined([rows, batch] if first else [batch, rows])
