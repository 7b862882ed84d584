"""The hot loop: draw noisy samples, classify, count. Everything stays on the device.

One buffer, filled in place; one synchronisation per snapshot, not per batch. Which votes come
depends on (key, stream, index) alone; batch size and timing decide only when.
"""

from __future__ import annotations

import math
import sys
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from typing import NamedTuple, Protocol

import torch

from engine.core.batches import Batch, is_out_of_memory, moved, parts, room, size_in_bytes
from engine.core.errors import Unreachable, UserError, in_a_line
from engine.core.records import Votes
from engine.evidence.generations import AnswerBook, AnswerGroup
from engine.models.base import NO_CLASS, Classifier
from engine.noise.gaussian import NoiseSource, Stream
from engine.noise.law import NoiseLaw
from engine.sampling.function_check import FunctionCheck
from engine.sampling.noise_buffer import NoisyCopies, StreamSamples
from engine.sampling.reducers import CountVotes, DecryptedTally, KeepNumbers, MemberTally, SumScores
from engine.system.calibrations import Pace

SNAPSHOT_SECONDS = 0.05
BATCH_SECONDS = 0.06
"""A batch takes at most about this long: snapshots flow, and a stop is obeyed at once."""
PATIENCE = 0.4
"""How long a batch of a slow model may take where a larger batch makes its samples cheaper; a
window, at which somebody waits, asks for less."""
_WORTH_WAITING, _NO_GAIN, _NO_LOSS = 1.08, 1.05, 0.9
"""Speed-up from doubling: above the first a longer batch pays, below the second none does; above
the third, a busy machine's chance, a short one is doubled: its operations wait for a window's."""
_SHORT, _FILLED = 0.01, 256
"""Seconds of a short batch; from that size on one fills the processor, and a dearer sample means a
full cache."""
_MAX_BATCH, _MAX_BATCH_BYTES = 8192, 256 << 20
_LEAST_TRIALS, _TRIALS, _MOST_TRIALS, _TRIAL_SECONDS = 2, 3, 12, 0.01
"""The first batch of a size also sets things up; a short one, easily disturbed, is tried more."""
_ENDLESS = 1 << 40
_IDLE, _SLOWER = 0.05, 2.0
"""Share of a batch's time below which its thread waits for other programs or devices, and how much
slower than before a known size may be found."""


class _Trial(NamedTuple):
    """Seconds that a batch took: by the clock, and of the thread's own work.

    Where other programs take turns on the processors the clock tells as much of them as of the
    batch, most of all of a long one; so sizes are compared by the second. By the first where the
    thread does nothing but wait, or its work is not told.
    """

    clock: float
    work: float


class Joint(Protocol):
    """What counts the samples of several samplers in the same batches.

    Attributes:
        threads: that compute.
    """

    @property
    def threads(self) -> int: ...  # noqa: D102

    def rows(
        self, sampler: Sampler, stream: Stream, first: int, last: int, *, block: int, often: bool
    ) -> Iterator[dict[int, list[int]]]:
        """As :meth:`Sampler.rows`; nothing where it waits for the others."""
        ...


