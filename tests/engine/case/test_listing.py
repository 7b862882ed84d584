from __future__ import annotations

from engine.case import Case
from engine.case.listing import _certified, by_run
from engine.case.log import Event
from tests.cases import SETTINGS, begun, counted, partly


def event(number: int, run: int | None) -> Event:
    return Event(id=number, at="", kind="noted", run=run, detail={})


def test_events_are_sorted_by_run() -> None:
    found = by_run([event(1, None), event(2, 5), event(3, 4), event(4, 5)])
    assert {run: [e.id for e in events] for run, events in found.items()} == {5: [2, 4], 4: [3]}


def test_a_row_is_labelled_from_its_run(case: Case) -> None:
    run = begun(case, at=("radius=0.1",))
    evidence = counted(case, run)
    row = case.row(run)
    assert (row.model, row.input, row.settings) == (
        evidence.model,
        evidence.input,
        evidence.settings,
    )
    assert (row.outcome, row.radius, row.class_name, row.stop_reason) == (
        evidence.outcome,
        evidence.radius,
        evidence.class_name,
        evidence.stop_reason,
    )
    assert row.certified == evidence.region.headline()
    assert (row.counted, row.state, row.at) == (1000, "finished", ("radius=0.1",))
    assert (row.number, row.of, evidence.run_number) == (1, 1, 1)
    assert row.created and not row.resumable


def test_states_follow_what_happened(case: Case) -> None:
    run = begun(case)
    states = [case.row(run).state]
    partly(case, run, 500)
    states.append(case.row(run).state)
    counted(case, run)
    states.append(case.row(run).state)
    assert states == ["counting", "interrupted", "finished"]


def test_runs_come_oldest_first(case: Case) -> None:
    for seed in range(3):
        begun(case, SETTINGS.model_copy(update={"seed": seed}))
    assert [row.settings.seed for row in case.runs()] == [0, 1, 2]


def test_a_case_of_an_older_version_says_its_radius():
    assert _certified({"radius": 0.63299}) == "R = 0.632"
    assert _certified({"radius": None}) == ""
    assert _certified({"radius": None, "certified": "4 pixels"}) == "4 pixels"
