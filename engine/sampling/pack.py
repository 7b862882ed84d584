"""Samples of several inputs in one batch, so that a device never waits at an input's end.

Which votes an input gets depends on (key, stream, index) alone, so they are those of a run of its
own, whoever its samples share a batch with and whichever thread classifies it. The function check
goes over the packed batches as over those of one run, and of every input some samples, drawn by lot
before they are classified, are asked about again in another batch, order and mixture before what
decides it is handed out.
"""

from __future__ import annotations

import random
import threading
import time
from collections import deque
from collections.abc import Iterator, Sequence

import torch

from engine.core.batches import Batch, alike, is_out_of_memory, joined
from engine.core.errors import in_a_line
from engine.models.base import NO_CLASS, Classifier
from engine.noise.gaussian import Stream
from engine.sampling.classifying import Answered, Classifying
from engine.sampling.function_check import FunctionCheck
from engine.sampling.lanes import Lane, Packed, Piece, UnderWay, drawn, kept_rows
from engine.sampling.questions import Home, Stretch
from engine.sampling.reducers import CountVotes
from engine.sampling.sampler import SNAPSHOT_SECONDS, Sampler
from engine.sampling.trials import BATCH_SECONDS

MOST_LANES = 64
"""Streams that are open at once."""
_KEPT = 4
"""Samples of every input that are asked about once more, of every block where it may end at any."""
_HELD_SECONDS = 0.3
"""How long these wait for the share of time that is spent on asking again."""


