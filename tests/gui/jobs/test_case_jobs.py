from __future__ import annotations

import threading

import pytest

from engine.case import Case
from engine.case.merging import adopt
from engine.core.errors import UserError
from engine.evidence.settings import CertifySettings, Execution, PredictSettings
from engine.models.request import ModelRequest
from engine.oracles.audit import audited
from engine.procedures.certify import certify
from engine.procedures.oracle_correction import with_transfer
from gui.controllers.resume import extended
from gui.jobs.case_jobs import Kept, keep_labels, listing, result, save_as
from gui.jobs.engine_jobs import Subject, count_in, resume_in
from gui.widgets.file_dialogs import SUFFIX
from tests.cases import DECIDED, Slow, begun, counted, rewritten
from tests.fakes import finish, fitted
from tests.sayings import flat, saying

SETTINGS = CertifySettings(n0=50, n=2000, bound="anytime")
TESTED = PredictSettings(n=2000)
EXECUTION = Execution(batch=100, device="cpu")


@pytest.fixture
def subject():
    return Subject(Slow(0.3), ModelRequest("fake"), fitted())


@pytest.fixture
def case(tmp_path):
    return Case.create(tmp_path / f"a{SUFFIX}")


def count(case, subject, settings=SETTINGS, *, before=None, stop=None, said=None):
    warn = said.append if said is not None else lambda sentence: None
    return count_in(
        case,
        subject,
        settings,
        EXECUTION,
        stop or threading.Event(),
        before=before,
        warn=warn,
    )


def stopped(case, subject):
    """A run stopped after its first batches of estimation."""
    stop = threading.Event()
    running = count(case, subject, stop=stop)
    for snapshot in running:
        if snapshot.estimation.n:
            stop.set()
            break
    return finish(running)


def test_a_run_is_in_the_case_exactly_as_it_ended(case, subject):
    evidence = finish(count(case, subject))
    (row,) = listing(case).rows
    assert case.evidence(row.id) == evidence
    assert evidence.run_number == 1


@pytest.mark.thorough
def test_going_on_ends_in_the_counts_of_a_run_without_a_stop(case, subject, tmp_path):
    before = stopped(case, subject)
    assert not before.complete
    after = finish(count(case, subject, before=before))
    whole = finish(certify(subject.classifier, subject.fitted, SETTINGS))
    assert after.votes == whole.votes
    assert after.chain.head == whole.chain.head
    assert len(listing(case).rows) == 1


@pytest.mark.thorough
def test_the_same_settings_again_go_on_with_the_unfinished_run(case, subject):
    stopped(case, subject)
    said = []
    evidence = finish(count(case, subject, said=said))
    assert evidence.complete
    assert said == ["Resumes unfinished run 1 of the case."]
    assert len(listing(case).rows) == 1


@pytest.mark.thorough
def test_a_run_is_extended_in_the_case(case, subject):
    before = finish(count(case, subject))
    after = finish(count(case, subject, extended(SETTINGS, 3000), before=before))
    assert sum(after.votes.estimation) == 3000
    (row,) = listing(case).rows
    assert row.settings.n == row.counted == 3000


@pytest.mark.thorough
def test_a_run_from_before_the_case_is_taken_into_it(case, subject):
    before = finish(certify(subject.classifier, subject.fitted, SETTINGS))
    finish(count(case, subject, extended(SETTINGS, 3000), before=before))
    (row,) = listing(case).rows
    assert row.counted == 3000
    assert not Case.open(case.path).damaged()


def test_an_unfinished_run_is_counted_on(case, subject):
    stopped(case, subject)
    (row,) = listing(case).rows
    running = resume_in(
        case,
        row.id,
        subject,
        Execution(batch=50),
        threading.Event(),
        warn=lambda sentence: None,
    )
    assert finish(running).complete


@pytest.mark.walk
@pytest.mark.parametrize("settings", [TESTED, DECIDED], ids=lambda one: one.kind)
def test_a_stopped_test_or_decision_is_resumed_in_the_window(case, subject, settings, tmp_path):
    whole = finish(count(Case.create(tmp_path / f"w{SUFFIX}"), subject, settings))
    stop = threading.Event()
    running = count(case, subject, settings, stop=stop)
    for snapshot in running:
        if snapshot.n_done > 400:
            stop.set()
            break
    before, said = finish(running), []
    assert not before.complete
    again = finish(count(case, subject, before.settings, before=before, said=said))
    assert (again.chain, again.decision) == (whole.chain, whole.decision) and not said
    (row,) = listing(Case.open(case.path)).rows
    assert row.state == "finished" and not row.damage


def test_a_prediction_is_kept(case, subject):
    evidence = finish(count(case, subject, TESTED))
    (row,) = listing(case).rows
    assert row.procedure == "predict"
    assert case.evidence(row.id).test == evidence.test


def test_saved_as_another_case_it_is_a_copy(case, subject, tmp_path):
    finish(count(case, subject))
    copy = save_as(case, tmp_path / f"b{SUFFIX}", None, None)
    assert [row.run_id for row in copy.runs()] == [row.run_id for row in case.runs()]
    with pytest.raises(UserError, match="exists already; choose another name for the copy"):
        save_as(case, copy.path, None, None)


@pytest.mark.thorough
def test_without_a_case_the_shown_run_begins_one(subject, tmp_path):
    evidence = finish(certify(subject.classifier, subject.fitted, SETTINGS))
    saved = save_as(None, tmp_path / f"c{SUFFIX}", evidence, ModelRequest("fake"))
    (row,) = saved.runs()
    kept = saved.evidence(row.id)
    assert (kept.votes, kept.chain) == (evidence.votes, evidence.chain)
    assert kept.bounds == evidence.bounds
    assert not save_as(None, tmp_path / f"d{SUFFIX}", None, None).runs()


@pytest.mark.thorough
def test_newest_runs_come_first(case, subject):
    for seed in (0, 1):
        finish(count(case, subject, SETTINGS.model_copy(update={"seed": seed})))
    assert [row.id for row in listing(case).rows] == [2, 1]
    assert listing(case).complaints == ()


@pytest.mark.thorough
def test_an_adopted_run_keeps_its_noise_key(case, subject):
    evidence = finish(certify(subject.classifier, subject.fitted, SETTINGS))
    run = adopt(case, evidence, None)
    assert case.configuration(run).key == evidence.noise.key


@pytest.fixture
def labelled():
    evidence = finish(certify(saying(), flat(0.1), CertifySettings(n0=50, n=500, bound="live")))
    labels = {(group.text, group.class_index): "left" for group in evidence.answers}
    return evidence, with_transfer(evidence, audited(evidence, labels), 0.01), labels


def test_labels_bring_their_run_into_the_case_once(case, labelled):
    evidence, found, labels = labelled
    request = ModelRequest("brightness")
    for _ in range(2):
        keep_labels(case, evidence, found, labels, request)
    (row,) = listing(case).rows
    assert case.evidence(row.id) == found
    assert case.evidence(row.id).transfer is not None
    assert sum("labels" in event.detail for event in case.events()) == 2


def test_a_result_that_does_not_follow_from_its_votes_comes_with_a_warning(case):
    said = []
    honest = counted(case, begun(case))
    assert result(case, 1, said.append) == Kept(honest) and not said
    rewritten(case.path, lambda tree: tree.update(radius=9.0))
    found = result(Case.open(case.path), 1, said.append)
    assert found.evidence.radius == 9.0
    assert found.recomputed.startswith(f"{honest.region.headline()}. With confidence ")
    assert "run 1 does not follow from its votes (certified region)" in said[0]
