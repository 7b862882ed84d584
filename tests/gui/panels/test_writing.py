"""A model folder that writes, opened in the real window on the real engine."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import Qt

from engine.models.request import ModelRequest
from gui.panels.writing import WritingFields
from gui.session import Session
from gui.window import Window
from tests.sayings import rules_file


@pytest.fixture
def fields(qtbot):
    fields = WritingFields()
    qtbot.addWidget(fields)
    return fields


@pytest.fixture
def real(qtbot, preferences, make):
    session = Session(preferences=preferences)
    window = Window(session)
    window.painted.connect(session.start)
    window.show()
    yield window
    make.destroy(window)


def test_a_request_is_shown_and_given_back(fields):
    assert fields.given() == (None, "")
    fields.show_request(ModelRequest("m", oracle=Path("a.txt"), prompt="what now"))
    assert fields.given() == (Path("a.txt"), "what now")


def test_an_oracle_is_chosen_and_a_prompt_is_typed(fields, qtbot):
    with qtbot.waitSignal(fields.changed):
        fields.take(Path("b.txt"))
    with qtbot.waitSignal(fields.changed):
        qtbot.keyClicks(fields.prompt, "which way")
        qtbot.keyClick(fields.prompt, Qt.Key.Key_Return)
    assert fields.given() == (Path("b.txt"), "which way")
    fields.choose()
    fields._asker.current.close()


def test_a_folder_that_writes_asks_for_its_oracle(real, qtbot, tmp_path):
    from tests.writers import captioner

    folder, session, panel = captioner(tmp_path / "captioner"), real.session, real.left.model
    assert panel.writing.isHidden()
    with qtbot.waitSignal(session.oracle_asked, timeout=60_000):
        session.open_model(ModelRequest(str(folder)))
    (notice,) = real.notices.notices
    assert notice.sentence.startswith(f"{folder} writes answers: choose the file that turns them")
    assert panel.writing.isVisible() and session.model is None
    panel.writing.take(rules_file(tmp_path))
    qtbot.waitUntil(lambda: session.model is not None, timeout=60_000)
    assert session.request == ModelRequest(str(folder), oracle=tmp_path / "rules.txt")
    assert session.model.generation is not None and panel.writing.isVisible()
    assert real.answers.isVisible()
    session.open_model(ModelRequest("demo:digits-0.25"))
    qtbot.waitUntil(lambda: session.model.generation is None, timeout=60_000)
    assert panel.writing.isHidden()


def test_the_notice_opens_the_dialog(window, qtbot):
    window.session.oracle_asked.emit(ModelRequest("folder"))
    (notice,) = window.notices.notices
    notice.buttons.itemAt(1).widget().click()
    dialog = window.left.model.writing._asker.current
    assert dialog.windowTitle() == "Choose oracle"
    dialog.close()
