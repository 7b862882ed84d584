from __future__ import annotations

import pytest
from PySide6.QtWidgets import QApplication

from gui.shell import notice as module
from gui.shell.notice import NoticeArea
from gui.style.stylesheet import apply_theme


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
    assert [n.sentence for n in area.notices] == [f"Error {k}." for k in range(4, 10)]


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


def test_one_is_in_full_and_the_others_behind_a_button(area):
    area.resize(700, 100)
    assert area.front is None
    for number in range(3):
        area.show_notice("warning", f"Warning {number}.")
    first, second, last = area.notices
    assert area.front is last and not last.isHidden()
    assert first.isHidden() and second.isHidden()
    assert area.more.text() == "2 more ▾"
    area.more.click()
    assert not first.isHidden() and not second.isHidden()
    assert area.more.text() == "Fewer ▴"
    area.more.click()
    area.dismiss(last)
    assert area.front is second and not second.isHidden() and area.more.text() == "1 more ▾"
    area.dismiss(second)
    assert not first.isHidden() and area.more.isHidden()


def test_a_question_stands_in_front(area):
    question = area.ask("Really?", {"Yes": lambda: None, "No": lambda: None})
    area.show_notice("error", "It is broken.")
    assert area.front is question


def test_on_stage_a_question_is_seen_that_is_asked_there_and_nothing_else(area):
    area.show()
    area.ask("Resume the run of yesterday?", {"Yes": lambda: None})
    area.be_quiet(on=True)
    assert area.isHidden()
    area.show_notice("error", "a")
    assert area.isHidden()
    asked = area.ask("Open the model of the talk?", {"Yes": lambda: None})
    assert area.isVisible() and area.front is asked
    assert [one.sentence for one in area.notices if one.isVisible()] == [asked.sentence]
    area.dismiss(asked)
    assert area.isHidden()
    again = area.ask("Resume the run of yesterday?", {"Yes": lambda: None})
    assert area.isVisible() and area.front is again
    area.dismiss(again)
    area.be_quiet(on=False)
    assert area.front.sentence == "a" and area.isVisible()


def test_many_long_ones_take_a_bounded_height(area, qtbot):
    area.resize(500, 100)
    area.show()
    for number in range(6):
        area.show_notice("error", f"{number} " + "words of a very long sentence " * 40)
    assert area.height() <= 90
    area.more.click()
    QApplication.processEvents()
    assert area.height() <= 90
    assert area._scroll.verticalScrollBar().maximum() > 0


def test_the_window_s_words_stand_in_place_of_flags(area):
    shown = area.show_notice("error", "Choose another with --normalize.")
    assert shown.sentence == "Choose another with 'Normalisation'."
    assert area.show_notice("error", "Choose another with --normalize.") is shown


def test_what_goes_with_something_goes_when_that_does(area):
    area.show_notice("error", "a", about="model")
    area.show_notice("error", "b", about="input")
    area.show_notice("error", "c")
    area.clear_about("model", "fit")
    assert [n.sentence for n in area.notices] == ["b", "c"]


def test_what_is_said_of_the_form_keeps_its_place_and_goes_with_it(area):
    area.show_notice("warning", "a", about="input")
    area.keep_loose("warning", ["b", "old"])
    area.show_notice("error", "c")
    area.keep_loose("warning", ["b"])
    assert [n.sentence for n in area.notices] == ["a", "b", "c"]
    assert area.front.sentence == "c"  # and not what stood there before
    area.keep_loose("warning", ["d"])
    assert [n.sentence for n in area.notices] == ["a", "c", "d"]


def test_news_goes_by_itself(area, qtbot, monkeypatch):
    monkeypatch.setattr(module, "INFO_MS", 10)
    area.show_notice("info", "Wrote a file.")
    qtbot.waitUntil(lambda: not area.notices)


def test_kinds_can_be_cleared(area):
    area.show_notice("error", "a")
    area.show_notice("warning", "b")
    area.clear("warning")
    assert [n.sentence for n in area.notices] == ["a"]


def test_in_a_low_window_a_warning_keeps_to_its_line_until_it_is_unfolded(area, qtbot, qapp):
    apply_theme(qapp, "light")  # whatever type a test before has left
    area.resize(500, 100)
    area.show()
    area.be_low(on=True)
    line = area.fontMetrics().height()
    area.show_notice("warning", "Short.").offer("&Open", area.hide)
    one = area.height() + line // 2  # whatever the style that stands
    assert area.more.isHidden() and one < 4 * line
    area.clear("warning")
    area.show_notice("warning", "words of a very long sentence " * 12)
    assert area.height() < one
    assert not area.more.isHidden() and area.more.text() == "All of it ▾"
    area.more.click()
    assert area.height() > one + 2 * line and area.more.text() == "Fewer ▴"
    area.more.click()
    assert area.height() < one
    area.clear("warning")
    area.show_notice("warning", "Short.")
    low = area.height()
    area.be_low(on=False)
    QApplication.processEvents()
    area.fit()
    assert area.height() > low
    area.be_low(on=True)
    area.show_notice("error", "what is wrong with a file, and what would work " * 6)
    assert area.height() > 3 * line  # an error is read as it comes
