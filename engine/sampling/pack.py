"""Samples of several inputs in one batch, so that a device never waits at an input's end.

Which votes an input gets depends on (key, stream, index) alone, so they are those of a run of its
own, whoever its samples share a batch with. The function check goes over the packed batches as over
those of one run, and of every input some samples, drawn by lot before they are classified, are
asked about again in another batch, order and mixture before what decides it is handed out.
"""

from __future__ import annotations

import random
import threading
import time
from collections.abc import Iterator, Sequence

import torch

from engine.core.batches import Batch, alike, is_out_of_memory, parts
from engine.models.base import NO_CLASS, Classifier
from engine.noise.gaussian import Stream
from engine.sampling.function_check import FunctionCheck
from engine.sampling.lanes import Lane, Packed, Piece, joined
from engine.sampling.questions import Home, Stretch
from engine.sampling.reducers import CountVotes
from engine.sampling.sampler import BATCH_SECONDS, SNAPSHOT_SECONDS, Sampler, in_a_line

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
        began, start, self._failures = time.perf_counter(), self._packed.end, False
        answered = self._count()
        seconds = time.perf_counter() - began
        if answered:
            self._batch_seconds = max(1e-6, 0.5 * (self._batch_seconds + seconds / len(answered)))
        idle = not any(lane.left for lane in self._lanes) or self._stop.is_set()
        try:
            ends = idle and last
            looked = [] if self._failures else answered  # one input's failures are no other's
            self.check.look(self._packed, start, looked, seconds=seconds, ends=ends)
            if self.check.opened:
                self._opening = self._opening or self._packed.end
            late = time.perf_counter() - self._since > _HELD_SECONDS
            if self._kept and (idle or late or self.check.affordable):
                self._ask()
        except KeyboardInterrupt:
            self._stop.set()
        if self._stop.is_set():
            for lane in self._lanes:
                if lane.held:  # the question was cut short: what waits for it is not given out
                    lane.waiting = []
                lane.ended, lane.held = True, False
        return self._handed_out()

    def _count(self) -> list[torch.Tensor]:
        steps = self._steps if self.check.opened else self.check.opening(max(1, self.batch))
        answered = list[torch.Tensor]()
        while len(answered) < steps and not self._stop.is_set():
            with torch.inference_mode():
                classes = self._answers()
            if classes is None:
                break
            answered.append(classes)
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

    def _answers(self) -> torch.Tensor | None:
        """Classes of the next batch, entered with their lanes; None where there is none."""
        while plan := self._plan():
            try:
                batch = self._drawn(plan)
                kept = self._keep(plan, batch)
                classes = self._classes_of(plan, batch)
            except KeyboardInterrupt:
                self._stop.set()
                return None
            except Exception as error:
                if not is_out_of_memory(error):
                    raise
                if not self._shrink():
                    return None
                continue
            self._enter(plan, classes, kept)
            return classes
        return None

    def _drawn(self, plan: Sequence[Piece]) -> Batch:
        return joined(
            [
                piece.lane.sampler.drawn(
                    piece.lane.samples.noise, piece.start, piece.count, piece.lane.limit
                )
                for piece in plan
            ]
        )

    def _keep(self, plan: Sequence[Piece], batch: Batch) -> tuple[list[int], Batch | None]:
        """Rows of a batch that are to be asked about again, and what they are."""
        rows, first = list[int](), 0
        for piece in plan:
            ask, end = piece.lane.ask, piece.start + piece.count
            if ask is not None and piece.start <= ask < end:
                begin = first + ask - piece.start
                rows += range(begin, begin + min(_KEPT, end - ask))
            first += piece.count
        if not rows:
            return rows, None
        index = torch.tensor(rows, device=self._device)
        return rows, alike(batch, lambda part: part[index])

    def _classes_of(self, plan: Sequence[Piece], batch: Batch) -> torch.Tensor:
        """Classes of a batch; where it fails, of each input's samples by themselves.

        Samples that fail again count against every class and are not drawn anew.
        """
        try:
            return self._classify(batch)
        except Exception as error:
            if is_out_of_memory(error):
                raise
            if len(plan) == 1:
                return self._failed(plan[0], error)
        found = list[torch.Tensor]()
        for piece in plan:
            try:
                found.append(self._classify(self._drawn([piece])))
            except Exception as error:
                if is_out_of_memory(error):
                    raise
                found.append(self._failed(piece, error))
        return torch.cat(found)

    def _classify(self, batch: Batch) -> torch.Tensor:
        size = len(parts(batch)[0])
        classes = self._classifier.classify(batch)
        if classes.shape != (size,):
            raise ValueError(f"{len(classes):,} answers to {size:,} samples")
        return classes

    def _failed(self, piece: Piece, error: Exception) -> torch.Tensor:
        sentence = f"Batches that failed count against every class: {in_a_line(error)}."
        piece.lane.sampler.warn(sentence)
        self._failures = True
        return torch.full((piece.count,), NO_CLASS, device=self._device)

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

    def _enter(
        self, plan: Sequence[Piece], classes: torch.Tensor, kept: tuple[list[int], Batch | None]
    ) -> None:
        home = Home(len(self._batches), self._packed.end, len(classes))
        rows, held = kept
        if held is not None:
            if not self._kept:
                self._since = time.perf_counter()
            self._kept.append(held)
            self._homes += [home] * len(rows)
            self._places += [home.first + row for row in rows]
        self._batches.append(classes)
        self._packed.add(plan)
        first = 0
        for piece in plan:
            lane, ask = piece.lane, piece.lane.ask
            lane.waiting.append((piece.start, classes[first : first + piece.count]))
            lane.place = piece.start + piece.count
            if ask is not None and piece.start <= ask < lane.place:
                lane.ask, lane.held = None, True
            first += piece.count

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
            index = torch.tensor(rows, device=self._device)
            stretch = Stretch(
                self._packed,
                places=tuple(self._places[row] for row in rows),
                classes=tuple(counted[row] for row in rows),
                homes=tuple(self._homes[row] for row in rows),
            )
            self.check.ask(stretch, alike(held, lambda part: part[index]), self._batches)
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
                lane.waiting = []
                if lane.often and lane.place < lane.last:
                    self._choose(lane)
            ready.append(lane.run)
        if not any(lane.held for lane in self._lanes):
            self._begin_question()
            self._packed.forget(self._opening, self._packed.end)
            self.check.forget(self._packed.end)
        return ready
