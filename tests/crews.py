"""A crew in this process: what Ray's actors do, one call at a time, and dead when a test says."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Collection, Sequence

from engine.cluster.crew import Event, Setup, Task
from engine.cluster.worker import Worker
from engine.core.errors import UserError


class InProcessCrew:
    """Calls are carried out in their order, one for each :meth:`wait`.

    Args:
        setup: of its workers.
        kills: whether a worker dies in a call, by the number of the call and the places given so
            far to that worker; what it did in that call is lost.
    """

    def __init__(
        self,
        setup: Setup,
        kills: Callable[[int, Collection[int]], bool] = lambda call, places: False,
    ) -> None:
        self.setup, self.kills = setup, kills
        self.workers: dict[int, Worker] = {}
        self.places: dict[int, list[int]] = {}
        self.calls: deque[tuple[int, tuple[Task, ...] | None]] = deque()
        self.called = self.hired = 0

    def hire(self) -> int:
        self.hired += 1
        ticks = iter(range(10**9))
        self.workers[self.hired] = Worker(self.setup, clock=lambda: 0.2 * next(ticks))
        self.places[self.hired] = []
        self.calls.append((self.hired, None))
        return self.hired

    def give(self, worker: int, tasks: Sequence[Task]) -> None:
        self.calls.append((worker, tuple(tasks)))

    def wait(self, seconds: float) -> list[Event]:
        if not self.calls:
            return []
        worker, tasks = self.calls.popleft()
        self.called += 1
        try:
            done = self.workers[worker].open() if tasks is None else self._work(worker, tasks)
        except UserError as error:
            self.dismiss(worker)
            return [Event(worker, why=str(error), refused=True)]
        if self.kills(self.called, self.places[worker]):
            self.dismiss(worker)
            return [Event(worker, why="A worker ended (killed).")]
        return [Event(worker, done)]

    def dismiss(self, worker: int) -> None:
        self.calls = deque(call for call in self.calls if call[0] != worker)
        del self.workers[worker]

    def _work(self, worker: int, tasks: tuple[Task, ...]):  # type: ignore[no-untyped-def]
        self.places[worker] += [task.place for task in tasks]
        return self.workers[worker].work(tasks)
