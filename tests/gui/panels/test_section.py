from __future__ import annotations

from PySide6.QtWidgets import QWidget

from gui.panels.section import Section, say, well, words


def test_a_heading_is_read_as_written(qtbot):
    section = Section("Same run")
    qtbot.addWidget(section)
    assert section.header.itemAt(0).widget().accessibleName() == "Same run"


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