class Sampler:
    """Draws and counts votes of one model at one input under one law of noise.

    Args:
        classifier: already prepared for ``device``.
        x: the input, as the law takes it.
        law: of the noise.
        noise: gives the noise of a stream.
        device: where the model runs and the noise is drawn.
        shape: of the first part of a noisy sample; None for that of x.
        batch: samples per batch; 0 measures a good size.
        stop: when set, the current stream ends after the batch at hand.
        patience: longest time a batch may be given, in seconds.
        precision: that the classifier was prepared for.

    Attributes:
        check: that the classifier is a function of one sample, made while it counts.
        warnings: what went wrong without ending the run, one sentence each.
        answers: what a generative model said in the stream at hand.
        members: what the members of an ensemble answered in it.
        decrypted: what was in doubt in it, of a model that computes under encryption.
        numbers: keeps what a model says beside its classes; None for nothing.
        joint: counts the samples among those of other inputs, where that is so.
    """

    def __init__(
        self,
        classifier: Classifier,
        x: Batch,
        law: NoiseLaw,
        *,
        noise: Callable[[Stream], NoiseSource],
        device: torch.device,
        shape: tuple[int, ...] | None = None,
        batch: int = 0,
        stop: threading.Event | None = None,
        patience: float = PATIENCE,
        precision: str = "fp32",
    ) -> None:
        self.classifier = classifier
        self.noise = noise
        self.device = device
        self.precision = precision
        self.batch = batch or classifier.usual_batch
        self.joint: Joint | None = None
        self.warnings: list[str] = []
        self.answers = AnswerBook()
        self.numbers: KeepNumbers | SumScores | None = None
        self._stop = stop or threading.Event()
        self._patience = patience
        self._x, self._law = moved(x, device), law
        self._shape = shape or tuple(parts(x)[0].shape)
        self.classes = len(classifier.identity.class_names)
        self.members, self.decrypted = MemberTally(self.classes), DecryptedTally()
        self._copies = NoisyCopies(self._x, law, self._shape, device)
        self._batch_seconds = BATCH_SECONDS
        self.check = FunctionCheck(classifier, device=device, precision=precision, alone=batch == 1)

    def samples(self, stream: Stream) -> StreamSamples:
        """The noisy samples of a stream, for the function check."""
        given = self._x, self._law, self._shape, self.device
        return StreamSamples(*given, noise=self.noise(stream), asking=self.check.asking)

    @property
    def threads(self) -> int:
        """That compute on the processor."""
        return torch.get_num_threads() if self.joint is None else self.joint.threads

    @property
    def shapes(self) -> list[tuple[object, ...]]:
        """Shape and type of every part of a noisy sample."""
        one = room(self._x, self._shape, 1, torch.device("meta"))
        return [(*part.shape, part.dtype) for part in parts(one)]

    def drawn(self, noise: NoiseSource, start: int, size: int, last: int) -> Batch:
        """Noisy samples, as :meth:`NoisyCopies.batch`."""
        return self._copies.batch(noise, start, size, last)

    @property
    def seconds_each(self) -> float:
        """Seconds per sample, as measured by :meth:`calibrate` and followed since."""
        return self._batch_seconds / max(1, self.batch)

    def calibrate(self, planned: int, known: Pace | None = None) -> Pace:
        """Try the model once and, where no batch size was given, find a fast one.

        Doubles the batch while that makes a sample cheaper and a batch stays short. The samples
        come from a stream of their own and are not counted.

        Args:
            planned: samples of the run.
            known: what it was before; taken if a sample takes about as long now.

        Returns:
            The batch size, and the work for a sample.

        Raises:
            UserError: the model fails on this input, or one sample does not fit into memory.
        """
        self.check.planned, self.check.met.before = planned, known is not None
        hint = known.batch if known and not self.batch else 0
        size = min(self.batch or hint or 1, planned)
        trial = self._trial(size, most=1 if self.batch else 2 if hint else _TRIALS)
        while trial is None:
            if size == 1:
                raise UserError(self.too_small())
            size //= 2
            self.shrink(size)
            trial = self._trial(size)
        if known and hint and not self.batch:
            if trial.work > _SLOWER * size * known.seconds_each:
                return self.calibrate(planned)
            if 2 * trial.work < (BATCH_SECONDS if size < _FILLED else _SHORT):  # a busy machine's
                size, trial = self._grow(size, trial, planned)
        elif not self.batch:
            size, trial = self._grow(size, trial, planned)
        self.batch, self._batch_seconds = size, max(trial.clock, 1e-6)
        return Pace(size, max(trial.work, 1e-9) / size)

    def keep_pace(self, planned: int, batch: int, seconds_each: float) -> None:
        """Take the batch size that :meth:`calibrate` found for an input of the same size."""
        self.check.planned, self.check.tested = planned, True
        self.batch, self._batch_seconds = batch, max(batch * seconds_each, 1e-6)

    def votes(self, stream: Stream, total: int, *, before: Votes | None = None) -> Iterator[Votes]:
        """Count samples 0..total-1 of ``stream``, yielding the counts so far now and then.

        Goes on after ``before``, the counts of the first ``before.n`` samples.

        The last value holds every sample that was counted: all ``total``, unless stopped or out
        of memory even for a single sample.
        """
        before = before or Votes(counts=(0,) * self.classes)
        sums = [before.failures, *before.counts]
        for rows in self.rows(stream, before.n, total, block=total):
            if rows:
                sums = [a + b for a, b in zip(sums, rows[0], strict=True)]
            yield Votes(counts=tuple(sums[1:]), failures=sums[0])

    def rows(
        self,
        stream: Stream,
        first: int,
        last: int,
        *,
        block: int,
        often: bool = False,
        said: Sequence[AnswerGroup] = (),
    ) -> Iterator[dict[int, list[int]]]:
        """Count samples first..last-1 of ``stream``, block by block.

        Yields now and then what was counted since: for each block index (sample // block) the new
        counts, failures first, then one per class. Ends early when stopped or out of memory.
        With ``often`` it yields at every block's end, for runs that may end at any;
        ``said`` are the answers counted before ``first``.

        Raises:
            UserError: the classifier is no function of one sample (:class:`FunctionCheck`).
        """
        if joint := self.joint:
            return (yield from joint.rows(self, stream, first, last, block=block, often=often))
        samples, reducer = self.samples(stream), CountVotes(self.classes, block)
        self._begin(said)
        done = first
        while done < last and not self._stop.is_set():
            batches = max(1, round(SNAPSHOT_SECONDS / self._batch_seconds))
            if not self.check.opened:
                batches = self.check.opening(self.batch)
            began, start = time.perf_counter(), done
            answered: list[torch.Tensor] = []
            for _ in range(batches):
                ends = min(last, (done // block + 1) * block) if often else last
                classes = self._answers(samples.noise, range(done, ends))
                if classes is None:
                    break
                answered.append(classes)
                done += len(classes)
                if done >= last or self._stop.is_set() or (often and done == ends):
                    break
            seconds = time.perf_counter() - began
            try:
                self.check.look(samples, start, answered, seconds=seconds, ends=done >= last)
            except KeyboardInterrupt:
                self._stop.set()
                if self.check.owed:  # the question was cut short: what waits for it is not counted
                    return (yield self._begin(said))
            found = reducer.counts(answered, start)
            yield self.numbers.beside(found, block) if self.numbers else found
            if classes is None:
                return
            self._follow(seconds / len(answered))

    def _begin(self, said: Sequence[AnswerGroup]) -> dict[int, list[int]]:
        """Nothing of a stream is counted but those answers, by its first look; no rows."""
        self.answers, self.members = AnswerBook(said), MemberTally(self.classes, self.check.top)
        self.decrypted = DecryptedTally()
        return {}

    def _answers(self, noise: NoiseSource, left: range) -> torch.Tensor | None:
        """Classes of the next batch of ``left``; None where memory is short or on Ctrl+C."""
        size = min(self.batch, len(left))
        while True:
            try:
                classes = self._classify(noise, left, size, kept=True)
                if classes.shape != (size,):
                    raise ValueError(f"{len(classes):,} answers to {size:,} samples")
                if said := self.classifier.said():
                    self.answers.add(said, classes.tolist())
                self.members.add(self.classifier.member_answers())
                self.members.lead(self.classifier.member_scores())
                self.decrypted.add(self.classifier.decrypted())
                if self.numbers is not None and (values := self.classifier.measured()) is not None:
                    self.numbers.add(values, left.start)
                return classes
            except KeyboardInterrupt:
                # The batch at hand is lost, whatever its votes would have been; the rest is kept.
                self._stop.set()
                return None
            except Unreachable:
                raise
            except Exception as error:
                if not is_out_of_memory(error):
                    # Redrawing it would condition on "did not crash" and bias p_A upwards.
                    self.warn(f"Batches that failed count against every class: {in_a_line(error)}.")
                    return torch.full((size,), NO_CLASS, device=self.device)
            if size == 1:
                self.warn(self.too_small() + " The votes counted before are kept.")
                return None
            size //= 2
            self.shrink(size)

    def _classify(
        self, noise: NoiseSource, left: range, size: int, *, kept: bool = False
    ) -> torch.Tensor:
        """Classes of the first ``size`` samples that are left; ``kept`` where they are counted."""
        with torch.inference_mode():
            batch = self.drawn(noise, left.start, size, left.stop)
            if kept:
                return self.check.classify(left.start, batch)
            return self.classifier.classify(batch)

    def _grow(self, size: int, trial: _Trial, planned: int) -> tuple[int, _Trial]:
        while 2 * size <= self._largest(planned) and not self._stop.is_set():
            if trial.clock > self._patience:
                break
            doubled = self._trial(2 * size, most=_MOST_TRIALS)
            if doubled is None or doubled.clock > self._patience:
                break
            gain = 2 * trial.work / doubled.work
            if gain <= _WORTH_WAITING and doubled.work > BATCH_SECONDS:
                break
            if size >= _FILLED and gain < (_NO_LOSS if trial.work < _SHORT else _NO_GAIN):
                break
            size, trial = 2 * size, doubled
        return size, trial

    def _trial(self, size: int, *, most: int = _TRIALS) -> _Trial | None:
        """What a batch of this size takes, the best of a few tries; None if memory is short."""
        noise = self.noise(Stream.CALIBRATION)
        tried: list[_Trial] = []
        try:
            while len(tried) < most and sum(one.clock for one in tried) < _enough(tried):
                began, worked = time.perf_counter(), _work()
                classes = self._classify(noise, range(_ENDLESS), size)
                classes.sum().item()
                clock = time.perf_counter() - began
                work = _work() - worked if self.device.type == "cpu" else clock
                tried.append(_Trial(clock, max(work, _IDLE * clock)))
                self.check.met.add(classes)
        except Unreachable:
            raise
        except Exception as error:
            if is_out_of_memory(error):
                return None
            raise UserError(
                f"The model fails on this input ({in_a_line(error)}); "
                "check its architecture and input size."
            ) from error
        return _Trial(*map(min, zip(*tried, strict=True)))

    def _largest(self, planned: int) -> int:
        one = room(self._x, self._shape, 1, torch.device("meta"))
        bytes_each = max(1, size_in_bytes(one))
        return max(1, min(_MAX_BATCH, _MAX_BATCH_BYTES // bytes_each, planned))

    def shrink(self, size: int) -> None:
        """Take smaller batches, for want of memory."""
        self._copies.release()
        if self.device.type == "cuda":
            torch.cuda.empty_cache()
        self.batch = size
        self.warn("The device ran short of memory; the batch was made smaller.")

    def _follow(self, seconds: float) -> None:
        """Follow the machine's speed, so that snapshots keep coming at their pace."""
        self._batch_seconds = max(1e-6, 0.5 * (self._batch_seconds + seconds))

    def too_small(self) -> str:
        """That not even a single sample fits into memory."""
        return (
            f"The device {self.device} has too little memory for a single sample; "
            "choose another device or a smaller model."
        )

    def warn(self, sentence: str) -> None:
        """Keep a sentence, once."""
        if sentence not in self.warnings:
            self.warnings.append(sentence)


_work = time.perf_counter if sys.platform == "win32" else time.thread_time
"""Windows counts a thread's time in steps of 16 ms."""


def _enough(tried: Sequence[_Trial]) -> float:
    """Seconds after which a batch size needs no further trial: few trials may take longer."""
    if len(tried) < _LEAST_TRIALS:
        return math.inf
    return 2 * BATCH_SECONDS if len(tried) < _TRIALS else _TRIAL_SECONDS
