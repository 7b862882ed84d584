"""Labels of a person in the real window, on a run of the model that ships."""

from __future__ import annotations

import threading

import pytest

from engine.case import Case
from engine.evidence.evidence import Evidence
from engine.evidence.settings import CertifySettings
from engine.oracles.audit import OTHER, audited, read_audit
from engine.oracles.base import UNPARSEABLE
from engine.procedures.certify import certify
from engine.procedures.oracle_correction import transfer_of
from engine.report.json import write_json
from gui.jobs.document_jobs import verified
from gui.pages.oracle_labels import LabelPage
from gui.widgets.section import unbroken
from tests.fakes import finish
from tests.sayings import flat, saying


@pytest.fixture(scope="module")
def evidence() -> Evidence:
    return finish(certify(saying(), flat(0.1), CertifySettings(n0=50, n=500, bound="live")))


@pytest.fixture
def shown(window, evidence) -> LabelPage:
    show(window, evidence)
    window.commands["label-answers"].trigger()
    return window.pages.labels


def show(window, evidence):
    window.session.loading.model = evidence.model
    window.session.loading.model_changed.emit()
    window.session.runs.evidence = evidence
    window.session.runs.evidence_changed.emit()


def meaning(page, name):
    for (_, index), box in page.meanings.items():
        if page._session.loading.model.class_names[index] == name:
            yield box


def used(window, qtbot):
    before = window.session.runs.evidence
    window.pages.labels.apply.click()
    qtbot.waitUntil(lambda: window.session.runs.evidence is not before)
    return window.session.runs.evidence.transfer


def test_agreeing_gives_a_claim_about_the_true_class(shown, window, evidence, qtbot):
    assert window.pages.currentWidget() is shown and window.statement.isVisible()
    shown.agree()
    labels = shown.labels()
    unread = evidence.model.class_names.index(UNPARSEABLE)
    assert {true for (_, index), true in labels.items() if index == unread} <= {OTHER}
    assert len(labels) == len(evidence.answers)
    transfer = used(window, qtbot)
    assert transfer == transfer_of(evidence, audited(evidence, labels), 0.001)
    assert transfer.audit.accepted_false == 0
    assert shown.outcome.text() == transfer.statement
    assert transfer.statement in window.statement.true.text()
    assert dict(window.statement.facts.rows)["alpha of the labels"] == "0.001"
    assert shown.labels() == labels  # they stay, to be changed


def test_labels_against_the_oracle_weaken_the_claim(shown, window, evidence, qtbot):
    shown.agree()
    strong = used(window, qtbot)
    top = evidence.model.class_names[evidence.bounds.top]
    for box in meaning(shown, top):
        box.setCurrentIndex(box.findData(OTHER))
    weak = used(window, qtbot)
    assert weak.false_accept > strong.false_accept and weak.region is None
    assert "Nothing is certified about the true class" in window.statement.true.text()


def test_without_labels_everything_counts_against_the_oracle(shown, window, evidence, qtbot):
    assert shown.labels() == {}
    transfer = used(window, qtbot)
    assert transfer.audit.accepted_true == 0 and transfer.region is None


def test_the_labels_have_an_alpha_of_their_own(shown, window, qtbot):
    shown.agree()
    for text in ("", "half", "1.5", "nan"):
        shown.alpha.setText(text)
        shown.apply.click()
        assert shown.complaint.text() == "The chance must be a number between 0 and 1."
        assert not window.session.runs._labelling.busy
    shown.alpha.setText("0.02")
    assert used(window, qtbot).alpha_audit == 0.02


def test_a_run_that_was_stopped_is_refused_in_a_sentence(window, evidence):
    settings = evidence.settings.model_copy(update={"n": 600, "bound": "live"})
    show(window, evidence.model_copy(update={"settings": settings, "complete": False}))
    assert "a number fixed beforehand" in window.pages.labels.complaint.text()
    assert not window.pages.labels.apply.isEnabled()


def test_words_that_were_not_kept_are_told(window, evidence):
    lost = evidence.answers[-1].model_copy(update={"text": None})
    show(window, evidence.model_copy(update={"answers": (*evidence.answers[:-1], lost)}))
    told = f"{lost.count:,} more answers, whose words were not kept, count against the oracle."
    assert window.pages.labels.unkept.text() == told
    assert len(window.pages.labels.meanings) == len(evidence.answers) - 1


