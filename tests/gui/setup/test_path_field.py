from __future__ import annotations

import pytest
from PySide6.QtCore import Qt

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