class Pack:
    """Counts the streams of many inputs together, for samplers of one classifier and one law.

    Args:
        classifier: already prepared for ``device``.
        device: where it runs.
        precision: of the arithmetic.
        stop: when set, every stream ends after the batch at hand.
        planned: samples of all streams together.

    Attributes:
        batch: samples per batch; 0 until the first sampler brings its own.
        check: the function check of the packed batches.
        turn: the run that opens lanes now.
        classifying: what batches are given to, from :meth:`open` on.
    """

    def __init__(
        self,
        classifier: Classifier,
        *,
        device: torch.device,
        precision: str,
        stop: threading.Event,
        planned: int,
    ) -> None:
        self.batch = 0
        self.planned = planned
        self.turn = 0
        self.check = FunctionCheck(classifier, device=device, precision=precision)
        self.check.planned = planned
        self._classifier, self._device, self._stop = classifier, device, stop
        self._lanes: list[Lane] = []
        self._shapes: list[tuple[object, ...]] = []
        self._packed = Packed()
        self.classifying: Classifying | None = None
        self._under_way = deque[UnderWay]()
        self._opening = 0
        self._failures = False
        self._batch_seconds = BATCH_SECONDS
        self._lot = random.SystemRandom()
        self._begin_question()

    def _begin_question(self) -> None:
        """Nothing is kept, and no batch is remembered for it."""
        self._batches: list[torch.Tensor] = []
        self._homes: list[Home] = []
        self._places: list[int] = []
        self._kept: list[Batch] = []
        self._since = time.perf_counter()

    @property
    def threads(self) -> int:
        """That count."""
        return max(1, self._at_once.threads) * torch.get_num_threads()

    @property
    def _at_once(self) -> Classifying:
        if self.classifying is None:
            self.classifying = Classifying(self._classifier, self._device)
        return self.classifying

    def open(self) -> None:
        """Begin to count: once the classifier is prepared, before the first batch is timed."""
        _ = self._at_once

    def close(self) -> None:
        """Classify no more."""
        self._under_way.clear()
        if self.classifying is not None:
            self.classifying.close()
            self.classifying = None

    def takes(self, sampler: Sampler) -> bool:
        """Whether a sampler's inputs have the shape of the others; the first decides."""
        shapes = sampler.shapes
        if not self._shapes:
            self._shapes = shapes
            self.batch, self._batch_seconds = sampler.batch, sampler.seconds_each * sampler.batch
        return shapes == self._shapes

    def rows(
        self, sampler: Sampler, stream: Stream, first: int, last: int, *, block: int, often: bool
    ) -> Iterator[dict[int, list[int]]]:
        """As :meth:`Sampler.rows`, nothing where it waits for :meth:`step`."""
        lane = Lane(
            sampler,
            sampler.samples(stream),
            self.turn,
            first,
            first,
            last,
            block,
            often,
            CountVotes(sampler.classes, block),
        )
        if stream is Stream.ESTIMATION:
            self._choose(lane)
        self._lanes.append(lane)
        try:
            if lane.left:
                yield {}
            while True:
                counts, over = lane.take(), lane.over
                if counts or not over:
                    yield counts
                if over:
                    return
        finally:
            self._lanes.remove(lane)

    def _choose(self, lane: Lane) -> None:
        """Draw by lot which samples are kept to be asked about, of the last before the limit.

        So the model is asked after it has answered everything, and nobody foresees about what.
        """
        if lane.left:
            first = max(lane.place, lane.limit - max(_KEPT, self.batch))
            lane.ask = self._lot.randrange(first, max(first, lane.limit - _KEPT) + 1)

    @property
    def hungry(self) -> bool:
        """Whether it could do with the samples of more inputs."""
        step = self.batch * self._steps
        return len(self._lanes) < MOST_LANES and sum(lane.left for lane in self._lanes) < step

    @property
    def _steps(self) -> int:
        return max(1, round(SNAPSHOT_SECONDS / self._batch_seconds))

    def waits(self, run: int) -> bool:
        """Whether a run waits for samples of its own."""
        return any(lane.run == run and not lane.over for lane in self._lanes)

    def step(self, *, last: bool) -> list[int]:
        """Count for a moment; the runs for which something came.

        Args:
            last: no further inputs will come.

        Raises:
            UserError: the classifier is no function of one sample.
        """
        start, self._failures = self._packed.end, False
        answered = self._count()
        seconds = sum(one.seconds for one in answered) / max(1, self._at_once.threads)
        if answered:
            self._batch_seconds = max(1e-6, 0.5 * (self._batch_seconds + seconds / len(answered)))
        stopped = self._stop.is_set()
        idle = stopped or not (self._under_way or any(lane.left for lane in self._lanes))
        try:
            ends = idle and last
            # One input's failures are no other's.
            looked = [] if self._failures else [one.classes for one in answered]
            self.check.look(self._packed, start, looked, seconds=seconds, ends=ends)
            if self.check.opened:
                self._opening = self._opening or self._packed.end
            late = time.perf_counter() - self._since > _HELD_SECONDS
            if self._kept and (idle or late or self.check.affordable):
                self._ask()
        except KeyboardInterrupt:
            self._stop.set()
        if self._stop.is_set():
            self._take_back()
            for lane in self._lanes:
                if (
                    lane.held or self.check.owed
                ):  # the question was cut short: what waits for it is not given out
                    lane.waiting = []
                lane.ended, lane.held = True, False
        return self._handed_out()

    def _count(self) -> list[Answered]:
        steps = self._steps if self.check.opened else self.check.opening(max(1, self.batch))
        answered = list[Answered]()
        with torch.inference_mode():
            while len(answered) < steps and not self._stop.is_set():
                one = self._answers(steps - len(answered))
                if one is None:
                    break
                answered.append(one)
        return answered

    def _plan(self) -> list[Piece]:
        """The samples of the next batch: least served first where a run may end at any block."""
        room, plan = self.batch, list[Piece]()
        for lane in sorted(self._lanes, key=lambda one: one.place if one.often else 0):
            count = min(room, lane.left)
            if count:
                plan.append(Piece(lane, lane.place, count))
                room -= count
        return plan

    def _answers(self, steps: int) -> Answered | None:
        """Classes of the next batch, entered with their lanes; None where there is none.

        Nothing more than some steps is begun before the first look.
        """
        while True:
            try:
                self._begin(steps)
                if not self._under_way:
                    return None
                answered = self._classes_of(self._under_way[0])
            except KeyboardInterrupt:
                self._stop.set()
                return None
            except Exception as error:
                self._take_back()
                if not is_out_of_memory(error):
                    raise
                if not self._shrink():
                    return None
                continue
            self._enter(self._under_way.popleft(), answered.classes)
            return answered

    def _begin(self, steps: int) -> None:
        """Draw batches and have them classified, as many as may be under way."""
        most = self._at_once.most(self._batch_seconds * max(1, self._at_once.threads))
        most = most if self.check.opened else min(most, steps)
        while len(self._under_way) < most and (plan := self._plan()):
            batch = drawn(plan)
            if self._at_once.threads and len(plan) == 1:  # it would be overwritten while it waits
                batch = alike(batch, torch.clone)
            rows = kept_rows(plan, _KEPT)
            kept = _rows_of(batch, rows) if rows else None
            asks = list[tuple[Lane, int]]()
            for piece in plan:
                lane = piece.lane
                lane.place = piece.start + piece.count
                if lane.ask is not None and piece.start <= lane.ask < lane.place:
                    asks.append((lane, lane.ask))
                    lane.ask = None
            answered = self._at_once.begin(batch)
            self._under_way.append(UnderWay(plan, asks, rows, kept, answered))

    def _take_back(self) -> None:
        """As if the batches under way had not been begun; they are drawn again, if at all."""
        while self._under_way:
            one = self._under_way.pop()
            for piece in one.plan:
                piece.lane.place = piece.start
            for lane, ask in one.asks:
                lane.ask = ask

    def _classes_of(self, one: UnderWay) -> Answered:
        """Classes of a batch; where it fails, of each input's samples by themselves.

        Samples that fail again count against every class and are not drawn anew.
        """
        size = sum(piece.count for piece in one.plan)
        try:
            return _fit(one.answered(), size)
        except Exception as error:
            if is_out_of_memory(error):
                raise
            if len(one.plan) == 1:
                return self._failed(one.plan[0], error)
        found = list[Answered]()
        for piece in one.plan:
            try:
                found.append(_fit(self._at_once.now(drawn([piece])), piece.count))
            except Exception as error:
                if is_out_of_memory(error):
                    raise
                found.append(self._failed(piece, error))
        return Answered(torch.cat([part.classes for part in found]), sum(p.seconds for p in found))

    def _failed(self, piece: Piece, error: Exception) -> Answered:
        sentence = f"Batches that failed count against every class: {in_a_line(error)}."
        piece.lane.sampler.warn(sentence)
        self._failures = True
        return Answered(torch.full((piece.count,), NO_CLASS, device=self._device), 0.0)

    def _shrink(self) -> bool:
        """Make the batch smaller; False where not even one sample fits into memory."""
        fits = self.batch > 1
        self.batch = max(1, self.batch // 2)
        for lane in self._lanes:
            if fits:
                lane.sampler.shrink(self.batch)
            else:
                lane.sampler.warn(lane.sampler.too_small() + " The votes counted before are kept.")
                lane.ended, lane.held = True, False
        return fits

    def _enter(self, one: UnderWay, classes: torch.Tensor) -> None:
        home = Home(len(self._batches), self._packed.end, len(classes))
        if one.kept is not None:
            if not self._kept:
                self._since = time.perf_counter()
            self._kept.append(one.kept)
            self._homes += [home] * len(one.rows)
            self._places += [home.first + row for row in one.rows]
        self._batches.append(classes)
        self._packed.add(one.plan)
        first = 0
        for piece in one.plan:
            piece.lane.waiting.append((piece.start, classes[first : first + piece.count]))
            first += piece.count
        for lane, _ in one.asks:
            lane.held = True

    def _ask(self) -> None:
        """Ask about the samples that were kept, of all inputs together.

        Raises:
            UserError: the classifier is no function of one sample.
        """
        held = joined(self._kept)
        pairs = zip(self._homes, self._places, strict=True)
        counted = [int(self._batches[home.number][place - home.first]) for home, place in pairs]
        # Those without a class count against every class already, and may fail the others' batch.
        rows = [row for row, index in enumerate(counted) if index != NO_CLASS]
        if rows:
            stretch = Stretch(
                self._packed,
                places=tuple(self._places[row] for row in rows),
                classes=tuple(counted[row] for row in rows),
                homes=tuple(self._homes[row] for row in rows),
            )
            self.check.ask(stretch, _rows_of(held, rows), self._batches)
        for lane in self._lanes:
            lane.held = False

    def _handed_out(self) -> list[int]:
        """Give every lane what it need not wait for; the runs that got something, in order."""
        ready = list[int]()
        for lane in self._lanes:
            if lane.held or not (lane.waiting or lane.ended):
                continue
            if lane.waiting:
                start = lane.waiting[0][0]
                found = lane.reducer.counts([classes for _, classes in lane.waiting], start)
                for index, row in found.items():
                    sums = lane.counts.setdefault(index, [0] * len(row))
                    lane.counts[index] = [a + b for a, b in zip(sums, row, strict=True)]
                last, classes = lane.waiting[-1]
                lane.told, lane.waiting = last + len(classes), []
                if lane.often and lane.told % lane.block == 0:
                    self._choose(lane)
            ready.append(lane.run)
        if not any(lane.held for lane in self._lanes):
            self._begin_question()
            self._packed.forget(self._opening, self._packed.end)
            self.check.forget(self._packed.end)
        return ready


def _rows_of(batch: Batch, rows: Sequence[int]) -> Batch:
    """Some rows, in memory of their own."""
    return alike(batch, lambda part: part[torch.tensor(rows, device=part.device)])


def _fit(answered: Answered, size: int) -> Answered:
    if answered.classes.shape != (size,):
        raise ValueError(f"{len(answered.classes):,} answers to {size:,} samples")
    return answered
