"""A model folder that writes, opened in the real window on the real engine."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QPushButton

from engine.core.errors import UserError
from engine.models.generative import longest_answer
from engine.models.request import MOST_TOKENS, USUAL_TOKENS, ModelRequest, oracle_part
from gui.controllers.session import Session
from gui.setup.generation import Writing, WritingFields
from gui.shell.window import Window
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
    assert fields.given() == (None, "", 0)
    fields.show_request(
        ModelRequest("m", parts=oracle_part(Path("a.txt")), prompt="what now", max_new_tokens=40)
    )
    assert fields.given() == (Path("a.txt"), "what now", 40)
    fields.show_request(ModelRequest("n"))
    assert fields.given() == Writing()


def test_an_oracle_is_chosen_and_a_prompt_is_typed(fields, qtbot):
    with qtbot.waitSignal(fields.changed):
        fields.take(Path("b.txt"))
    with qtbot.waitSignal(fields.changed):
        qtbot.keyClicks(fields.prompt, "which way")
        qtbot.keyClick(fields.prompt, Qt.Key.Key_Return)
    assert fields.given() == (Path("b.txt"), "which way", 0)
    fields.choose()
    fields._asker.current.close()


def test_the_longest_answer_has_the_limits_of_the_command_line(fields, qtbot):
    longest = fields.longest
    assert longest.text() == f"{USUAL_TOKENS} tokens, the usual"
    longest.selectAll()
    qtbot.keyClicks(longest, "12")
    with qtbot.waitSignal(fields.changed):
        qtbot.keyClick(longest, Qt.Key.Key_Return)
    assert fields.given().max_new_tokens == 12 and longest.text() == "12 tokens"
    assert longest_answer(ModelRequest("m", max_new_tokens=longest.maximum())) == MOST_TOKENS
    with pytest.raises(UserError):
        longest_answer(ModelRequest("m", max_new_tokens=longest.maximum() + 1))


def test_a_folder_that_writes_asks_for_its_oracle(real, qtbot, tmp_path):
    from tests.generative_models import captioner

    folder, session, panel = captioner(tmp_path / "captioner"), real.session, real.left.model
    assert panel.writing.isHidden()
    with qtbot.waitSignal(session.loading.oracle_asked, timeout=60_000):
        session.loading.open_model(ModelRequest(str(folder)))
    (notice,) = real.notices.notices
    assert notice.sentence.startswith(f"{folder} writes answers: choose the file that turns them")
    assert panel.writing.isVisible() and session.loading.model is None
    panel.writing.take(rules_file(tmp_path))
    qtbot.waitUntil(lambda: session.loading.model is not None, timeout=60_000)
    assert session.loading.request == ModelRequest(
        str(folder), parts=oracle_part(tmp_path / "rules.txt")
    )
    assert session.loading.model.generation is not None and panel.writing.isVisible()
    assert real.pages.answers.isVisible()
    panel.writing.longest.setValue(3)
    panel.writing.changed.emit()
    qtbot.waitUntil(lambda: session.loading.request.max_new_tokens == 3, timeout=60_000)
    assert session.loading.model.generation.max_new_tokens == 3
    session.loading.open_input("digits:1")
    qtbot.waitUntil(lambda: session.loading.given is not None, timeout=60_000)
    assert "--max-new-tokens 3" in session.runs.command_line()
    session.loading.open_input("digits:1")
    qtbot.waitUntil(lambda: session.loading.given is not None, timeout=60_000)
    assert "--max-new-tokens 3" in session.runs.command_line()
    session.loading.open_model(ModelRequest("demo:digits-0.25"))
    qtbot.waitUntil(lambda: session.loading.model.generation is None, timeout=60_000)
    assert panel.writing.isHidden()


def test_the_notice_opens_the_dialog(window, qtbot):
    window.session.loading.oracle_asked.emit(ModelRequest("folder"))
    (notice,) = window.notices.notices
    buttons = {button.text(): button for button in notice.findChildren(QPushButton)}
    next(button for text, button in buttons.items() if text.startswith("Choose")).click()
    dialog = window.left.model.writing._asker.current
    assert dialog.windowTitle() == "Choose oracle"
    dialog.close()
