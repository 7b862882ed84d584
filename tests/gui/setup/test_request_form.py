"""The form of a request, and a model folder that writes, opened in the real window."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QPushButton

from engine.core.errors import UserError
from engine.models.generative import longest_answer
from engine.models.request import MOST_TOKENS, USUAL_TOKENS, ModelRequest
from gui.controllers.session import Session
from gui.setup.request_form import RequestForm
from gui.shell.window import Window
from tests.sayings import rules_file


@pytest.fixture
def form(qtbot):
    form = RequestForm(("writing",))
    qtbot.addWidget(form)
    return form


@pytest.fixture
def real(qtbot, preferences, make):
    session = Session(preferences=preferences)
    window = Window(session)
    window.painted.connect(session.start)
    window.show()
    yield window
    make.destroy(window)


def test_every_field_is_shown_and_given_back(qtbot):
    """A value that is not its default, for each field that a form asks for."""
    form = RequestForm(("file", "output", "writing"))
    qtbot.addWidget(form)
    other = {str: "half", int: 40, float: 0.1 + 0.2, Path: Path("a.txt")}
    told = {
        name: each.choices[-1] if each.choices else other[each.kind]
        for name, each in form.fields.items()
    }
    assert set(told) >= {"arch", "normalize", "class_names", "tolerance", "threshold", "prompt"}
    form.show_request(ModelRequest("m", **told))
    assert form.values() == told
    form.show_request(ModelRequest("n"))
    assert replace(ModelRequest("n"), **form.values()) == ModelRequest("n")


def test_an_oracle_is_chosen_and_a_prompt_is_typed(form, qtbot):
    with qtbot.waitSignal(form.changed):
        form.take("oracle", Path("b.txt"))
    with qtbot.waitSignal(form.changed):
        qtbot.keyClicks(form.editors["prompt"], "which way")
        qtbot.keyClick(form.editors["prompt"], Qt.Key.Key_Return)
    wanted = {"oracle": Path("b.txt"), "prompt": "which way", "max_new_tokens": 0}
    assert form.values() == wanted
    form.choose("oracle")
    form.asker.current.close()


def test_the_longest_answer_has_the_limits_of_the_command_line(form, qtbot):
    longest = form.editors["max_new_tokens"]
    assert longest.text() == f"{USUAL_TOKENS} tokens, the usual"
    longest.selectAll()
    qtbot.keyClicks(longest, "12")
    with qtbot.waitSignal(form.changed):
        qtbot.keyClick(longest, Qt.Key.Key_Return)
    assert form.values()["max_new_tokens"] == 12 and longest.text() == "12 tokens"
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
    panel.writing.take("oracle", rules_file(tmp_path))
    qtbot.waitUntil(lambda: session.loading.model is not None, timeout=60_000)
    assert session.loading.request == ModelRequest(str(folder), oracle=tmp_path / "rules.txt")
    assert session.loading.model.generation is not None and panel.writing.isVisible()
    assert real.pages.answers.isVisible()
    panel.writing.editors["max_new_tokens"].setValue(3)
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
    dialog = window.left.model.writing.asker.current
    assert dialog.windowTitle() == "Oracle"
    dialog.close()
