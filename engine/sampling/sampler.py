"""The hot loop: draw noisy samples, classify, count. Everything stays on the device.

One buffer, filled in place; one synchronisation per snapshot, not per batch. Which votes come
depends on (key, stream, index) alone; batch size and timing decide only when.
"""

from __future__ import annotations

import math
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from functools import partial
from typing import Protocol

import torch

from engine.core.batches import Batch, is_out_of_memory, moved, parts, room, size_in_bytes
from engine.core.errors import Unreachable, UserError, in_a_line
from engine.core.records import Votes
from engine.evidence.generations import AnswerBook, AnswerGroup
from engine.models.base import NO_CLASS, Classifier
from engine.noise.gaussian import NoiseSource, Stream
from engine.noise.law import NoiseLaw
from engine.sampling.ahead import BatchesAhead, Course
from engine.sampling.classifying import handed_out
from engine.sampling.function_check import FunctionCheck
from engine.sampling.noise_buffer import NoisyCopies, StreamSamples
from engine.sampling.reducers import CountVotes, DecryptedTally, KeepNumbers, MemberTally, SumScores
from engine.sampling.trials import BATCH_SECONDS, FILLED, SHORT, TRIALS, Trial, grown, tried
from engine.system.calibrations import Pace

SNAPSHOT_SECONDS = 0.05
PATIENCE = 0.4
"""How long a batch of a slow model may take where a larger batch makes its samples cheaper; a
window, at which somebody waits, asks for less."""
_MAX_BATCH, _MAX_BATCH_BYTES = 8192, 256 << 20
_ENDLESS = 1 << 40
_SLOWER = 2.0
"""How much slower than before a known size may be found."""


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
        self._fixed = self.batch > 0
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
        self._batch_seconds, self._each = BATCH_SECONDS, math.inf
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
        trial = self._trial(size, most=1 if self.batch else 2 if hint else TRIALS)
        while trial is None:
            if size == 1:
                raise UserError(self.too_small())
            size //= 2
            self.shrink(size)
            trial = self._trial(size)
        if known and hint and not self.batch:
            if trial.work > _SLOWER * size * known.seconds_each:
                return self.calibrate(planned)
            if 2 * trial.work < (BATCH_SECONDS if size < FILLED else SHORT):  # a busy machine's
                size, trial = self._grow(size, trial, planned)
        elif not self.batch:
            size, trial = self._grow(size, trial, planned)
        self.batch, self._batch_seconds = size, max(trial.clock, 1e-6)
        self._each = self.seconds_each
        return Pace(size, max(trial.work, 1e-9) / size)

    def keep_pace(self, planned: int, batch: int, seconds_each: float) -> None:
        """Take the batch size that :meth:`calibrate` found for an input of the same size."""
        self.check.planned, self.check.tested = planned, True
        self.batch, self._batch_seconds = batch, max(batch * seconds_each, 1e-6)
        self._each = self.seconds_each

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
        self._begin(said)
        samples, course = self.samples(stream), Course(last, block if often else last)
        draw = partial(self.drawn, samples.noise)
        with closing(BatchesAhead(self.classifier, self.device, draw, course)) as ahead:
            reducer = CountVotes(self.classes, block)
            counted = self._counted(samples, first, ahead, reducer, said)
            yield from handed_out(counted, lambda: ahead.at_once)

    def _counted(
        self,
        samples: StreamSamples,
        done: int,
        ahead: BatchesAhead,
        reducer: CountVotes,
        said: Sequence[AnswerGroup],
    ) -> Iterator[dict[int, list[int]]]:
        """The rows of a stream's samples from ``done`` on."""
        course = ahead.course
        while done < course.last and not self._stop.is_set():
            if self.check.passes(self.batch):
                self._give_out(ahead, done)
            batches = max(1, round(SNAPSHOT_SECONDS / self._batch_seconds))
            if not self.check.opened:
                batches = self.check.opening(self.batch)
            began, start = time.perf_counter(), done
            answered: list[torch.Tensor] = []
            for _ in range(batches):
                end = course.end(done)
                classes = self._answers(ahead, range(done, end))
                if classes is None:
                    break
                answered.append(classes)
                done += len(classes)
                if done >= course.last or self._stop.is_set() or done == end:
                    break
            seconds = time.perf_counter() - began
            try:
                over = done >= course.last
                self.check.look(samples, start, answered, seconds=seconds, ends=over)
            except KeyboardInterrupt:
                self._stop.set()
                if self.check.owed:  # the question was cut short: what waits for it is not counted
                    return (yield self._begin(said))
            found = reducer.counts(answered, start)
            yield self.numbers.beside(found, reducer.block) if self.numbers else found
            if classes is None:
                return
            self._follow(seconds / len(answered))

    def _begin(self, said: Sequence[AnswerGroup]) -> dict[int, list[int]]:
        """Nothing of a stream is counted but those answers, by its first look; no rows."""
        self.answers, self.members = AnswerBook(said), MemberTally(self.classes, self.check.top)
        self.decrypted = DecryptedTally()
        return {}

    def _answers(self, ahead: BatchesAhead, left: range) -> torch.Tensor | None:
        """Classes of the next batch of ``left``; None where memory is short or on Ctrl+C."""
        size = min(self.batch, len(left))
        while True:
            try:
                classes = self._classes(ahead, left, size)
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

    def _give_out(self, ahead: BatchesAhead, start: int) -> None:
        """From a place on several batches at once, where that pays, perhaps smaller ones.

        How small rests on the best that is known: a moment in which the machine stood still would
        make them many times too small, for the whole stream.
        """
        seconds = min(self.batch * self._each, self._batch_seconds)
        size = ahead.begin(start, self.batch, seconds, fixed=self._fixed)
        self._batch_seconds *= size / self.batch
        self.batch = size

    def _classes(self, ahead: BatchesAhead, left: range, size: int) -> torch.Tensor:
        """Classes of the first ``size`` samples that are left and are counted."""
        if ahead.open and self.check.passes(size):
            return ahead.classes(left.start, self.batch)
        with torch.inference_mode():
            return self.check.classify(left.start, ahead.draw(left.start, size, left.stop))

    def _grow(self, size: int, trial: Trial, planned: int) -> tuple[int, Trial]:
        largest = 1 if self._stop.is_set() else self._largest(planned)
        return grown(size, trial, self._tried, largest=largest, patience=self._patience)

    def _tried(self, size: int, most: int) -> Trial | None:
        """A trial of a larger batch; None for no more of them."""
        return None if self._stop.is_set() else self._trial(size, most=most)

    def _trial(self, size: int, *, most: int = TRIALS) -> Trial | None:
        """What a batch of this size takes, the best of a few tries; None if memory is short."""
        noise = self.noise(Stream.CALIBRATION)

        def batch() -> None:
            with torch.inference_mode():
                classes = self.classifier.classify(self.drawn(noise, 0, size, _ENDLESS))
            classes.sum().item()
            self.check.met.add(classes)

        try:
            return tried(batch, most, by_work=self.device.type == "cpu")
        except Unreachable:
            raise
        except Exception as error:
            if is_out_of_memory(error):
                return None
            raise UserError(
                f"The model fails on this input ({in_a_line(error)}); "
                "check its architecture and input size."
            ) from error

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
