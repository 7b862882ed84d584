from __future__ import annotations

from PySide6.QtWidgets import QVBoxLayout, QWidget

from gui.widgets.layouts import filled
from gui.widgets.section import Section, say, unbroken, well, words


def test_a_heading_is_read_as_written(qtbot):
    section = Section("Same run")
    qtbot.addWidget(section)
    assert section.header.itemAt(0).widget().accessibleName() == "Same run"


def test_a_percentage_is_on_one_line(qtbot):
    label = words()
    qtbot.addWidget(label)
    say(label, unbroken("With confidence 99.9 %, no change"))
    assert label.text() == "With confidence 99.9\N{NO-BREAK SPACE}%, no change"


def test_an_empty_sentence_takes_no_room(qtbot):
    parent = QWidget()
    qtbot.addWidget(parent)
    label = words("x")
    label.setParent(parent)
    say(label, "")
    assert label.isHidden()
    say(label, "a sentence")
    assert not label.isHidden()


def test_words_are_never_taken_for_markup(qtbot):
    frame, column = well()
    qtbot.addWidget(frame)
    label = words("<b>not bold</b>")
    column.addWidget(label)
    assert label.textFormat().name == "PlainText"


def test_text_from_outside_is_made_visible(qtbot):
    label = words("a\u202eb")
    qtbot.addWidget(label)
    assert label.text() == "a\\u202eb"
    label.setText("x\x1b[2J\ny")
    assert label.text() == "x\\x1b[2J\ny"


def test_words_are_called_what_they_are_for_those_who_cannot_see_them(qtbot):
    label = words("0.5", "small", name="Radius")
    qtbot.addWidget(label)
    assert (label.text(), label.property("role"), label.accessibleName()) == (
        "0.5",
        "small",
        "Radius",
    )


def test_a_long_text_that_gives_way_asks_for_one_line_and_gets_what_it_needs(qtbot):
    page = QWidget()
    qtbot.addWidget(page)
    label = words("many words " * 60)
    filled(QVBoxLayout(page), label, (QWidget(), 1))
    asked = page.minimumSizeHint().height()
    label.give_way()
    line = label.fontMetrics().height()
    assert page.minimumSizeHint().height() < 2 * line < asked  # a line and the gap below it
    page.resize(600, 400)
    page.show()
    assert label.height() >= label.heightForWidth(600) > line
