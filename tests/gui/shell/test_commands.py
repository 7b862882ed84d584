from __future__ import annotations

from collections import Counter

import pytest
from PySide6.QtGui import QKeySequence

from engine.core.errors import UserError
from engine.models.request import ModelRequest
from gui.shell.commands import COMMANDS


def test_ids_and_shortcuts_are_unique():
    assert len({command.id for command in COMMANDS}) == len(COMMANDS)
    keys = Counter(command.shortcut for command in COMMANDS if command.shortcut)
    assert set(keys.values()) == {1}
    assert all(command.icon for command in COMMANDS if command.toolbar)


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


def test_only_what_makes_sense_is_enabled(loaded, engine, qtbot):
    assert "certify" in enabled(loaded)
    assert not {"stop", "export-pdf", "preview", "next"} & enabled(loaded)
    engine.pause = 0.01
    loaded.session.runs.certify()
    assert "stop" in enabled(loaded)
    assert not {"certify", "open-model", "export-pdf"} & enabled(loaded)
    loaded.session.runs.stop()
    qtbot.waitUntil(lambda: loaded.session.runs.evidence is not None)
    assert {"certify", "export-pdf", "preview"} <= enabled(loaded)


@pytest.mark.parametrize("kind", ["model", "input"])
def test_whoever_goes_back_from_what_did_not_open_can_certify(loaded, engine, kind, qtbot):
    loading = loaded.session.loading
    engine.fail["load_model" if kind == "model" else "open_input"] = UserError("It is empty.")
    if kind == "model":
        loading.open_model(ModelRequest("bad.onnx"))
    else:
        loading.open_input("bad.png")
    qtbot.waitUntil(lambda: kind in loading.astray and not loading.busy)
    qtbot.waitUntil(lambda: "certify" not in enabled(loaded))
    loading.go_back(kind)
    assert "certify" in enabled(loaded)


def test_mnemonics_do_not_collide_within_a_menu():
    for menu in {command.menu for command in COMMANDS}:
        letters = Counter(
            command.title[command.title.index("&") + 1].lower()
            for command in COMMANDS
            if command.menu == menu and "&" in command.title
        )
        assert max(letters.values()) == 1, (menu, letters)


@pytest.mark.thorough
def test_every_command_that_is_enabled_can_be_carried_out(loaded, monkeypatch):
    monkeypatch.setattr("PySide6.QtWidgets.QFileDialog.open", lambda dialog: dialog.close())
    monkeypatch.setattr(loaded, "showFullScreen", lambda: None)
    done = []
    for command in COMMANDS:
        starts = command.id.startswith(("certify", "predict")) or command.id == "quit"
        if loaded.commands[command.id].isEnabled() and not starts:
            loaded.commands[command.id].trigger()
            done.append(command.id)
    assert {"open-model", "plan", "compare-schemes", "verify", "theme-dark", "palette"} <= set(done)
