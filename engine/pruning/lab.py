"""The table: every score with every seed, its network pruned, tuned, tested and mapped."""

from __future__ import annotations

import threading
from collections.abc import Callable, Generator, Iterator
from dataclasses import dataclass, replace

import torch

from engine.demos.data.aircraft import KEYPOINTS, TRAINED_FROM
from engine.models.architectures.keypoint_cnn import KeypointCNN
from engine.pruning.channels import copied, detector, weights
from engine.pruning.maps import Mapper
from engine.pruning.progressive import Cut, Pruned, pruned, steps_of
from engine.pruning.records import (
    TUNED,
    UNPRUNED,
    MethodKey,
    PrunedRow,
    PruningSettings,
    PruningTable,
)
from engine.pruning.tuning import tuned
from engine.training.aircraft import Part, part, right
from engine.training.writing import threads

Keep = Callable[[PrunedRow, KeypointCNN], object]


def dropped(row: PrunedRow, network: KeypointCNN) -> None:
    """Keep no network."""
    del row, network


_MAP = 20
"""A map takes about as long as so many steps of tuning."""


@dataclass(frozen=True)
class Pruning:
    """A table that is being made.

    Attributes:
        table: the rows that are done.
        doing: which network is being worked on, and how.
        share: how much of everything is done, from 0 to 1.
        rows, total: rows that are done, and all.
    """

    table: PruningTable
    doing: str = ""
    share: float = 0.0
    rows: int = 0
    total: int = 0


def prune(
    model: str,
    settings: PruningSettings,
    *,
    stop: threading.Event | None = None,
    keep: Keep = dropped,
) -> Generator[Pruning, None, PruningTable]:
    """Prune a detector of drawn aircraft by every score with every seed, and compare.

    On one thread, so that one machine comes to the same networks again. Beside them stand the
    network as it was and the same tuned as long without a cut, for tuning alone changes accuracy.

    Args:
        model: the detector; empty for one that is trained anew with every seed, as long.
        settings: scores, seeds, how much, and maps.
        stop: ends it; rows that are done are kept.
        keep: is given every network of a row.

    Raises:
        UserError: the model does not open, or is no such detector.
    """
    stop = stop or threading.Event()
    given = detector(model) if model else None
    with threads(1):
        lab = _Lab(model, given, settings, stop, keep)
        yield from lab.run()
    return lab.now.table


class _Lab:
    """What a table is made of."""

    def __init__(
        self,
        model: str,
        given: KeypointCNN | None,
        settings: PruningSettings,
        stop: threading.Event,
        keep: Keep,
    ) -> None:
        self.given, self.settings, self.stop, self.keep = given, settings, stop, keep
        self.data = part(range(TRAINED_FROM, TRAINED_FROM + settings.examples))
        self.test = part(range(max(settings.tested, settings.images)))
        rows = settings.seeds * (1 + len(settings.methods)) + self._unpruned
        self.now = Pruning(PruningTable(model=model, settings=settings), total=rows)
        self._work, self._done = self._expected(), 0

    def run(self) -> Iterator[Pruning]:
        """All rows, seed by seed."""
        for seed in range(self.settings.seeds):
            base = yield from self._base(seed)
            if base is None:
                return
            if self.given is None or not seed:  # the same network otherwise
                yield from self._row(UNPRUNED, seed, base)
            longer = copied(base)
            yield from self._tuned(longer, steps_of(self.settings), seed, TUNED)
            if not self.stop.is_set():
                yield from self._row(TUNED, seed, longer)
            for method in self.settings.methods:
                found = yield from self._pruned(base, method, seed)
                if found is None:
                    return
                yield from self._row(method, seed, found.network, found.cuts)

    def _expected(self) -> int:
        """Steps of everything; a map counts as some."""
        settings = self.settings
        tuning = 1 + len(settings.methods) + (self.given is None)
        maps = (settings.seeds * (1 + len(settings.methods)) + self._unpruned) * settings.images
        return settings.seeds * tuning * steps_of(settings) + maps * _MAP

    @property
    def _unpruned(self) -> int:
        """Networks that are pruned: the one that was given, or one for every seed."""
        return self.settings.seeds if self.given is None else 1

    def _base(self, seed: int) -> Generator[Pruning, None, KeypointCNN | None]:
        """The network to be pruned; None where it was stopped."""
        if self.given is not None:
            return self.given
        torch.manual_seed(seed)
        network = KeypointCNN(len(KEYPOINTS))
        yield from self._tuned(network, steps_of(self.settings), seed, UNPRUNED)
        return None if self.stop.is_set() else network

    def _tuned(self, network: KeypointCNN, steps: int, seed: int, method: str) -> Iterator[Pruning]:
        generator = torch.Generator().manual_seed(seed)
        for _ in tuned(network, self.data, steps, generator, concentrate=False):
            yield self._at(method, seed, "tuning", 1)
            if self.stop.is_set():
                return

    def _pruned(
        self, base: KeypointCNN, method: MethodKey, seed: int
    ) -> Generator[Pruning, None, Pruned | None]:
        run = pruned(base, self.data, method, seed, self.settings, self.stop)
        while True:
            try:
                next(run)
            except StopIteration as end:
                found: Pruned | None = end.value
                return found
            yield self._at(method, seed, "tuning", 1)

    def _row(
        self, method: str, seed: int, network: KeypointCNN, cuts: tuple[Cut, ...] = ()
    ) -> Iterator[Pruning]:
        """Test and map a network; no row where that was stopped."""
        settings, network = self.settings, network.eval()
        images = self.test[0][: settings.images].numpy()
        mapper = Mapper(network, images, settings)
        for _ in mapper.each():
            yield self._at(method, seed, "mapping", _MAP)
            if self.stop.is_set():
                return
        row = PrunedRow(
            method=method,
            seed=seed,
            weights=weights(network),
            accuracy=accuracy(network, self.test, settings.tested),
            maps=mapper.counts(),
            cuts=cuts,
        )
        self.keep(row, network)
        table = self.now.table
        table = table.model_copy(update={"rows": (*table.rows, row)})
        self.now = replace(self.now, table=table, rows=len(table.rows))
        yield self.now

    def _at(self, method: str, seed: int, what: str, work: int) -> Pruning:
        self._done += work
        share = min(1.0, self._done / self._work)
        self.now = replace(self.now, doing=f"{what} {method}, seed {seed}", share=share)
        return self.now


def accuracy(network: KeypointCNN, test: Part, count: int) -> float:
    """Share of the first test images whose keypoints are all within the tolerance."""
    images, cells = (each[:count] for each in test)
    return float(right(network, (images, cells)).double().mean())
