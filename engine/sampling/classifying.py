"""Batches that several threads classify at once, handed back in the order they were given.

A small network leaves most of two cores idle where one batch is split among them: its operations
are short, and what is done for every input is done by one thread. So whole batches are classified
side by side, each by one thread, while the thread that draws and counts goes on with its own work.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Generator, Iterable
from concurrent.futures import Future, ThreadPoolExecutor
from functools import partial
from typing import NamedTuple, TypeVar

import torch

from engine.core.batches import Batch
from engine.models.base import Classifier

_T = TypeVar("_T")
AHEAD_SECONDS = 0.1
"""So much work is given out ahead, that no thread waits while runs begin, end and are kept."""


class Answered(NamedTuple):
    """Classes (B,) of a batch, and the seconds that they took."""

    classes: torch.Tensor
    seconds: float


class Begun:
    """A batch that is classified now or later.

    Called, it gives what came, or raises what the classifier raised.
    """

    def __init__(self, work: Callable[[], Answered], given: Future[Answered] | None) -> None:
        self._work, self._future = work, given

    def __call__(self) -> Answered:
        """What came, waited for if need be."""
        return self._work() if self._future is None else self._future.result()

    @property
    def over(self) -> bool:
        """Whether nobody needs to wait for it."""
        return self._future is not None and self._future.done()

    def take(self) -> bool:
        """Classify it in this thread, unless another has begun to; whether it did."""
        if self._future is None or not self._future.cancel():
            return False
        self._future = Future()
        try:
            self._future.set_result(self._work())
        except Exception as error:  # told to whoever calls
            self._future.set_exception(error)
        return True

    def __del__(self) -> None:  # nobody asks for it any more
        if self._future is not None:
            self._future.cancel()


class Classifying:
    """Classifies batches, by threads of its own where the classifier may be asked by several.

    While it is open the calling thread's operations use one thread each, but where it rests. No
    other thread is to have fewer for that, be it begun meanwhile.

    Args:
        classifier: already prepared.
        device: where it runs; on another than the processor one batch at a time is enough.
        helped: the calling thread is one of those that classify, by :meth:`Begun.take`.

    Attributes:
        threads: that classify at once; 0 where the caller itself does.
    """

    def __init__(
        self, classifier: Classifier, device: torch.device, *, helped: bool = False
    ) -> None:
        self._classify = classifier.classify
        self._usual = torch.get_num_threads()
        several = device.type == "cpu" and classifier.concurrent and self._usual > 1
        self.threads = self._usual if several else 0
        self._pool: ThreadPoolExecutor | None = None
        self._rests = True
        if several:
            begin = (1, self._usual)
            self._pool = ThreadPoolExecutor(self.threads - helped, "classify", use_threads, begin)
            self.go_on()

    def rest(self) -> None:
        """Let the calling thread's operations use as many threads as before, for others' work."""
        if not self._rests:
            self._rests = True
            torch.set_num_threads(self._usual)

    def go_on(self) -> None:
        """Let them use one each again; the calling thread may be another than before."""
        if self._rests and self._pool is not None:
            self._rests, self._usual = False, torch.get_num_threads()
            use_threads(1, self._usual)

    def most(self, seconds: float) -> int:
        """Batches that may be under way, where one takes a thread so long."""
        return max(1, self.threads) + round(self.threads * AHEAD_SECONDS / max(seconds, 1e-3))

    def begin(self, batch: Batch) -> Begun:
        """Begin a batch, which may not be overwritten before it is answered."""
        work = partial(self.now, batch)
        return Begun(work, None if self._pool is None else self._pool.submit(work))

    def now(self, batch: Batch) -> Answered:
        """Classify a batch in this thread."""
        began = time.perf_counter()
        with torch.inference_mode():
            classes = self._classify(batch)
        return Answered(classes, time.perf_counter() - began)

    def close(self) -> None:
        """Drop what was not begun, and wait for the rest."""
        if self._pool is not None:
            self._pool.shutdown(cancel_futures=True)
            self.rest()
            self._pool = None


def handed_out(
    found: Iterable[_T], at_once: Callable[[], Classifying | None]
) -> Generator[_T, None, None]:
    """What comes, one after the other; who has it may compute with all threads meanwhile.

    Args:
        found: what comes.
        at_once: of what makes it; None while that has not begun.
    """
    for one in found:
        if before := at_once():
            before.rest()
        yield one
        if after := at_once():
            after.go_on()


def use_threads(own: int, others: int) -> None:
    """Let the calling thread's operations use so many threads; of threads begun later, ``others``.

    Torch gives a thread, at its first operation, what any thread was given last, and it keeps that
    until it is given another number itself: so the calling one is asked first.
    """
    torch.get_num_threads()
    torch.set_num_threads(own)
    if own != others:
        last = threading.Thread(target=torch.set_num_threads, args=(others,))
        last.start()
        last.join()
