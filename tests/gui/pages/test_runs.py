from __future__ import annotations

import sqlite3

import pytest
from PySide6.QtCore import Qt

from engine.case import Case
from engine.case.merging import adopt
from engine.evidence.settings import CertifySettings, PredictSettings
from engine.models.request import ModelRequest
from engine.verify import sound
from gui.jobs.case_jobs import Kept
from gui.pages.runs import RunsPage
from gui.widgets.file_dialogs import SUFFIX

PREDICTED = {"procedure": "predict", "chain": None, "settings": PredictSettings(n=1000)}


@pytest.fixture
def path(tmp_path, make, monkeypatch):
    """A case with three predictions, so that their votes need no real chain."""
    monkeypatch.setattr(sound, "unsound", lambda evidence: [])  # their statements are made up
    case = Case.create(tmp_path / f"audit{SUFFIX}")
    for seed in range(3):
        evidence = make.evidence(CertifySettings(n=1000, seed=seed))
        asked = {"settings": PredictSettings(n=1000, seed=seed)}
        predicted = evidence.model_copy(update={**PREDICTED, **asked})
        adopt(case, predicted, ModelRequest("demo:digits-0.25"))
    return case.path


@pytest.fixture
def page(session, qtbot):
    page = RunsPage(session.case)
    qtbot.addWidget(page)
    page.resize(1200, 640)
    page.show()
    return page


@pytest.fixture
def open_page(page, session, path, qtbot):
    session.case.open(path)
    qtbot.waitUntil(lambda: page.first.evidence is not None)
    return page


def test_of_the_runs_of_a_case_one_is_the_shown_one_and_others_are_not(open_page):
    shown = open_page.first.evidence
    assert not open_page.shows_other(shown)
    assert open_page.shows_other(shown.model_copy(update={"run_id": "another"}))
    assert open_page.shows_other(None)
    open_page.first.show_evidence(shown, "changed in its file", recomputed="Less.")
    assert open_page.shows_other(shown)
    open_page.table.clearSelection()
    assert not open_page.shows_other(shown)


def test_an_empty_case_says_what_happens(page, session, qtbot, tmp_path):
    with qtbot.waitSignal(session.case.listed):
        session.case.create(tmp_path / f"new{SUFFIX}")
    assert page.first.sentence.text() == ("No runs yet: each is kept here from its first votes on.")
    assert not page.pin.isEnabled()


def test_the_newest_run_is_shown_as_it_was_recorded(open_page, session):
    assert open_page.subtitle.text() == "audit · 3 runs"
    assert open_page.first.title.text() == "Run 3, try 3 of 3 on this model, input and attacker"
    assert open_page.first.evidence == session.case.file.evidence(3)
    assert ("seed", "2") in open_page.first.facts.rows


def test_another_run_is_chosen_with_the_keyboard(open_page, qtbot):
    qtbot.keyClick(open_page.table, Qt.Key.Key_Down)
    qtbot.waitUntil(lambda: ("seed", "1") in open_page.first.facts.rows)


def test_all_pinned_runs_are_compared(open_page, session, qtbot):
    assert not open_page.compare_button.isEnabled()
    for line in (0, 1, 2):
        open_page.table.selectRow(line)
        open_page.pin.click()
    qtbot.waitUntil(lambda: sum(row.pinned for row in open_page.model.rows) == 3)
    assert open_page.pin.text() == "Un&pin"
    open_page.compare_button.click()
    qtbot.waitUntil(open_page.together.isVisible)
    assert [name for name, _ in open_page.together.runs] == ["Run 1", "Run 2", "Run 3"]
    assert not open_page.first.isVisible()
    assert open_page.shows_other(open_page.first.evidence)
    open_page.table.selectRow(1)
    assert open_page.first.isVisible() and not open_page.together.isVisible()


def pinned(page):
    return {row.id for row in page.model.rows if row.pinned}


