"""The real engine on three shipped digits and a file that is not there, in a case."""

from __future__ import annotations

import csv
import json
import threading

import numpy as np
import pytest

from engine.case import Case
from engine.core.errors import UserError
from engine.core.generators import result_of
from engine.evidence.evidence import Evidence
from engine.evidence.settings import USUAL, CertifySettings, Execution
from engine.models import load_model
from engine.models.request import ModelRequest
from engine.verify import verify
from gui.jobs import audit_jobs
from gui.jobs.audit_jobs import AuditWish, CaseWatch, audited, inputs_of

SETTINGS = CertifySettings(n0=50, n=300)
SOURCES = ("digits:52", "missing.png", "digits:54", "digits:57")


@pytest.fixture(scope="module")
def classifier():
    return load_model(ModelRequest("demo:digits-0.25"))


def wished(classifier, **more) -> AuditWish:
    facts = {"sources": SOURCES, "settings": SETTINGS, "execution": USUAL, **more}
    return AuditWish(classifier.identity, ModelRequest("demo:digits-0.25"), **facts)


@pytest.fixture(scope="module")
def audit(classifier, tmp_path_factory):
    """A set that was stopped after its first row, and taken up again."""
    case = Case.create(tmp_path_factory.mktemp("audit") / "set.certiscope")
    stop, seen = threading.Event(), []
    alone = wished(classifier, execution=Execution(batch=1))  # so that they share no batch
    going = audited(classifier, alone, case, stop, warn=print)
    while True:
        try:
            seen.append(next(going))
        except StopIteration as end:
            first = end.value
            break
        if seen[-1].count:
            stop.set()
    again = audited(classifier, wished(classifier), case, threading.Event(), warn=print)
    return case, seen, first, result_of(again)


def test_rows_come_one_by_one_with_what_is_at_hand(audit):
    _, seen, first, _ = audit
    assert seen[0].doing == "digits:52" and seen[0].planned == 4 and seen[-1].left is not None
    assert [row.outcome for row in first.rows][:1] == ["correct"]
    assert not first.result.complete and first.result.notes[0].startswith("Stopped after")
    assert first.count == len(first.rows) < 4


def test_it_is_taken_up_again_with_the_same_seed_and_rows(audit):
    case, _, first, second = audit
    assert second.settings.seed == first.settings.seed is not None
    assert [row.spec for row in second.rows] == list(SOURCES)
    assert second.rows[0].run_id == first.rows[0].run_id and len(case.runs()) == 3
    assert second.rows[1].outcome == "no run" and "missing.png" in second.rows[1].reason
    assert second.summary.rows == 3 == second.result.summary.rows
    assert second.figure.curves[0].band and not second.result.complete


def test_a_row_s_run_is_read_whole(audit):
    case, _, _, view = audit
    found = audit_jobs.row_evidence(case, view.rows[0])
    assert isinstance(found, Evidence) and found.chain and found.trajectory
    gone = audit_jobs.row_evidence(case, view.rows[1])
    assert gone == "set.certiscope holds this run no more."


def test_it_is_written_as_the_command_line_writes_it(audit, tmp_path):
    case, _, _, view = audit
    text = audit_jobs.written(view, case, tmp_path / "a.csv", None).read_text()
    rows = csv.DictReader(text.splitlines())
    assert [row["input.source"] for row in rows] == [SOURCES[k] for k in (0, 2, 3)]
    result = json.loads(audit_jobs.written(view, case, tmp_path / "a.json", None).read_text())
    assert result == view.result.model_dump(mode="json")


def test_its_report_is_verified(audit, classifier, tmp_path):
    case, _, _, view = audit
    path = audit_jobs.written(view, case, tmp_path / "a.pdf", classifier)
    report = verify(path)
    assert report.ok, [claim for claim in report.claims if claim.verdict != "holds"]
    assert b"PDF" in path.read_bytes()[:8]


def test_the_case_of_another_is_followed(audit, classifier):
    """Rows as they were counted; a set that is not whole says nothing of all at once."""
    case, _, _, view = audit
    watch = CaseWatch(Case.open(case.path))
    found = result_of(watch.look(threading.Event()))
    counted = [row for row in view.rows if row.run_id]
    assert [row.run_id for row in found.rows] == [row.run_id for row in counted]
    assert [row.certified for row in found.rows] == [row.certified for row in counted]
    assert found.planned is None and found.summary.simultaneous is None
    assert found.summary.acr == view.summary.acr and not found.counted_elsewhere
    more = wished(classifier, sources=(*SOURCES, "digits:58"))
    result_of(audited(classifier, more, case, threading.Event(), warn=print))
    again = result_of(watch.look(threading.Event()))
    assert again.rows is found.rows and again.count == 4


def test_the_same_weights_behind_two_normalisations_are_two_sets(tmp_path):
    case, settings = (
        Case.create(tmp_path / "two.certiscope"),
        SETTINGS.model_copy(update={"seed": 1}),
    )
    for normalize, sources in (("none", SOURCES[2:]), ("half", (SOURCES[0], SOURCES[2]))):
        model = load_model(ModelRequest("demo:digits-0.25", normalize=normalize))
        wish = wished(model, sources=sources, settings=settings)
        result_of(audited(model, wish, case, threading.Event(), warn=print))
        found = result_of(CaseWatch(case).look(threading.Event()))
        assert found.model == model.identity and [row.spec for row in found.rows] == list(sources)


def test_a_case_without_a_set_has_none(tmp_path):
    case = Case.create(tmp_path / "empty.certiscope")
    assert result_of(CaseWatch(case).look(threading.Event())) is None


def test_inputs_are_those_of_all_sources_and_each_once(classifier):
    inputs, available = inputs_of(wished(classifier, sources=("digits", "digits:52"), limit=5))
    assert len(inputs) == 5 and available == 400
    assert inputs_of(wished(classifier, sources=("digits:1", "digits:1")))[1] == 1
    with pytest.raises(UserError, match="at least one input"):
        inputs_of(wished(classifier, sources=()))


def test_images_are_small(tmp_path):
    found = audit_jobs.thumbnails(["digits:52", "letters:4", "missing.png"], 4)
    assert found["letters:4"] is None is found["missing.png"]
    assert found["digits:52"].shape == (1, 4, 4)
    large = np.arange(30, dtype=np.float32).reshape(1, 5, 6)
    assert audit_jobs._shrunk(large, 3).tolist() == [[[3.5, 5.5, 7.5], [15.5, 17.5, 19.5]]]
