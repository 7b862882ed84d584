"""What a pack counts: streams of several inputs, and their samples in packed batches."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

import torch

from engine.core.batches import Batch, joined
from engine.sampling.classifying import Answered
from engine.sampling.noise_buffer import StreamSamples
from engine.sampling.questions import Asking
from engine.sampling.reducers import CountVotes
from engine.sampling.sampler import Sampler


@dataclass(eq=False)
class Lane:
    """A stream of one input.

    Attributes:
        sampler, samples: of its run.
        run: whose turn it was when it was opened.
        told, place, last: sample indices: the first that was not handed out, the next to be drawn,
            and the end.
        block: samples per block; ``often``: the run may end at any block.
        ask: index from which samples are kept to be asked about; None where none are.
        held: some are kept, and what was counted since waits for them.
        ended: nothing more comes.
        waiting: classes by the index of their first sample.
        counts: what the run has not taken yet.
    """

    sampler: Sampler
    samples: StreamSamples
    run: int
    told: int
    place: int
    last: int
    block: int
    often: bool
    reducer: CountVotes
    ask: int | None = None
    held: bool = False
    ended: bool = False
    waiting: list[tuple[int, torch.Tensor]] = field(default_factory=list)
    counts: dict[int, list[int]] = field(default_factory=dict)

    @property
    def limit(self) -> int:
        """Where it waits for its run to go on: the end, or that of the block at hand."""
        return (
            min(self.last, (self.told // self.block + 1) * self.block) if self.often else self.last
        )

    @property
    def over(self) -> bool:
        """Whether everything was handed out."""
        return self.ended or self.told >= self.last

    @property
    def left(self) -> int:
        """Samples that may be counted now."""
        return 0 if self.ended else max(0, self.limit - self.place)

    def take(self) -> dict[int, list[int]]:
        """What was counted since."""
        found, self.counts = self.counts, {}
        return found


@dataclass(frozen=True)
class Piece:
    """Samples of one lane in a packed batch: ``count`` from index ``start``."""

    lane: Lane
    start: int
    count: int


class UnderWay(NamedTuple):
    """A batch that is being classified.

    Attributes:
        plan: whose samples it holds.
        asks: lanes of which it holds the samples that are kept, and where these begin.
        rows, kept: where they lie in the batch, and what they are.
        answered: waits for the classes.
    """

    plan: list[Piece]
    asks: list[tuple[Lane, int]]
    rows: list[int]
    kept: Batch | None
    answered: Callable[[], Answered]


class Packed:
    """The packed batches as one stream of places, of which the last ones can be drawn again."""

    def __init__(self) -> None:
        self.end = 0
        self._pieces: list[tuple[int, StreamSamples, int, int]] = []

    def add(self, plan: Sequence[Piece]) -> None:
        """Place some pieces after the others."""
        for piece in plan:
            self._pieces.append((self.end, piece.lane.samples, piece.start, piece.count))
            self.end += piece.count

    def draw(self, start: int, count: int) -> Batch:
        """The samples of some consecutive places."""
        drawn = list[Batch]()
        for first, samples, index, length in self._pieces:
            low, high = max(start, first), min(start + count, first + length)
            if low < high:
                drawn.append(samples.draw(index + low - first, high - low))
        return joined(drawn)

    def holds(self, place: int) -> bool:
        """Whether it was placed, and is not forgotten."""
        return any(first <= place < first + count for first, _, _, count in self._pieces)

    def asking(self, place: int) -> Asking:
        """Of the run that a sample belongs to."""
        after = bisect_right(self._pieces, place, key=lambda piece: piece[0])
        return self._pieces[after - 1][1].asking(place)

    def forget(self, opening: int, before: int) -> None:
        """Keep the pieces of the first look, and those from ``before`` on."""
        self._pieces = [one for one in self._pieces if one[0] < opening or one[0] + one[3] > before]


def drawn(plan: Sequence[Piece]) -> Batch:
    """The samples of some pieces; the memory of a single one is its sampler's."""
    return joined(
        [
            piece.lane.sampler.drawn(
                piece.lane.samples.noise, piece.start, piece.count, piece.lane.limit
            )
            for piece in plan
        ]
    )


def kept_rows(plan: Sequence[Piece], most: int) -> list[int]:
    """Rows of a batch to keep for the function check, at most ``most`` of each lane."""
    rows, first = list[int](), 0
    for piece in plan:
        ask, end = piece.lane.ask, piece.start + piece.count
        if ask is not None and piece.start <= ask < end:
            begin = first + ask - piece.start
            rows += range(begin, begin + min(most, end - ask))
        first += piece.count
    return rows
