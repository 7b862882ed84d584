from __future__ import annotations

import pytest

from engine.comparison import Attacker
from gui.pages.comparison_attacker import AttackerSliders


@pytest.fixture
def sliders(qtbot, qapp):
    widget = AttackerSliders()
    qtbot.addWidget(widget)
    return widget


def test_sliders_and_numbers_are_one(sliders, qtbot):
    with qtbot.waitSignal(sliders.changed):
        sliders.pixel_slider.setValue(5)
    with qtbot.waitSignal(sliders.changed):
        sliders.epsilon_slider.setValue(75)
    assert sliders.attacker == Attacker(entities=5, epsilon=0.75)
    sliders.epsilon.setValue(0.1)
    assert sliders.epsilon_slider.value() == 10


def test_finer_and_larger_numbers_than_the_sliders_stay(sliders):
    sliders.put(40, 3.125)
    assert sliders.attacker == Attacker(entities=40, epsilon=3.125)
    assert sliders.pixel_slider.value() == sliders.pixel_slider.maximum()


def test_it_is_said_in_a_sentence(sliders):
    sliders.put(1, 0.5)
    assert sliders.sentence.text() == (
        "The attacker changes up to 1 pixel, together by at most 0.5 in l2 norm (pixels in [0,1])."
    )


def test_everything_has_a_name(sliders):
    for widget in (sliders.pixels, sliders.epsilon, sliders.pixel_slider, sliders.epsilon_slider):
        assert widget.accessibleName()


def test_another_norm_is_said(sliders, qtbot):
    with qtbot.waitSignal(sliders.changed):
        sliders.limit("l1")
    assert sliders.attacker.norm == "l1" and "in l1 norm" in sliders.sentence.text()
    assert sliders.epsilon.accessibleName() == "epsilon: l1 norm of the whole change, at most"
