"""Runs of many inputs, driven together: what several of them draw shares batches."""

from __future__ import annotations

import threading
from collections.abc import Callable, Generator

from engine.core.errors import UserError
from engine.core.scores import SOFT
from engine.evidence.evidence import Evidence
from engine.evidence.settings import Counting, Execution
from engine.evidence.snapshot import Snapshot
from engine.models.base import Classifier
from engine.sampling.classifying import handed_out
from engine.sampling.pack import Pack
from engine.system.device import resolve

Run = Generator[Snapshot, None, Evidence]
Outcome = Evidence | UserError
"""What a run ends in: its evidence, or why there is none."""


def pack_for(
    classifier: Classifier,
    settings: Counting,
    execution: Execution,
    stop: threading.Event,
    inputs: int,
) -> Pack | None:
    """What counts so many inputs together; None where each is counted by itself.

    So are those of exact methods, of sweeps, under a bound on scores, of texts and graphs, of
    models that are bound to an input, and of those under encryption, whose samples in doubt are
    told for each input.
    """
    bound = type(classifier).bound_to is not Classifier.bound_to
    says = type(classifier).said is not Classifier.said
    alone = settings.kind in ("exact", "sweep") or settings.scheme.counted or execution.batch == 1
    alone = alone or settings.bound == SOFT or bool(classifier.usual_batch)
    if bound or says or alone or classifier.identity.kind in ("text", "graph"):
        return None
    return Pack(
        classifier,
        device=resolve(execution.device),
        precision=settings.precision,
        stop=stop,
        planned=inputs * (settings.n0 + settings.n),
    )


class Together:
    """Runs that go on together where there is a pack, else one after the other.

    Args:
        pack: counts their samples; every run is of a model prepared with it.
        more: whether a further run may be opened.
        opened: begins the next run and tells its place; None where there is none after all.
        settled: told what became of the run at a place.
    """

    def __init__(
        self,
        pack: Pack | None,
        *,
        more: Callable[[], bool],
        opened: Callable[[], tuple[int, Run] | None],
        settled: Callable[[int, Outcome], None],
    ) -> None:
        self._pack, self._more, self._open, self._settle = pack, more, opened, settled
        self._running: dict[int, Run] = {}

    def snapshots(self) -> Generator[tuple[int, Snapshot], None, None]:
        """Those of all runs with their places, until none is left; may be called again then."""
        pack = self._pack
        yield from handed_out(self._of_all(), lambda: None if pack is None else pack.classifying)

    def _of_all(self) -> Generator[tuple[int, Snapshot], None, None]:
        while True:
            while self._more() and (not self._running or (self._pack and self._pack.hungry)):
                found = self._open()
                if found is not None:
                    place, self._running[place] = found
                    yield from self._advance(place)
            if self._pack is None or not self._running:
                return
            yield from self._step(self._pack)

    def close(self) -> None:
        """End every run as it stands."""
        for run in self._running.values():
            run.close()
        if self._pack is not None:
            self._pack.close()

    def _advance(
        self, place: int, error: UserError | None = None
    ) -> Generator[tuple[int, Snapshot], None, None]:
        """Let a run go on until it waits for the others, or to its end."""
        run, pack = self._running[place], self._pack
        while True:
            if pack is not None:
                pack.turn = place
            try:
                snapshot = run.throw(error) if error else next(run)
            except StopIteration as end:
                outcome: Outcome = end.value
                break
            except UserError as wrong:
                outcome = wrong
                break
            yield place, snapshot
            if pack is not None and pack.waits(place):
                return
        del self._running[place]
        self._settle(place, outcome)

    def _step(self, pack: Pack) -> Generator[tuple[int, Snapshot], None, None]:
        """Count for a moment, and let those go on for which something came."""
        try:
            ready, error = pack.step(last=not self._more()), None
        except UserError as found:  # of the model, and so of every run
            ready, error = list(self._running), found
        for place in dict.fromkeys(ready):
            if place in self._running:
                yield from self._advance(place, error)
