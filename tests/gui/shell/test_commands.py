from __future__ import annotations

from collections import Counter

import pytest
from PySide6.QtGui import QKeySequence

from gui.shell.commands import BY_ID, COMMANDS, TOOLBAR
from gui.shell.window import Window


def test_every_command_has_a_handler():
    for command in COMMANDS:
        assert callable(getattr(Window, command.handler)), command.id


def test_ids_and_shortcuts_are_unique():
    assert len(BY_ID) == len(COMMANDS)
    keys = Counter(command.shortcut for command in COMMANDS if command.shortcut)
    assert set(keys.values()) == {1}
    assert set(TOOLBAR) <= set(BY_ID)


@pytest.mark.parametrize(
    ("identifier", "keys"),
    [
        ("certify", "F5"),
        ("predict-one-sided", "Shift+F5"),
        ("stop", "Esc"),
        ("open-model", "Ctrl+O"),
        ("open-input", "Ctrl+I"),
        ("paste", "Ctrl+V"),
        ("export-pdf", "Ctrl+E"),
        ("preview", "Ctrl+P"),
        ("talk", "F11"),
        ("palette", "Ctrl+Shift+P"),
    ],
)
def test_keys_people_know(window, identifier, keys):
    assert window.commands[identifier].shortcut() == QKeySequence(keys)


def enabled(window):
    return {name for name, action in window.commands.items() if action.isEnabled()}


def test_only_what_makes_sense_is_enabled(loaded, backend, qtbot):
    assert "certify" in enabled(loaded)
    assert not {"stop", "export-pdf", "preview", "next"} & enabled(loaded)
    backend.pause = 0.01
    loaded.certify()
    assert "stop" in enabled(loaded)
    assert not {"certify", "open-model", "export-pdf"} & enabled(loaded)
    loaded.stop()
    qtbot.waitUntil(lambda: loaded.session.evidence is not None)
    assert {"certify", "export-pdf", "preview"} <= enabled(loaded)


def test_mnemonics_do_not_collide_within_a_menu():
    for menu in {command.menu for command in COMMANDS}:
        letters = Counter(
            command.title[command.title.index("&") + 1].lower()
            for command in COMMANDS
            if command.menu == menu and "&" in command.title
        )
        assert max(letters.values()) == 1, (menu, letters)
