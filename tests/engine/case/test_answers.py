from __future__ import annotations

import sqlite3
import threading

import pytest

from engine.case import Case
from engine.case.counting import count_run, open_run
from engine.core.errors import UserError
from engine.evidence.settings import CertifySettings
from engine.models.request import ModelRequest
from engine.oracles.audit import audited
from engine.procedures.oracle_correction import with_transfer
from engine.verify import Plan, verify
from tests.fakes import finish
from tests.sayings import flat, saying

SETTINGS = CertifySettings(n0=50, n=500, bound="live")


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
    monkeypatch.setattr("engine.sampling.sampler.SNAPSHOT_SECONDS", 0.0)
    run, stop = begun(case), threading.Event()
    counting = count_run(case, run, saying(), flat(0.4), stop=stop, seconds=0.0)
    for snapshot in counting:
        if snapshot.estimation.n >= 150:
            stop.set()
    partial = Case.open(case.path)
    assert not partial.damaged()
    kept = partial.resume(run).answers
    assert 150 <= sum(group.count for group in kept) < 500
    whole = finish(count_run(partial, run, saying(), flat(0.4)))
    fresh = Case.create(case.path.with_name("d.certiscope"))
    assert whole.answers == finish(count_run(fresh, begun(fresh), saying(), flat(0.4))).answers
    assert sum(group.count for group in whole.answers) == 500
    assert Case.open(case.path).evidence(run).answers == whole.answers


def test_snapshots_show_the_answers_as_they_arrive(case):
    seen = [
        sum(group.count for group in snapshot.answers)
        for snapshot in count_run(case, begun(case), saying(), flat(0.4))
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
    finish(count_run(case, run, saying(), flat(0.4)))
    with sqlite3.connect(case.path) as db:
        db.execute(change)
    db.close()
    assert run in Case.open(case.path).damaged()


def test_labels_are_kept_with_the_claim_they_allow(case):
    run = begun(case)
    evidence = finish(count_run(case, run, saying(), flat(0.4)))
    labels = {(evidence.answers[0].text, evidence.answers[0].class_index): "left"}
    found = with_transfer(evidence, audited(evidence, labels), 0.01)
    case.label(run, found, labels)
    again = Case.open(case.path)
    assert not again.damaged() and again.evidence(run) == found
    assert again.evidence(run).transfer.statement
    row, event = again.row(run), again.events()[-1]
    assert row.state == "finished" and row.counted == 500
    assert event.kind == "ended" and event.run == run
    names = evidence.model.class_names
    said = names[evidence.answers[0].class_index]
    assert event.detail["labels"] == [
        {"answer": evidence.answers[0].text, "said": said, "true": "left"}
    ]
    with again._database.reading() as db:  # the result before stays
        assert db.execute("SELECT count(*) FROM result").fetchone() == (2,)
    report = verify(case.path, Plan())
    assert {claim.verdict for claim in report.claims if "true class" in claim.name} == {"holds"}
    assert not [claim for claim in report.claims if claim.verdict == "does not hold"]


def test_labels_of_other_answers_are_refused(case):
    run = begun(case)
    evidence = finish(count_run(case, run, saying(), flat(0.4)))
    other = evidence.model_copy(update={"answers": evidence.answers[:1]})
    with pytest.raises(UserError, match="has other answers than those labelled"):
        case.label(run, other, {})
    with pytest.raises(UserError, match="has other answers than those labelled"):
        case.label(begun(case), evidence, {})
    window = Case.open(case.path)
    window.claim(run)
    with pytest.raises(UserError, match="is being counted in another window"):
        case.label(run, evidence, {})
