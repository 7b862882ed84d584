from __future__ import annotations

import pytest

from gui.panels import notice as module
from gui.panels.notice import NoticeArea


@pytest.fixture
def area(qtbot):
    area = NoticeArea()
    qtbot.addWidget(area)
    return area


def test_a_sentence_is_shown_once_and_can_be_dismissed(area):
    first = area.show_notice("error", "The file is empty.")
    assert area.show_notice("error", "The file is empty.") is first
    assert not area.isHidden()
    area.dismiss(first)
    assert area.isHidden()


def test_only_the_last_few_are_kept(area):
    for number in range(10):
        area.show_notice("error", f"Error {number}.")
    assert [n.sentence for n in area.notices] == ["Error 7.", "Error 8.", "Error 9."]


def test_a_question_is_never_pushed_out(area):
    area.ask("Really?", {"Yes": lambda: None, "No": lambda: None})
    for number in range(5):
        area.show_notice("error", f"Error {number}.")
    assert area.notices[0].sentence == "Really?"


def test_an_answer_is_given_and_dismisses(area):
    answers = []
    question = area.ask("Really?", {"Yes": lambda: answers.append("yes"), "No": lambda: None})
    question.buttons.itemAt(question.buttons.count() - 2).widget().click()
    assert answers == ["yes"]
    assert not area.notices


def test_news_goes_by_itself(area, qtbot, monkeypatch):
    monkeypatch.setattr(module, "INFO_MS", 10)
    area.show_notice("info", "Wrote a file.")
    qtbot.waitUntil(lambda: not area.notices)


def test_kinds_can_be_cleared(area):
    area.show_notice("error", "a")
    area.show_notice("warning", "b")
    area.clear("warning")
    assert [n.sentence for n in area.notices] == ["a"]