@pytest.fixture
def comparing(open_page, session, qtbot):
    """Runs 1 and 2 of three are pinned and compared."""
    for row in open_page.model.rows[1:]:
        session.case.pin(row)
    qtbot.waitUntil(lambda: pinned(open_page) == {1, 2})
    open_page.compare_button.click()
    qtbot.waitUntil(open_page.together.isVisible)
    return open_page


def test_a_run_is_added_to_a_comparison_and_taken_out_of_it_in_place(comparing, qtbot):
    together = comparing.together

    def names():
        return [name for name, _ in together.runs]

    assert [action.data() for action in together.others.actions()] == ["Run 3"]
    together.others.actions()[0].trigger()
    qtbot.waitUntil(lambda: names() == ["Run 1", "Run 2", "Run 3"])
    assert len(together.regions.figure.curves) == 3 and not together.add.isEnabled()
    assert [button.toolTip() for button in together.closing][1] == (
        "Take Run 2 out of the comparison"
    )
    qtbot.keyClick(together.closing[1], Qt.Key.Key_Space)
    qtbot.waitUntil(lambda: names() == ["Run 1", "Run 3"])
    qtbot.waitUntil(lambda: pinned(comparing) == {1, 3})  # or it would be back the next time
    assert together.isVisible() and comparing.shows_other(comparing.first.evidence)


def test_with_one_run_left_a_comparison_says_what_to_do(comparing, qtbot):
    together = comparing.together
    together.closing[0].click()
    qtbot.waitUntil(lambda: [name for name, _ in together.runs] == ["Run 2"])
    assert together.subtitle.text() == (
        "Add another run to compare Run 2 with, or choose one in the list to look at it alone."
    )
    assert not together.closing and together.add.isEnabled()
    assert "alpha" in [row.name for row in together.model.rows]  # nothing differs from nothing


def test_a_note_is_typed_into_the_list(open_page, session, qtbot):
    open_page.note.click()
    editor = open_page.table.findChild(type(open_page.filter), options=Qt.FindChildrenRecursively)
    qtbot.keyClicks(editor, "good one")
    qtbot.keyClick(editor, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: session.case.listing.rows[0].note == "good one")
    assert open_page.chosen.id == 3


def test_the_list_is_filtered(open_page):
    open_page.filter.setText("seed 1")
    assert open_page.proxy.rowCount() == 1
    open_page.filter.clear()
    assert open_page.proxy.rowCount() == 3


def test_a_damaged_run_is_told_in_words(page, session, path, qtbot):
    database = sqlite3.connect(path)
    database.execute("UPDATE run SET settings = replace(settings, '\"seed\":2', '\"seed\":5')")
    database.commit()
    database.close()
    session.case.open(path)
    qtbot.waitUntil(lambda: "damaged" in page.first.sentence.text())
    assert page.first.evidence is None
    assert page.first.sentence.text().startswith("Run 3 is damaged:")


def test_while_votes_are_counted_a_result_waits(open_page, session, monkeypatch):
    monkeypatch.setattr(type(session.case), "waits", property(lambda case: True))
    open_page.table.selectRow(1)
    assert open_page.first.sentence.text() == "It is read when the current run has ended."
    assert open_page.first.title.text().startswith("Run 2")


def test_a_finished_run_offers_nothing_to_go_on_with(open_page):
    assert not open_page.resume.isEnabled()


def test_a_result_that_does_not_follow_from_its_votes_is_struck_through(page, path, make, qtbot):
    kept = Kept(make.evidence(CertifySettings(n=1000)), "R = 0.1. Another statement.")
    (row,) = Case.open(path).runs()[:1]
    page._found = {}
    page.model.show_rows((row,))
    page.table.selectRow(0)
    page._show_result(row, kept)
    assert page.first.outcome.text() == "DOES NOT HOLD, AS STATED:"
    assert not page.first.struck.isHidden() and not page.first.headline.text()
    assert page.first.recomputed.text() == kept.recomputed and page.first.shown is None
    heard = []
    page.notice.connect(lambda kind, words: heard.append(words))
    page._compared = [row]
    page._show_result(row, kept)
    assert heard == ["Not following from their own votes, and left out: Run 1."]
