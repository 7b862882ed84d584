from __future__ import annotations

from PySide6.QtGui import QAction

from engine.evidence.settings import CertifySettings
from engine.models.request import ModelRequest
from gui.setup.command_line import CommandPanel


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
    assert panel.text.text().replace("\u200b", "") == idle_session.runs.command_line()
