from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel

from gui.style import theme as themes
from gui.style.stylesheet import apply_theme
from gui.widgets.halves import LOW, NARROW, Halves


@pytest.fixture
def halves(qtbot):
    parts = QLabel("above"), QLabel("below")
    found = Halves(("First", "Second"), parts, sizes=(100, 100))
    qtbot.addWidget(found)
    found.parts = parts
    found.resize(600, LOW)
    found.show()
    return found


def seen(halves) -> list[bool]:
    return [part.isVisible() for part in halves.parts]


def test_both_parts_are_seen_where_the_window_has_room(halves):
    assert seen(halves) == [True, True] and not halves.buttons[0].isVisible()


def test_in_a_low_window_two_buttons_choose_between_them(halves, qtbot):
    assert halves.alone is None
    halves.resize(600, LOW - 1)
    assert seen(halves) == [True, False]
    halves.buttons[1].setFocus()
    with qtbot.waitSignal(halves.turned):
        qtbot.keyClick(halves.buttons[1], Qt.Key.Key_Space)
    assert seen(halves) == [False, True] and halves.alone == 1
    halves.choose(0)
    assert seen(halves) == [True, False] and halves.buttons[0].isChecked()
    halves.resize(600, LOW)
    assert seen(halves) == [True, True]


def test_without_a_lower_part_there_is_nothing_to_choose(halves):
    halves.resize(600, LOW - 1)
    halves.choose(1)
    halves.offer(lower=False)
    assert seen(halves) == [True, False] and not halves.buttons[0].isVisible()
    halves.offer(lower=True)
    assert seen(halves) == [False, True]


def test_larger_type_needs_more_height_for_both(qapp, halves):
    before = themes.current()
    try:
        apply_theme(qapp, "light", scale=1.5)
        assert seen(halves) == [True, False]
        halves.resize(600, round(1.5 * LOW))
        assert seen(halves) == [True, True]
    finally:
        apply_theme(qapp, before.name, scale=before.scale)
    halves.resize(600, LOW)
    assert seen(halves) == [True, True]


def test_parts_side_by_side_are_chosen_between_in_a_narrow_window(qtbot):
    parts = QLabel("left"), QLabel("right")
    found = Halves(("First", "Second"), parts, sizes=(100, 100), beside=True)
    qtbot.addWidget(found)
    found.parts = parts
    found.resize(NARROW, LOW - 1)
    found.show()
    assert seen(found) == [True, True] and parts[0].x() < parts[1].x()
    found.resize(NARROW - 1, LOW)
    found.choose(1)
    assert seen(found) == [False, True]
