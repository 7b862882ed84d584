"""The workers of a crew: what each holds, when it is called, and how often they may die."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from math import ceil

from engine.cluster.crew import Crew, Event, Ready, Report
from engine.cluster.run_elsewhere import RunElsewhere
from engine.core.errors import UserError

AHEAD_SECONDS, MOST_AHEAD = 2.0, 64
"""A worker holds inputs for so long, and no more than that many: it never waits for the driver."""
CALLS = 2
"""Calls of a worker under way: it goes on with the second while the driver reads the first."""
MOST_DEATHS = 3
"""Workers that one input may cost; and that may end, beyond all of the first, between two results.
"""
START_SECONDS = 600.0
"""After this long without a worker that is ready, none is waited for."""


class Staff:
    """Workers that are kept busy.

    Args:
        crew: has them.
        size: how many there are to be; one that dies is replaced.
        changed: told how many are ready.
        warn: told of each that is gone.
        clock: seconds, for tests.
    """

    def __init__(
        self,
        crew: Crew,
        size: int,
        *,
        changed: Callable[[int], None],
        warn: Callable[[str], None],
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._crew, self._size, self._changed, self._warn = crew, size, changed, warn
        self._clock, self._waiting_since = clock, clock()
        self._hired: set[int] = set()
        self._held: dict[int, list[RunElsewhere]] = {}
        self._calls: dict[int, int] = {}
        self._seconds, self._results, self._deaths = 0.0, 0, 0

    def hire(self) -> None:
        """Begin to start all workers."""
        while len(self._hired) < self._size:
            self._hired.add(self._crew.hire())

    def busy(self) -> set[int]:
        """Workers that will report, whatever happens."""
        return {worker for worker, calls in self._calls.items() if calls}

    def room(self, left: int, *, doubtful: bool = False) -> Iterator[tuple[int, int]]:
        """Workers that may be called, and how many further inputs each may take.

        Args:
            left: inputs that nobody holds: no worker takes more than its share of them.
            doubtful: the next inputs may each end whoever counts them, so that a worker takes one
                and only if it holds nothing.
        """
        share = ceil(left / max(1, len(self._held)))
        for worker, held in self._held.items():
            if self._calls[worker] >= CALLS:
                continue
            alone = doubtful or any(run.doubtful for run in held)
            most = int(doubtful and not held) if alone else min(self._ahead() - len(held), share)
            yield worker, max(0, most)

    def give(self, worker: int, runs: Sequence[RunElsewhere]) -> None:
        """Call a worker, unless it has nothing to do."""
        self._held[worker].extend(runs)
        tasks = [run.task for run in runs if run.task is not None]
        while self._held[worker] and self._calls[worker] < CALLS:
            self._crew.give(worker, tasks)
            self._calls[worker] += 1
            tasks = []

    def reported(self, event: Event) -> None:
        """A worker has opened the model, or come back from a call."""
        if isinstance(event.said, Ready):
            self._held[event.worker], self._calls[event.worker] = [], 0
            self._changed(len(self._held))
        elif isinstance(event.said, Report):
            self._calls[event.worker] -= 1
            self._seconds += event.said.seconds

    def ended(self, run: RunElsewhere) -> None:
        """A worker is done with an input."""
        self._deaths, self._results = 0, self._results + 1
        for held in self._held.values():
            if run in held:
                held.remove(run)

    def gone(self, event: Event) -> list[RunElsewhere]:
        """A worker is gone; the inputs that it held, and that others must count.

        Raises:
            UserError: none is left, or too many have died one after the other.
        """
        self._hired.discard(event.worker)
        self._calls.pop(event.worker, None)
        runs = self._held.pop(event.worker, [])
        self._changed(len(self._held))
        for run in runs:
            run.doubtful = True
            run.deaths += len(runs) == 1  # else any of them may have ended it
        if event.refused:
            self._size -= 1
        else:
            self._deaths += 1
        if not self._size:
            raise UserError(event.why)
        if self._deaths >= self._size + MOST_DEATHS:
            raise UserError(
                f"{self._deaths} workers ended one after the other before an input was done, the "
                f"last with: {event.why} The model may crash them or need more memory than they "
                "have; try fewer --workers, or a run without --cluster, which shows its error."
            )
        self._warn(event.why)
        self.hire()
        return runs

    def check(self) -> None:
        """Refuse to wait for workers that do not come.

        Raises:
            UserError: none has been ready for a long time.
        """
        if self._held:
            self._waiting_since = self._clock()
        elif self._clock() - self._waiting_since > START_SECONDS:
            raise UserError(
                f"No worker was ready within {START_SECONDS / 60:.0f} minutes: the cluster has "
                "fewer free processors or devices than --workers asks for."
            )

    def _ahead(self) -> int:
        """Inputs that a worker may hold."""
        if not self._results:
            return 1
        each = max(self._seconds, 1e-6) / self._results
        return max(1, min(MOST_AHEAD, ceil(AHEAD_SECONDS / each)))
