from __future__ import annotations

import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QWheelEvent

from gui.widgets.level import LevelSlider


@pytest.fixture
def slider(qtbot):
    slider = LevelSlider(0.05, 2.0, 0.01, name="sigma")
    qtbot.addWidget(slider)
    return slider


def test_every_step_is_a_plain_decimal(slider):
    seen = []
    for place in range(slider.maximum() + 1):
        slider.setValue(place)
        seen.append(slider.level())
    assert seen[0] == 0.05 and seen[-1] == 2.0 and len(seen) == 196
    assert all(f"{level:.2f}" == f"{level:.10g}".ljust(len(f"{level:.2f}"), "0") or level % 1 == 0
               for level in seen)  # fmt: skip


def test_it_tells_what_was_chosen_and_not_what_it_followed(slider):
    told = []
    slider.chosen.connect(told.append)
    slider.follow(0.5)
    assert slider.level() == 0.5 and told == []
    slider.setValue(slider.value() + 1)
    assert told == [0.51]


@pytest.mark.parametrize(("level", "end"), [(-3.0, 0.05), (0.0, 0.05), (99.0, 2.0)])
def test_numbers_beyond_its_ends_leave_it_there(slider, level, end):
    slider.follow(level)
    assert slider.level() == end


def test_keys_move_it_by_a_step_or_a_page(slider, qtbot):
    slider.follow(0.5)
    qtbot.keyClick(slider, Qt.Key.Key_Left)
    assert slider.level() == 0.49
    qtbot.keyClick(slider, Qt.Key.Key_PageUp)
    assert slider.level() == 0.68


def test_the_wheel_is_for_the_form(slider):
    event = QWheelEvent(
        QPointF(5, 5), QPointF(5, 5), QPoint(0, 0), QPoint(0, 120), Qt.MouseButton.NoButton,
        Qt.KeyboardModifier.NoModifier, Qt.ScrollPhase.NoScrollPhase, False,
    )  # fmt: skip
    before = slider.value()
    slider.wheelEvent(event)
    assert slider.value() == before and not event.isAccepted()
