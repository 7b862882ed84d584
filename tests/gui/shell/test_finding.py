from __future__ import annotations

import pytest
from PySide6.QtCore import Qt

from engine.models.request import ModelRequest


@pytest.fixture
def palette(loaded, qtbot):
    qtbot.waitUntil(lambda: bool(loaded.session.loading.offer.models))
    loaded.activateWindow()
    loaded.commands["palette"].trigger()
    return loaded.palette_finder


def choose(palette, qtbot, typed, kind):
    palette.query.setText(typed)
    rows = range(palette.results.count())
    row = next(r for r in rows if palette.results.item(r).text().endswith(f"    {kind}"))
    palette.results.setCurrentRow(row)
    qtbot.keyClick(palette.query, Qt.Key.Key_Return)
    assert not palette.isVisible()


def test_a_shipped_model_and_input_are_found_and_opened(palette, loaded, qtbot):
    choose(palette, qtbot, "digits:3", "input")
    qtbot.waitUntil(lambda: loaded.session.loading.given.source == "digits:3")
    loaded.commands["palette"].trigger()
    choose(palette, qtbot, "sigma 0.25", "model")
    assert loaded.session.loading.asked == ModelRequest("demo:digits-0.25")


def test_a_recent_file_is_found(palette, loaded, qtbot):
    loaded.session.preferences.remember("inputs", "/somewhere/cat.png")
    loaded.commands["palette"].trigger()
    choose(palette, qtbot, "cat.png", "recent input")
    qtbot.waitUntil(lambda: loaded.session.loading.given.source == "/somewhere/cat.png")


def test_a_setting_that_is_folded_away_gets_the_focus(palette, loaded, qtbot):
    loaded.pages.show_gallery()
    loaded.commands["palette"].trigger()
    choose(palette, qtbot, "samples per batch", "setting")
    assert loaded.pages.currentWidget() is loaded.pages.explore
    editor = loaded.left.settings.fields["batch"].editor
    assert editor.isVisible() and loaded.focusWidget() is editor


def test_an_attacker_is_found_and_chosen(palette, loaded, qtbot):
    choose(palette, qtbot, "brightness", "attacker")
    assert loaded.left.attacker.scheme().key == "brightness"
    assert loaded.session.form.settings.scheme.key == "brightness"


def test_a_term_opens_help_there(palette, loaded, qtbot):
    choose(palette, qtbot, "e-process", "help")
    assert loaded.pages.currentWidget() is loaded.pages.help
    assert loaded.pages.help.chapters.currentItem().text() == "Terms"


def test_while_a_run_goes_no_file_is_offered(loaded, engine, qtbot):
    engine.pause = 0.02
    loaded.session.runs.certify()
    kinds = {find.kind for find in loaded.palette_finder._finds()}
    assert kinds == {"setting", "help"}
    loaded.session.runs.stop()
    qtbot.waitUntil(lambda: not loaded.session.runs.running)
