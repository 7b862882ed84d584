from __future__ import annotations

import numpy as np
import pytest
from PySide6.QtGui import QAction

from gui.actions import COMMANDS
from gui.panels.input import InputPanel, thumbnail


@pytest.fixture
def panel(qtbot, idle_session):
    actions = {command.id: QAction(command.title) for command in COMMANDS}
    panel = InputPanel(idle_session, actions)
    panel.keep = actions
    qtbot.addWidget(panel)
    return panel


def test_a_picture_and_its_label(panel, idle_session, make):
    idle_session.image = make.image("digits:7")
    idle_session.input_changed.emit()
    assert panel.name.text() == "digits:7"
    assert panel.facts.text() == "label 7\n8 × 8 grey, pixels in [0,1]"
    assert panel.image.image is not None
    assert panel.buttons["next"].isHidden()


def test_a_folder_has_a_place_and_ways_on(panel, idle_session, make):
    idle_session.specs = ["a.png", "b.png"]
    idle_session.image = make.image("b.png")
    idle_session.input_changed.emit()
    assert panel.facts.text().endswith("2 of 2")
    assert not panel.buttons["next"].isHidden()


def test_notes_of_reading_are_shown(panel, idle_session, make):
    from dataclasses import replace

    idle_session.image = replace(make.image("a.png"), notes=("Transparency was put on white.",))
    idle_session.input_changed.emit()
    assert panel.adaptation.text() == "Transparency was put on white."


def test_buttons_do_what_the_commands_do(panel, qtbot):
    with qtbot.waitSignal(panel.keep["gallery"].triggered):
        panel.buttons["gallery"].click()
    panel.keep["gallery"].setEnabled(False)
    assert not panel.buttons["gallery"].isEnabled()


def test_small_pictures_keep_hard_pixels(qapp):
    pixels = np.array([[[0.0, 1.0], [1.0, 0.0]]], dtype=np.float32)
    image = thumbnail(pixels, 40).toImage()
    colours = {image.pixelColor(x, 5).lightness() for x in range(40)}
    assert colours == {0, 255}
