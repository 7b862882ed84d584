from __future__ import annotations

import pytest
from PySide6.QtCore import QByteArray, Qt
from PySide6.QtWidgets import QApplication, QWidget

from gui.controllers.preferences import Preferences
from gui.shell.shares import NAME, Shares
from gui.widgets.layouts import divided

FIRST, HANDLES = (300, 600, 300), 10


@pytest.fixture
def columns(qtbot, preferences):
    """Makes three columns of a window that shares its width."""

    def make(remembers: Preferences | None = preferences):
        parts = [QWidget() for _ in range(3)]
        for part in parts:
            part.setMinimumWidth(150)
        splitter = divided(Qt.Orientation.Horizontal, *parts, sizes=FIRST)
        splitter.setHandleWidth(HANDLES // 2)
        qtbot.addWidget(splitter)
        Shares(splitter, FIRST, remembers)
        splitter.show()
        resize(splitter, sum(FIRST) + HANDLES)
        return splitter

    return make


def resize(splitter, width):
    splitter.resize(width, 100)
    QApplication.processEvents()
    return splitter.sizes()


def drag(splitter, form):
    splitter.moveSplitter(form, 1)
    return splitter.sizes()


def test_what_a_small_screen_squeezed_is_no_wish_for_a_larger_one(columns):
    one = columns()
    assert one.sizes() == list(FIRST)
    assert resize(one, 600)[1] < FIRST[1]
    one.close()
    assert columns().sizes() == list(FIRST)


def test_what_was_dragged_comes_back_at_its_size(columns):
    one = columns()
    wide = drag(one, 400)
    resize(one, 700)
    narrow = drag(one, 180)
    assert resize(one, sum(FIRST) + HANDLES) == wide and resize(one, 700) == narrow
    other = columns()
    assert other.sizes() == wide and resize(other, 700) == narrow
    assert drag(other, 200) == resize(other, 700) != narrow  # the last wish at a size stands


def test_what_was_dragged_on_a_small_screen_alone_is_none_for_the_first_size(columns):
    one = columns()
    resize(one, 700)
    drag(one, 300)
    assert resize(one, sum(FIRST) + HANDLES) == list(FIRST)


def test_while_a_part_is_hidden_none_has_its_width(columns, preferences):
    one = columns()
    dragged = drag(one, 400)
    saved = preferences.state(NAME)
    one.widget(2).hide()
    drag(one, 250)
    resize(one, 1000)
    assert preferences.state(NAME) == saved
    one.widget(2).show()
    assert resize(one, sum(FIRST) + HANDLES) == dragged


@pytest.mark.parametrize("damaged", [b"1 2", b"x y z", b"0 600 600", b"\xff\x00", b""])
def test_what_is_damaged_is_no_wish(columns, preferences, damaged):
    preferences.save_state(NAME, QByteArray(damaged))
    assert columns().sizes() == list(FIRST)


def test_a_window_that_does_not_remember_keeps_its_own_wish(columns, preferences):
    one = columns(None)
    dragged = drag(one, 400)
    resize(one, 600)
    assert resize(one, sum(FIRST) + HANDLES) == dragged and preferences.state(NAME) is None


def test_columns_of_the_window_are_not_squeezed_by_a_page_at_a_smaller_size(loaded):
    loaded.resize(1280, 800)
    QApplication.processEvents()
    before = loaded.columns.sizes()
    loaded.resize(960, 540)
    QApplication.processEvents()
    loaded.pages.show_page(loaded.pages.verify)
    loaded.pages.show_explore()
    loaded.resize(1280, 800)
    QApplication.processEvents()
    assert loaded.columns.sizes() == before
