"""Who gets how much work, and when the driver gives up."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from engine.cluster.crew import Event, Ready, Report, Task
from engine.cluster.run_elsewhere import RunElsewhere
from engine.cluster.staff import CALLS, MOST_AHEAD, START_SECONDS, Staff
from engine.core.errors import UserError


class Calls:
    """A crew that only notes what it is asked for."""

    def __init__(self) -> None:
        self.given: list[int] = []
        self.hired = 0

    def hire(self) -> int:
        self.hired += 1
        return self.hired

    def give(self, worker: int, tasks: Sequence[Task]) -> None:
        self.given.append(worker)

    def wait(self, seconds: float) -> list[Event]:
        return []

    def dismiss(self, worker: int) -> None:
        pass


@pytest.fixture
def crew() -> Calls:
    return Calls()


def staffed(crew: Calls, size: int, ready: int | None = None) -> Staff:
    staff = Staff(crew, size, changed=lambda workers: None, warn=lambda sentence: None)
    staff.hire()
    for worker in range(1, (size if ready is None else ready) + 1):
        staff.reported(Event(worker, Ready("node")))
    return staff


def runs(count: int) -> list[RunElsewhere]:
    return [RunElsewhere(place, str(place)) for place in range(count)]


def test_a_worker_holds_seconds_of_work_and_no_more_than_its_share(crew: Calls) -> None:
    staff = staffed(crew, 2)
    assert list(staff.room(100)) == [(1, 1), (2, 1)]  # nobody knows yet how long an input takes
    (first,) = held = runs(1)
    staff.give(1, held)
    assert crew.given == [1] * CALLS and staff.busy() == {1}
    assert list(staff.room(100)) == [(2, 1)]
    staff.reported(Event(1, Report((), 0.1)))
    staff.ended(first)
    assert list(staff.room(100)) == [(1, 20), (2, 20)]  # 2 s at 0.1 s each
    assert list(staff.room(5)) == [(1, 3), (2, 3)]
    staff.reported(Event(1, Report((), 0.0)))
    for _ in range(10_000):
        staff.ended(first)
    assert list(staff.room(10**6)) == [(1, MOST_AHEAD), (2, MOST_AHEAD)]
    staff.give(2, [])
    assert staff.busy() == set()  # who has nothing to do is not called


def test_inputs_of_a_dead_worker_are_counted_alone_until_it_is_known_which_ends_them(
    crew: Calls,
) -> None:
    staff = staffed(crew, 2)
    held = runs(3)
    staff.give(1, held)
    staff.give(2, runs(1))
    assert staff.gone(Event(1, why="killed")) == held
    assert [(run.doubtful, run.deaths) for run in held] == [(True, 0)] * 3
    assert crew.hired == 3
    staff.reported(Event(2, Report((), 0.0)))
    staff.reported(Event(3, Ready("node")))
    assert list(staff.room(9, doubtful=True)) == [(2, 0), (3, 1)]
    staff.give(3, held[:1])
    staff.reported(Event(3, Report((), 0.0)))
    assert dict(staff.room(9))[3] == 0  # nothing beside it
    assert staff.gone(Event(3, why="killed")) == held[:1]
    assert [run.deaths for run in held] == [1, 0, 0]


def test_a_worker_that_refuses_is_not_replaced_and_the_last_one_ends_the_set(crew: Calls) -> None:
    staff = staffed(crew, 2, ready=0)
    assert staff.gone(Event(1, why="On a: no model.", refused=True)) == [] and crew.hired == 2
    with pytest.raises(UserError, match=r"^On b: no model\.$"):
        staff.gone(Event(2, why="On b: no model.", refused=True))


def test_deaths_are_counted_from_the_last_result(crew: Calls) -> None:
    staff = staffed(crew, 2)
    for worker in range(1, 5):
        staff.gone(Event(worker, why="killed"))
    staff.ended(runs(1)[0])
    for worker in range(5, 9):
        staff.gone(Event(worker, why="killed"))
    with pytest.raises(UserError, match="5 workers ended one after the other"):
        staff.gone(Event(9, why="killed"))


def test_workers_that_never_come_are_not_waited_for(crew: Calls) -> None:
    now = [0.0]
    staff = Staff(
        crew, 1, changed=lambda workers: None, warn=lambda sentence: None, clock=lambda: now[0]
    )
    staff.hire()
    staff.check()
    now[0] = START_SECONDS + 1
    with pytest.raises(UserError, match="No worker was ready within 10 minutes: the cluster has"):
        staff.check()
    staff.reported(Event(1, Ready("node")))
    staff.check()
