from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QScrollArea, QVBoxLayout, QWidget

from gui.setup.path_field import SpecEdit


@pytest.fixture
def line(qtbot):
    line = SpecEdit("Model by name", "owner/name")
    qtbot.addWidget(line)
    return line


def test_return_gives_what_was_typed(line, qtbot):
    assert line.isHidden()
    line.ask("  owner/name ")
    assert line.isVisible()
    with qtbot.waitSignal(line.given) as given:
        qtbot.keyClick(line, Qt.Key.Key_Return)
    assert given.args == ["owner/name"]


def test_nothing_typed_gives_nothing(line, qtbot):
    line.ask(" ")
    with qtbot.assertNotEmitted(line.given):
        qtbot.keyClick(line, Qt.Key.Key_Return)


def test_escape_closes_it(line, qtbot):
    line.ask("x")
    qtbot.keyClick(line, Qt.Key.Key_Escape)
    assert line.isHidden()


def test_it_comes_into_sight_of_whoever_types(qtbot):
    area, inner, line = QScrollArea(), QWidget(), SpecEdit("Model by name", "owner/name")
    qtbot.addWidget(area)
    below = QWidget()
    below.setMinimumHeight(900)
    column = QVBoxLayout(inner)
    column.addWidget(line)
    column.addWidget(below)
    area.setWidgetResizable(True)
    area.setWidget(inner)
    area.resize(300, 200)
    area.show()
    area.verticalScrollBar().setValue(area.verticalScrollBar().maximum())
    line.ask("bad.onnx")
    qtbot.waitUntil(lambda: not line.visibleRegion().isEmpty())
