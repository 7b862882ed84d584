"""Batches of one stream that are classified side by side, ahead of the one that is counted.

Threads that share a batch wait for each other after each of its operations, and so does all of them
for a core that somebody else takes for a moment: a window that draws, say. Where a batch is short,
those that come next are therefore given out whole, each to one thread. The calling one draws them
and, as soon as it would wait, classifies too: one thread more than there are cores would take a
window's turn. Noise is a function of its place, so that nothing but time depends on it.
"""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from typing import NamedTuple

import torch

from engine.core.batches import Batch, alike, size_in_bytes
from engine.models.base import Classifier
from engine.sampling.classifying import Begun, Classifying

_LONG = 0.06
"""Seconds that a thread alone may take for a batch: who stops a run waits for it."""
_BYTES = 64 << 20
"""Of all batches that are under way: a network needs several times as much for each."""
_FEW = 4
"""Batches of a stream from which on the threads are worth their start."""
_LEAST = 16
"""Samples of a batch that is made smaller: below, every sample may be dearer."""


@dataclass(frozen=True)
class Course:
    """The end of a stream, and the places before it, every ``step``, at which a batch ends too."""

    last: int
    step: int

    def end(self, place: int) -> int:
        """Where the batch at a place ends at the latest."""
        return min(self.last, (place // self.step + 1) * self.step)


class _UnderWay(NamedTuple):
    """A batch that is being classified, and the places of its samples."""

    places: range
    answered: Begun


class BatchesAhead:
    """Batches of a stream, asked for one after the other.

    Args:
        classifier: already prepared for ``device``.
        draw: gives the samples of some places, of which the last argument is the end of those that
            may be drawn; the memory may be overwritten by the next call.
        course: of the stream.

    Attributes:
        at_once: what batches are given to; None before that pays.
    """

    def __init__(
        self,
        classifier: Classifier,
        device: torch.device,
        draw: Callable[[int, int, int], Batch],
        course: Course,
    ) -> None:
        self._classifier, self._device = classifier, device
        self.draw, self.course = draw, course
        self.at_once: Classifying | None = None
        self._under_way = deque[_UnderWay]()
        self._seconds = _LONG
        """That a thread took for the last batch."""

    @property
    def open(self) -> bool:
        """Whether batches are given out ahead."""
        return self.at_once is not None

    def begin(self, start: int, batch: int, seconds: float, *, fixed: bool) -> int:
        """Give batches out ahead from now on, if that pays.

        Args:
            start: place of the next.
            batch: samples in each.
            seconds: that all threads together take for one.
            fixed: batches stay as large as they are, or are not given out.

        Returns:
            Samples in each from now on; fewer where a thread alone would take long for a batch.
        """
        usual = torch.get_num_threads()
        several = self._device.type == "cpu" and self._classifier.concurrent and usual > 1
        if self.open or not several or self.course.last - start < _FEW * batch:
            return batch
        size = min(batch, int(batch * _LONG / max(usual * seconds, 1e-9)))
        if size < batch and (fixed or size < _LEAST):
            return batch
        self.at_once = Classifying(self._classifier, self._device, helped=True)
        return size

    def classes(self, start: int, batch: int) -> torch.Tensor:
        """Classes of the batch at a place; those after it are begun as well.

        Args:
            start: place of its first sample.
            batch: samples in it and in each that comes after, where they do not end before.

        Raises:
            Exception: whatever the classifier raises for this batch.
        """
        first = range(start, min(start + batch, self.course.end(start)))
        if self._under_way and self._under_way[0].places != first:
            self._under_way.clear()
        self._begin(first, batch)
        answered = self._awaited(self._under_way.popleft().answered)()
        self._seconds = answered.seconds
        return answered.classes

    def _awaited(self, answered: Begun) -> Begun:
        """What need not be waited for: until it is over, this thread classifies what comes next."""
        following = (one.answered for one in self._under_way)
        while not answered.over:
            if not (answered.take() or any(one.take() for one in following)):
                break
        return answered

    def close(self) -> None:
        """Drop what is under way, and let the calling thread's operations use all threads again."""
        self._under_way.clear()
        if self.at_once is not None:
            self.at_once.close()
            self.at_once = None

    def _begin(self, first: range, batch: int) -> None:
        """Give out the first and those after it, as many as may be under way.

        Where drawing takes long the first is not kept waiting for all of them.
        """
        began = time.perf_counter()
        assert self.at_once is not None
        place = self._under_way[-1].places.stop if self._under_way else first.start
        most = self.at_once.most(self._seconds)
        with torch.inference_mode():
            while place < self.course.last and len(self._under_way) < most:
                end = self.course.end(place)
                places = range(place, min(place + batch, end))
                drawn = alike(self.draw(place, len(places), end), torch.clone)
                self._under_way.append(_UnderWay(places, self.at_once.begin(drawn)))
                most = min(most, max(1, _BYTES // max(1, size_in_bytes(drawn))))
                place = places.stop
                if time.perf_counter() - began > _LONG:
                    break
