from __future__ import annotations

import pytest
from PySide6.QtCore import Qt

from engine.inputs import load_input
from gui.setup.text_input import PairInputView, TextInputView


@pytest.fixture
def text(qtbot, idle_session):
    view = TextInputView(idle_session.loading)
    qtbot.addWidget(view)
    idle_session.loading.given = load_input("text:pour the water")
    view.refresh()
    return view


@pytest.fixture
def pair(qtbot, idle_session):
    view = PairInputView(idle_session.loading)
    qtbot.addWidget(view)
    return view


def test_the_open_text_is_shown_and_is_not_asked_for_again(text):
    assert text.edit.toPlainText() == "pour the water"
    assert not text.take.isEnabled()


def test_what_is_typed_is_another_input(text, qtbot):
    text.edit.setPlainText("  pour the oil ")
    with qtbot.waitSignal(text.wanted) as wanted:
        text.take.click()
    assert wanted.args == ["text:pour the oil"]
    text.edit.setPlainText("pour the tea")
    with qtbot.waitSignal(text.wanted) as wanted:
        qtbot.keyClick(text.edit, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    assert load_input(wanted.args[0]).text == "pour the tea"


def test_nothing_typed_is_no_input(text, qtbot):
    text.edit.setPlainText("   ")
    assert not text.take.isEnabled()
    with qtbot.assertNotEmitted(text.wanted):
        qtbot.keyClick(text.edit, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)


def test_an_image_waits_for_a_text_beside_it(pair, idle_session, qtbot):
    pair.refresh()
    pair.edit.setPlainText("wash the cup")
    assert pair.name.text() == "Open an image first." and not pair.take.isEnabled()
    idle_session.loading.given = load_input("digits:7")
    pair.refresh()
    assert pair.name.text() == "Type a text beside this image."
    pair.edit.setPlainText("wash the cup")
    with qtbot.waitSignal(pair.wanted) as wanted:
        pair.take.click()
    opened = load_input(wanted.args[0])
    assert (opened.kind, opened.text, opened.image.source) == ("pair", "wash the cup", "digits:7")


def test_the_text_of_a_pair_can_be_changed(pair, idle_session, qtbot):
    idle_session.loading.given = load_input("pair:digits:7|wash the cup")
    pair.refresh()
    assert pair.edit.toPlainText() == "wash the cup" and not pair.image.isHidden()
    pair.edit.setPlainText("break the cup")
    with qtbot.waitSignal(pair.wanted) as wanted:
        pair.take.click()
    assert wanted.args == ["pair:digits:7|break the cup"]