def test_other_results_have_nothing_to_label(loaded, make):
    assert not loaded.commands["label-answers"].isEnabled()
    loaded.session.runs.evidence = make.evidence(CertifySettings())
    loaded.session.runs.evidence_changed.emit()
    assert not loaded.commands["label-answers"].isEnabled()
    assert loaded.pages.labels.meanings == {}


def test_the_wheel_changes_no_label(shown, qtbot):
    box = next(iter(shown.meanings.values()))

    class Wheel:
        ignored = False

        def ignore(self):
            self.ignored = True

    wheel = Wheel()
    box.wheelEvent(wheel)
    assert wheel.ignored and box.currentData() == ""


def test_a_saved_result_says_it_and_holds_up_in_verification(shown, window, qtbot, tmp_path):
    shown.agree()
    transfer = used(window, qtbot)
    path = tmp_path / "evidence.json"
    write_json(window.session.runs.evidence, path)
    assert transfer.statement in path.read_text()
    checked = verified(path, threading.Event(), rerun=0)
    assert checked.evidence.transfer == transfer
    (claim,) = [claim for claim in checked.report.claims if "true class" in claim.name]
    assert claim.verdict == "holds"


def test_labels_are_saved_as_the_command_line_reads_them_and_come_back(
    shown, window, evidence, tmp_path
):
    shown.agree()
    labels, path = shown.labels(), tmp_path / "labels.csv"
    shown.save_to(path)
    told = f"Saved {path}: the command line makes the same claim of it."
    assert shown.told.text() == told
    names = evidence.model.class_names
    about = read_audit(path, names, saying().oracle).about(names[evidence.bounds.top])
    ours = audited(evidence, labels)
    assert about.model_copy(update={"source": ours.source, "sha256": ours.sha256}) == ours
    for box in shown.meanings.values():
        box.setCurrentIndex(0)
    assert shown.labels() == {}
    shown.import_from(path)
    assert shown.labels() == labels
    assert shown.told.text() == f"{len(labels)} answers labelled as labels.csv says."


def test_a_file_that_cannot_be_imported_is_refused_in_a_sentence(shown, tmp_path):
    path = tmp_path / "labels.csv"
    path.write_text("answer,true\ngo left,lfet\n")
    shown.import_from(path)
    assert "'lfet' is not a class" in shown.complaint.text() and shown.labels() == {}
    path.write_text("answer,true\ngo left,left\ngo up,left\n")
    shown.import_from(path)
    assert shown.complaint.text() == ""
    assert shown.told.text() == (
        "1 answer labelled as labels.csv says; 1 labelled answer of the file is not among this "
        "run's."
    )
    shown.save_to(tmp_path / "none" / "x" / "labels.csv")
    assert shown.complaint.text() or (tmp_path / "none" / "x" / "labels.csv").is_file()


def test_files_are_asked_for(shown):
    shown.read.click()
    assert shown._asker.current.windowTitle() == "Import labels"
    shown._asker.current.close()
    shown.save.click()
    assert shown._asker.current.windowTitle() == "Save labels"
    shown._asker.current.close()


def test_labels_are_written_into_the_open_case_and_seen_when_it_is_opened_again(
    shown, window, evidence, qtbot, tmp_path
):
    path, book = tmp_path / "a.certiscope", window.session.case
    book.create(path)
    qtbot.waitUntil(lambda: book.file is not None)
    assert shown.apply.toolTip() == "They are kept in the case 'a'"
    shown.agree()
    transfer = used(window, qtbot)
    qtbot.waitUntil(lambda: len(book.listing.rows) == 1)
    kept = Case.open(path).evidence(book.listing.rows[0].id)
    assert kept.transfer == transfer
    with qtbot.waitSignal(book.opened):
        book.open(path)
    record = window.pages.runs.first
    qtbot.waitUntil(lambda: unbroken(transfer.statement) in unbroken(record.true.text()))


def test_a_case_that_cannot_be_written_leaves_the_claim(shown, window, qtbot, tmp_path):
    book = window.session.case
    book.create(tmp_path / "a.certiscope")
    qtbot.waitUntil(lambda: book.file is not None)
    book.file.damage = "The case is damaged; nothing is written to it."
    shown.agree()
    assert used(window, qtbot).statement
    qtbot.waitUntil(lambda: any("not in the case" in n.sentence for n in window.notices.notices))
