from __future__ import annotations

import pytest
from PySide6.QtCore import QRect
from PySide6.QtWidgets import QSplitter, QWidget

from gui.shell import geometry
from gui.shell.geometry import FIRST_SIZE, on_screen, remember, restore

SCREEN = QRect(0, 0, 1920, 1040)


@pytest.fixture
def pane(qtbot):
    widget = QWidget()
    qtbot.addWidget(widget)
    return widget


@pytest.mark.parametrize(
    ("wanted", "found"),
    [
        (QRect(100, 50, 1280, 800), QRect(100, 50, 1280, 800)),
        (QRect(0, 0, 4000, 3000), SCREEN),
        (QRect(5000, 4000, 1280, 800), QRect(640, 240, 1280, 800)),
        (QRect(-900, -100, 1280, 800), QRect(0, 0, 1280, 800)),
    ],
)
def test_a_window_is_kept_on_the_screen(wanted, found):
    assert on_screen(wanted, [SCREEN]) == found


def test_of_two_screens_it_stays_on_the_one_that_shows_most_of_it():
    second = QRect(1920, 0, 1024, 700)
    assert on_screen(QRect(2000, 100, 1280, 800), [SCREEN, second]) == second
    assert on_screen(QRect(0, 0, 10, 10), []) == QRect(0, 0, 10, 10)


def test_a_window_that_remembers_nothing_has_the_first_size(pane, preferences):
    pane.resize(400, 300)
    remember(pane, {}, preferences)
    restore(pane, {}, None)
    assert pane.size().toTuple() == FIRST_SIZE


def test_a_remembered_place_larger_than_the_screen_is_made_to_fit(pane, preferences, monkeypatch):
    monkeypatch.setattr(geometry, "_screens", lambda: [QRect(0, 0, 640, 480)])
    restore(pane, {}, preferences)
    assert pane.geometry() == QRect(0, 0, 640, 480)


def test_parts_come_back_as_they_were(pane, qtbot, preferences):
    splitter, other = QSplitter(pane), QSplitter(pane)
    for one in (splitter, other):
        one.resize(500, 50)
        one.addWidget(QWidget())
        one.addWidget(QWidget())
    splitter.setSizes([100, 400])
    remember(pane, {"columns": splitter}, preferences)
    restore(pane, {"columns": other}, preferences)
    assert other.saveState() == splitter.saveState()


def test_parts_are_those_of_when_all_were_in_sight(pane, preferences):
    """Closed beside a page that has the room alone, a window came back with the narrowest."""
    splitter = QSplitter(pane)
    splitter.resize(500, 50)
    for _ in range(2):
        splitter.addWidget(QWidget())
    restore(pane, {"rows": splitter}, preferences)
    splitter.moveSplitter(splitter.sizes()[0] + 60, 1)
    dragged = splitter.saveState()
    assert preferences.state("rows") == dragged
    splitter.widget(0).hide()
    remember(pane, {"rows": splitter}, preferences)
    assert preferences.state("rows") == dragged
