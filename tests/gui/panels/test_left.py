from __future__ import annotations

from PySide6.QtGui import QAction

from gui.actions import COMMANDS
from gui.panels.left import LeftColumn


def test_the_form_reaches_the_session(qtbot, idle_session):
    actions = {command.id: QAction(command.title) for command in COMMANDS}
    column = LeftColumn(idle_session, actions)
    qtbot.addWidget(column)
    column.settings.fields["n"].editor.setText("500")
    assert idle_session.settings.n == 500
    column.settings.fields["n"].editor.setText("none")
    assert idle_session.complaint.startswith("n must be")
    assert idle_session.settings.n == 500
