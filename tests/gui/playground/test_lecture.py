from __future__ import annotations

import pytest
from PySide6.QtCore import Qt

from gui.controllers.session import Session
from gui.playground.steps import STEPS
from gui.shell.window import Window
from gui.style.stylesheet import apply_theme
from gui.style.theme import STAGE


@pytest.mark.thorough
def test_each_step_opens_by_key_by_list_and_by_turning_over(qtbot, qapp, preferences, make):
    """And all of them before the engine is imported."""
    window = Window(Session(preferences=preferences))
    window.show()
    for step in STEPS:
        action = window.commands[f"lecture-{step.key}"]
        assert action.shortcut().toString() == step.shortcut
        action.trigger()
        page = window.pages.lecture
        assert window.pages.currentWidget() is page and page.step is step
        assert page.sentence.text() == step.sentence
        assert page.made(step.key).isVisible() and page.list.currentRow() == STEPS.index(step)
    assert not window.session.worker.is_warm
    page.list.setCurrentRow(0)
    assert page.step is STEPS[0] and page.made("certify").isVisible()
    qtbot.keyClick(page, Qt.Key.Key_PageDown)
    assert page.step is STEPS[1]
    qtbot.keyClick(page, Qt.Key.Key_PageUp)
    qtbot.keyClick(page, Qt.Key.Key_PageUp)
    assert page.step is STEPS[0]
    page.go(99)
    assert page.step is STEPS[-1]
    apply_theme(qapp, "light", stage=STAGE)
    assert page.list.isHidden()
    apply_theme(qapp, "light")
    assert not page.list.isHidden()
    qtbot.keyClick(page, Qt.Key.Key_Escape)
    assert window.pages.currentWidget() is window.pages.explore
    make.destroy(window)


def test_no_step_asks_for_more_height_than_a_screen_at_200_percent_has(window, qtbot):
    window.resize(960, 540)
    for step in STEPS:
        window.pages.show_lecture(step.key)
        qtbot.wait(30)
        assert window.body.verticalScrollBar().maximum() == 0, step.key
