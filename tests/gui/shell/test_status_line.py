from __future__ import annotations

import pytest
from PySide6.QtWidgets import QApplication

from engine.core.errors import UserError
from engine.models.request import ModelRequest


def places(window):
    """Where every card and column stands, in the window's own coordinates."""
    parts = [window.columns, window.left, window.statement, window.pages.explore.region]
    return [(part.mapTo(window, part.rect().topLeft()).toTuple(), part.size().toTuple())
            for part in parts]  # fmt: skip


@pytest.mark.walk
@pytest.mark.parametrize("size", [(1280, 800), (800, 600)])
def test_no_notice_or_question_moves_the_page(loaded, size):
    loaded.resize(*size)
    for _ in range(4):  # a new size reaches the innermost layouts after some rounds
        QApplication.processEvents()
    before = places(loaded)
    for sentence in ("One line.", "Many lines of words. " * 60):
        loaded.notices.show_notice("error", sentence)
        QApplication.processEvents()
        assert places(loaded) == before
        assert loaded.notices.isVisible() and loaded.notices.visibleRegion().rectCount()
    loaded.notices.ask("Really?", {"Yes": lambda: None, "No": lambda: None})
    loaded.extend_bar.show()
    QApplication.processEvents()
    assert places(loaded) == before
    assert loaded.extend_bar.geometry().top() >= loaded.notices.geometry().bottom()


def test_a_notice_of_one_line_stays_within_the_reserved_line(loaded):
    loaded.resize(1280, 800)
    loaded.notices.show_notice("error", "x.png is empty.")
    QApplication.processEvents()
    line = loaded.status_line
    assert line.over.isVisible() and line.over.geometry().topLeft() == line.geometry().topLeft()
    assert line.over.height() <= line.height() + 1
    loaded.notices.dismiss(loaded.notices.front)
    QApplication.processEvents()
    assert not line.over.isVisible()


def test_in_a_low_window_no_warning_covers_what_is_below_the_line(loaded, qtbot):
    """As on Full HD at 200 %."""
    loaded.resize(960, 540)
    for _ in range(4):
        QApplication.processEvents()
    loaded.notices.show_notice("warning", "Many words against this run. " * 12)
    line = loaded.status_line
    qtbot.waitUntil(lambda: line.over.isVisible() and line.over.height() <= line.height() + 1)
    assert loaded.notices.more.isVisible()


def test_it_says_why_nothing_can_be_certified(window, engine, qtbot):
    line = window.status_line
    assert line.text.text() == "Open a model first."
    window.session.loading.open_model(ModelRequest("demo:digits-0.25"))
    qtbot.waitUntil(lambda: line.text.text() == "Open an input first.")
    window.session.loading.open_input("digits:7")
    qtbot.waitUntil(lambda: window.session.runs.ready)
    engine.fail["load_model"] = UserError("bad.onnx is empty.")
    window.session.loading.open_model(ModelRequest("bad.onnx"))
    qtbot.waitUntil(lambda: line.text.text().startswith("bad.onnx did not open; choose another"))


@pytest.mark.walk
@pytest.mark.parametrize("asked", [False, True])
def test_the_question_for_an_n_has_room_for_its_words_and_buttons(loaded, qtbot, asked):
    if asked:
        loaded.notices.ask("Really?", {"Yes": lambda: None, "No": lambda: None})
    loaded.session.runs.certify()
    qtbot.waitUntil(lambda: loaded.session.runs.can_extend)
    qtbot.waitUntil(lambda: not loaded.session.worker.busy())
    bar = loaded.extend_bar
    loaded.commands["extend"].trigger()
    for _ in range(4):
        QApplication.processEvents()
    assert bar.width() == loaded.status_line.width()
    assert bar.height() <= loaded.status_line.height()  # nothing of the page is below it
    for part in (bar.n, bar.extend, bar.cancel):
        assert part.height() >= part.minimumSizeHint().height()
        assert part.width() >= part.minimumSizeHint().width()
    assert bar.sentence.height() >= bar.sentence.fontMetrics().height()


def test_votes_of_others_need_no_model(window):
    window.pages.show_page(window.pages.votes)
    assert window.pages.votes.beside_form and window.status_line.text.text() == ""


def test_nothing_is_said_above_a_page_from_which_no_run_is_begun(window):
    line = window.status_line
    assert line.text.text() == "Open a model first."
    window.commands["playground"].trigger()
    assert line.text.text() == ""
    window.pages.show_explore()
    assert line.text.text() == "Open a model first."


def test_a_question_on_stage_is_seen_though_the_line_is_not(loaded, monkeypatch):
    monkeypatch.setattr(loaded, "showFullScreen", lambda: None)
    loaded.commands["talk"].trigger()
    loaded.notices.show_notice("warning", "Not on stage.")
    assert loaded.status_line.isHidden() and not loaded.notices.isVisible()
    loaded.notices.ask("Really?", {"&Yes": lambda: None})
    assert loaded.notices.isVisible() and loaded.notices.width() > loaded.width() // 2
    loaded.commands["talk"].trigger()
    assert loaded.status_line.isVisible() and loaded.notices.isVisible()


@pytest.mark.parametrize("size", [(1280, 800), (1024, 768), (960, 540)])
def test_a_question_of_two_lines_covers_nothing_of_the_page(loaded, size):
    loaded.resize(*size)
    asked = "a.pt can run code on this computer when it is opened. Open it only if you trust "
    for say in (
        lambda: loaded.notices.ask(f"{asked}whoever made it.", {"&Yes": int, "&No": int}),
        lambda: loaded.notices.show_notice("error", f"{asked}whoever made it, and it only then."),
    ):
        say()
        for _ in range(4):
            QApplication.processEvents()
        line = loaded.status_line
        assert line.over.isVisible() and line.over.height() <= line.height()
        loaded.notices.clear("question", "error")
