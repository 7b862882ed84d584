from __future__ import annotations

import sqlite3
import threading

import pytest

from engine.case import Case
from engine.case.certifying import certify_run, open_run
from engine.models.request import ModelRequest
from engine.settings import RunSettings
from tests.fakes import finish
from tests.sayings import flat, saying

SETTINGS = RunSettings(n0=50, n=500, batch=50)


def begun(case: Case) -> int:
    run, _ = open_run(
        case,
        saying(),
        flat(0.4),
        SETTINGS,
        request=ModelRequest("brightness"),
        input_spec="flat",
    )
    return run


@pytest.fixture
def case(tmp_path) -> Case:
    return Case.create(tmp_path / "c.certiscope")


def test_answers_are_kept_and_a_stopped_run_goes_on_to_the_same(case, monkeypatch):
    monkeypatch.setattr("engine.sampling.SNAPSHOT_SECONDS", 0.0)
    run, stop = begun(case), threading.Event()
    counting = certify_run(case, run, saying(), flat(0.4), stop=stop, seconds=0.0)
    for snapshot in counting:
        if snapshot.estimation.n >= 150:
            stop.set()
    partial = Case.open(case.path)
    assert not partial.damaged()
    kept = partial.resume(run).answers
    assert 150 <= sum(group.count for group in kept) < 500
    whole = finish(certify_run(partial, run, saying(), flat(0.4)))
    fresh = Case.create(case.path.with_name("d.certiscope"))
    assert whole.answers == finish(certify_run(fresh, begun(fresh), saying(), flat(0.4))).answers
    assert sum(group.count for group in whole.answers) == 500
    assert Case.open(case.path).evidence(run).answers == whole.answers


def test_snapshots_show_the_answers_as_they_arrive(case):
    seen = [
        sum(group.count for group in snapshot.answers)
        for snapshot in certify_run(case, begun(case), saying(), flat(0.4))
        if snapshot.phase == "estimation"
    ]
    assert seen == sorted(seen)
    assert seen[-1] == 500


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE answers SET groups = '[]'",
        "DELETE FROM answers",
        "UPDATE answers SET groups = replace(groups, '\"class_index\":2', '\"class_index\":1')",
        "UPDATE answers SET groups = replace(groups, '\"class_index\":2', '\"class_index\":9')",
        "UPDATE answers SET groups = 'x'",
    ],
)
def test_answers_that_do_not_fit_the_votes_are_damage(case, change):
    run = begun(case)
    finish(certify_run(case, run, saying(), flat(0.4)))
    with sqlite3.connect(case.path) as db:
        db.execute(change)
    db.close()
    assert run in Case.open(case.path).damaged()
