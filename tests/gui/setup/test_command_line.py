from __future__ import annotations

import shlex

import pytest
from PySide6.QtGui import QAction

from engine.evidence.settings import CertifySettings
from engine.models.request import ModelRequest
from gui.setup.command_line import CommandPanel, continued


def test_it_follows_the_form(qtbot, idle_session, make):
    action = QAction("Copy")
    panel = CommandPanel(idle_session, action)
    qtbot.addWidget(panel)
    assert panel.text.text() == "Choose a model and an input."
    idle_session.loading.request, idle_session.loading.given = (
        ModelRequest("demo:a"),
        make.image("digits:7"),
    )
    idle_session.form.set(CertifySettings(n=77))
    assert "--n 77" in panel.text.text()
    idle_session.loading.given = make.image("/a/long/path/7.png")
    idle_session.loading.input_changed.emit()
    assert joined(panel.text.text()) == idle_session.runs.command_line()


def joined(shown: str) -> str:
    """As a shell reads it."""
    return shown.replace(" \\\n  ", " ")


def test_lines_end_between_flags_and_a_shell_joins_them(qtbot, idle_session, make):
    panel = CommandPanel(idle_session, QAction("Copy"))
    qtbot.addWidget(panel)
    panel.resize(260, 200)
    panel.show()
    idle_session.loading.request = ModelRequest("/models of mine/a-b.onnx")
    idle_session.loading.given = make.image("digits:7")
    idle_session.form.set(CertifySettings(n=77))
    for width in (260, 400, 2000):
        panel.resize(width, 200)
        qtbot.wait(20)
        shown, line = panel.text.text(), idle_session.runs.command_line()
        assert joined(shown) == line and "--n 77" in shown
        parts = shown.split(" \\\n")
        assert (len(parts) == 1) == (width == 2000)
        assert all(part.lstrip().startswith("--") for part in parts[1:])
        assert shlex.split(shown.replace("\\\n", "")) == shlex.split(line)


def test_a_word_longer_than_a_line_has_a_line_of_its_own():
    assert continued("certiscope certify --model " + "x" * 40, 20) == (
        "certiscope certify \\\n  --model " + "x" * 40
    )
    shown = continued("a -1 --sigma -1 --clip --n 3", 14)
    assert shown == "a -1 \\\n  --sigma -1 \\\n  --clip \\\n  --n 3"


@pytest.mark.parametrize("name", ["it's", 'a "b" c', "a  b", "--n", "é b/c.png", "a'b'c d"])
def test_no_name_loses_a_letter(name):
    line = shlex.join(["certiscope", "certify", "--model", name, "--input", name, "--n", "5"])
    for letters in (10, 30, 300):
        assert shlex.split(continued(line, letters).replace("\\\n", "")) == shlex.split(line)
