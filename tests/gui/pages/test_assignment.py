from __future__ import annotations

import pytest
from PySide6.QtCore import Qt

from engine.evidence.assignment import Assignment
from engine.evidence.evidence import Evidence
from engine.evidence.settings import CertifySettings
from engine.signing import keys
from gui.pages.assignment import AssignmentForm


@pytest.fixture
def form(idle_session, qtbot):
    form = AssignmentForm(idle_session.exports)
    qtbot.addWidget(form)
    form.show()
    return form


@pytest.mark.thorough
def test_what_is_typed_is_written_when_typing_pauses(form, idle_session, qtbot):
    with qtbot.waitSignal(form.changed):
        qtbot.keyClicks(form.lines["client"], "ACME")
        form.remarks.setPlainText("one\ntwo")
    assert idle_session.exports.assignment == Assignment(client="ACME", remarks="one\ntwo")
    with qtbot.waitSignal(form.changed):
        form.lines["client"].clear()
        form.remarks.clear()
    assert idle_session.exports.assignment is None


def test_what_cannot_stand_there_is_said_and_not_taken(form, idle_session):
    form.lines["auditor"].setText("Ada\u202eelpmaxE")
    form.take()
    assert form.complaint.text() == (
        "The auditor must not hold control characters or direction marks."
    )
    assert idle_session.exports.assignment is None


def test_signing_without_a_key_leads_to_the_keys(form, idle_session, qtbot, tmp_path):
    with qtbot.waitSignal(form.keys_asked):
        qtbot.mouseClick(form.sign, Qt.MouseButton.LeftButton)
    assert not form.sign.isChecked() and not idle_session.exports.signs
    key = keys.create(tmp_path / "k.pem", name="Ada Example")
    idle_session.exports.set_signer(key, signs=False)
    qtbot.mouseClick(form.sign, Qt.MouseButton.LeftButton)
    assert idle_session.exports.signs and "Ada Example" in form.sign.toolTip()


def test_the_saved_file_holds_it_and_the_shown_result_does_not(loaded, qtbot, tmp_path):
    loaded.session.runs.certify()
    qtbot.waitUntil(lambda: loaded.commands["preview"].isEnabled())
    loaded.commands["preview"].trigger()
    form = loaded.pages.preview.form
    form.lines["client"].setText("ACME")
    form.take()
    path = tmp_path / "x.json"
    with qtbot.waitSignal(loaded.session.exports.exported):
        loaded.opening._write_shown("json", loaded.opening.shown(), path)
    written = Evidence.model_validate_json(path.read_text())
    assert written.assignment == Assignment(client="ACME")
    assert loaded.session.runs.evidence.assignment is None
    assert not loaded.session.keeping.unsaved


def test_what_is_saved_of_another_run_holds_it_too_unless_it_has_its_own(
    loaded, qtbot, tmp_path, make, monkeypatch
):
    loaded.session.exports.assignment = Assignment(client="ACME")
    own, path = Assignment(client="Other"), tmp_path / "x.json"
    monkeypatch.setattr(
        loaded.opening._asker, "save_file", lambda title, name, on_path: on_path(path)
    )
    for stated, expected in ((None, "ACME"), (own, "Other")):
        evidence = make.evidence(CertifySettings(n=1000)).model_copy(update={"assignment": stated})
        with qtbot.waitSignal(loaded.session.exports.exported):
            loaded.opening.save_record(evidence, "json")
        assert Evidence.model_validate_json(path.read_text()).assignment.client == expected


def test_remarks_give_way_in_a_low_window(window, qtbot):
    """At 200 % on a full screen the page did not fit, and one scroll bar stood in another."""
    window.pages.show_page(window.pages.preview)
    remarks = window.pages.preview.form.remarks
    for height in (531, 800):
        window.resize(960, height)
        qtbot.wait(60)
        assert not window.body.verticalScrollBar().maximum()
    high = remarks.height()
    window.resize(960, 430)
    qtbot.waitUntil(lambda: remarks.height() < high)
