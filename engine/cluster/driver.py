"""CERTIFY over a set of inputs with a crew of workers: the rows of one process, whoever counts.

The driver draws no noise. It opens every input and its run, hands both out, keeps what comes back
as if it had been counted here, and gives what a dead worker held to others.
"""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Callable, Generator, Iterator, Sequence
from typing import NamedTuple

from engine.cluster.crew import Crew, Event, Report
from engine.cluster.run_elsewhere import Count, RunElsewhere
from engine.cluster.staff import MOST_DEATHS, Staff
from engine.core.errors import NotAFunction, UserError
from engine.evidence.evidence import Evidence
from engine.evidence.settings import Counting
from engine.evidence.snapshot import Snapshot
from engine.inputs import load_input
from engine.inputs.base import FittedInput
from engine.models import fitted
from engine.models.base import Classifier
from engine.procedures.dataset import check_set
from engine.procedures.set_result import SetResult, Unread, nothing_counted, set_result
from engine.procedures.shelf import Shelf

WAIT_SECONDS, LAST_SECONDS = 0.2, 5.0
"""Longest wait for news; and, after a stop, for the calls that are under way."""


class Told(NamedTuple):
    """Who is told what happens.

    Attributes:
        done: each input and its evidence, in the order of the inputs.
        left_out: each that has none.
        staff: the number of workers that are ready, whenever it changes.
        warn: a sentence about a worker that is gone.
    """

    done: Callable[[str, Evidence], None] = lambda spec, evidence: None
    left_out: Callable[[Unread], None] = lambda unread: None
    staff: Callable[[int], None] = lambda workers: None
    warn: Callable[[str], None] = lambda sentence: None


def certify_set_with(
    crew: Crew,
    workers: int,
    classifier: Classifier,
    inputs: Sequence[str],
    settings: Counting,
    *,
    count: Count,
    at: Sequence[str] = (),
    stop: threading.Event | None = None,
    told: Told | None = None,
    read: Callable[[str], FittedInput] | None = None,
    available: int | None = None,
) -> Generator[Snapshot, None, SetResult]:
    """Certify inputs with many workers, ending in the result that one process would have.

    Yields snapshots of the first input that is not done.

    Args:
        crew: has the workers; it is not closed here.
        workers: how many there are to be.
        classifier: the base classifier f; nothing but its identity is asked for.
        inputs, settings, at, read, available: as for ``certify_set``.
        count: the run of each input.
        stop: when set, the calls under way come to their end and the set with them; what was
            counted of unfinished inputs stays where ``count`` keeps it.
        told: of what happens.

    Raises:
        UserError: as for ``certify_set``; no worker starts, or all die.
    """
    check_set(inputs, settings)

    def opened(spec: str) -> FittedInput:
        return read(spec) if read else fitted(classifier, load_input(spec))

    driver = _Driver(crew, workers, inputs, opened, count, told or Told())
    try:
        yield from driver.run(stop or threading.Event())
    finally:
        driver.close()
    found, unread = driver.found, driver.unread
    if not found:
        raise nothing_counted(unread)
    return set_result(
        classifier.identity, inputs, settings, found, at=at, unread=unread, available=available
    )


class _Driver:
    """Which inputs are with workers, which are done, and which are left."""

    def __init__(
        self,
        crew: Crew,
        workers: int,
        inputs: Sequence[str],
        opened: Callable[[str], FittedInput],
        count: Count,
        told: Told,
    ) -> None:
        self.found = Shelf()
        self.unread: list[Unread] = []
        self._crew, self._inputs, self._told = crew, inputs, told
        self._read, self._count = opened, count
        self._staff = Staff(crew, min(workers, len(inputs)), changed=told.staff, warn=told.warn)
        self._begun = self._delivered = 0
        self._again: deque[RunElsewhere] = deque()
        self._runs: dict[int, RunElsewhere] = {}
        self._ended: dict[int, Evidence | UserError] = {}
        self._failed: set[int] = set()

    def run(self, stop: threading.Event) -> Iterator[Snapshot]:
        """Until every input is done, or a stop."""
        self._staff.hire()
        while not stop.is_set():
            self._hand_out(stop)
            self._deliver()
            if self._delivered == len(self._inputs):
                return
            for event in self._crew.wait(WAIT_SECONDS):
                yield from self._heard(event)
            self._staff.check()
        asked, until = self._staff.busy(), time.monotonic() + LAST_SECONDS
        while asked and time.monotonic() < until:
            for event in self._crew.wait(WAIT_SECONDS):
                asked.discard(event.worker)
                yield from self._heard(event)

    def close(self) -> None:
        """What is done is told, what is counted of the others is kept."""
        for run in self._runs.values():
            run.close()
        self._deliver(gaps=True)

    def _hand_out(self, stop: threading.Event) -> None:
        """Give every worker that has room what is left, first what others left, one by one."""
        left = len(self._inputs) - self._begun + len(self._again)
        for worker, room in list(self._staff.room(left, doubtful=bool(self._again))):
            runs: list[RunElsewhere] = []
            while len(runs) < room and not stop.is_set() and (run := self._next()):
                runs.append(run)
            self._staff.give(worker, runs)

    def _next(self) -> RunElsewhere | None:
        """An input that is to be counted; those that are kept, or do not open, end at once."""
        if self._again:
            return self._again.popleft()
        while self._begun < len(self._inputs):
            place, spec = self._begun, self._inputs[self._begun]
            self._begun += 1
            run = RunElsewhere(place, spec)
            try:
                given = self._read(spec)
            except UserError as error:  # a damaged file costs its own row and no other
                self._ended[place] = error
                continue
            self._runs[place] = run
            outcome = run.open(self._count, given)
            if isinstance(outcome, Snapshot):
                return run
            self._end(run, outcome)
            self._deliver()
        return None

    def _heard(self, event: Event) -> Iterator[Snapshot]:
        if event.said is None:
            self._lost(self._staff.gone(event))
            return
        self._staff.reported(event)
        if not isinstance(event.said, Report):
            return
        for said in event.said.said:
            run = self._runs[said.place]
            outcome = run.hear(said)
            if not isinstance(outcome, Snapshot):
                self._staff.ended(run)
                self._end(run, outcome)
            elif run.place == self._delivered:
                yield outcome

    def _lost(self, runs: Sequence[RunElsewhere]) -> None:
        """Inputs whose worker is gone are the next to be given out; one that kills, never again."""
        for run in reversed(runs):
            if run.deaths < MOST_DEATHS:
                self._again.appendleft(run)
                continue
            run.close()
            self._end(run, UserError(f"{MOST_DEATHS} workers ended while they counted it."))
            self._failed.discard(run.place)

    def _end(self, run: RunElsewhere, outcome: Evidence | UserError) -> None:
        self._ended[run.place] = outcome
        del self._runs[run.place]
        if isinstance(outcome, UserError):
            self._failed.add(run.place)

    def _deliver(self, *, gaps: bool = False) -> None:
        """Tell of inputs that are done, in their order."""
        while self._delivered < len(self._inputs):
            place, spec = self._delivered, self._inputs[self._delivered]
            outcome = self._ended.pop(place, None)
            if outcome is None and not gaps:
                return
            self._delivered += 1
            if isinstance(outcome, UserError):
                unfit = isinstance(outcome, NotAFunction) or not self.found
                if place in self._failed and unfit and not gaps:
                    raise outcome  # model and settings do not fit each other
                self.unread.append(Unread(input=spec, reason=str(outcome)))
                self._told.left_out(self.unread[-1])
            elif outcome is not None:
                self.found.add(spec, outcome)
                self._told.done(spec, outcome)
