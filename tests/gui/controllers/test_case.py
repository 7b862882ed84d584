from __future__ import annotations

import threading

import pytest

from engine.case import Case
from engine.case.merging import adopt
from engine.evidence.settings import CertifySettings, PredictSettings
from engine.models.request import ModelRequest
from gui.widgets.file_dialogs import SUFFIX


@pytest.fixture
def path(tmp_path, make):
    """A case with two runs."""
    case = Case.create(tmp_path / f"audit{SUFFIX}")
    for source in ("digits:7", "digits:3"):
        evidence = make.evidence(CertifySettings(n=1000, bound="anytime"), source=source)
        facts = {"procedure": "predict", "chain": None, "settings": PredictSettings(n=1000)}
        predicted = evidence.model_copy(update=facts)
        adopt(case, predicted, ModelRequest("demo:digits-0.25"))
    return case.path


@pytest.fixture
def book(session, path, qtbot):
    session.case.open(path)
    qtbot.waitUntil(lambda: len(session.case.listing.rows) == 2)
    return session.case


def test_a_case_is_opened_and_listed(book):
    assert book.title == "audit"
    assert [row.input.name for row in book.listing.rows] == ["digits:3", "digits:7"]


def test_what_is_no_case_is_refused_in_a_sentence(session, qtbot, tmp_path, said):
    wrong = tmp_path / f"x{SUFFIX}"
    wrong.write_text("no case at all, but long enough to be looked at " * 40)
    session.case.open(wrong)
    qtbot.waitUntil(lambda: bool(said()))
    assert "is not a case file" in said()[0]
    assert session.case.file is None


def test_a_result_is_read_as_it_was(book, qtbot):
    row = book.listing.rows[0]
    heard = []
    book.read(row, lambda *found: heard.append(found))
    qtbot.waitUntil(lambda: bool(heard))
    ((found, kept),) = heard
    assert (found, kept.evidence) == (row, book.file.evidence(row.id))


def test_notes_and_pins_are_written(book, qtbot, path):
    row = book.listing.rows[0]
    book.note(row, "the third digit")
    book.pin(row)
    qtbot.waitUntil(lambda: book.listing.rows[0].pinned)
    assert book.listing.rows[0].note == "the third digit"
    book.pin(book.listing.rows[0])
    qtbot.waitUntil(lambda: not book.listing.rows[0].pinned)
    assert Case.open(path).runs()[1].note == "the third digit"


def test_a_note_typed_just_before_closing_is_not_lost(book, session, path):
    session.worker._thread.closing.set()
    book.note(book.listing.rows[0], "late")
    session.shutdown()
    assert Case.open(path).runs()[1].note == "late"


def test_saving_as_opens_the_copy(book, qtbot, tmp_path):
    book.save_as(tmp_path / f"copy{SUFFIX}", None, None)
    qtbot.waitUntil(lambda: book.title == "copy" and len(book.listing.rows) == 2)


def test_a_copy_that_was_asked_for_is_written_whatever_is_opened_after_it(
    book, session, path, qtbot, tmp_path
):
    gate, copy = threading.Event(), tmp_path / f"copy{SUFFIX}"
    session.worker.submit(lambda stop: gate.wait(10), "working")
    book.save_as(copy, None, None)
    book.open(path)
    gate.set()
    qtbot.waitUntil(lambda: not session.worker.busy())
    assert len(Case.open(copy).runs()) == 2 and book.title == "audit"


def test_a_new_case_is_empty(session, qtbot, tmp_path):
    with qtbot.waitSignal(session.case.listed):
        session.case.create(tmp_path / f"new{SUFFIX}")
    assert session.case.listing.rows == ()
    assert (tmp_path / f"new{SUFFIX}").is_file()


def test_how_a_run_is_opened_again(book, qtbot):
    heard, row = [], book.listing.rows[0]
    book.find(row, lambda *found: heard.append(found))
    qtbot.waitUntil(lambda: bool(heard))
    assert heard == [(row, ModelRequest("demo:digits-0.25"), "digits:3")]


def test_a_warning_of_the_worker_is_said(session, said):
    session.case.warned.emit("The disk is full.")
    assert said() == ["The disk is full."]
