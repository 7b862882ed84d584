"""The same run on the command line."""

from __future__ import annotations

from PySide6.QtCore import Slot
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QToolButton, QWidget

from gui.controllers.session import Session
from gui.style.theme import set_role
from gui.widgets.section import Section, well, words

_EMPTY = "Choose a model and an input."
_ZERO_WIDTH = "\u200b"


class CommandPanel(Section):
    """Shows the form's run as a shell command, kept in step with every change.

    Attributes:
        copy: puts it on the clipboard.
    """

    def __init__(self, session: Session, copy: QAction, *, parent: QWidget | None = None) -> None:
        super().__init__("Command line", parent=parent)
        self._session = session
        self.copy = button = QToolButton(text="Cop&y")
        set_role(button, "quiet")
        button.setAccessibleName("Copy command line")
        button.setToolTip(copy.toolTip())
        button.clicked.connect(copy.trigger)
        copy.enabledChanged.connect(button.setEnabled)
        button.setEnabled(copy.isEnabled())
        self.header.addWidget(button)
        frame, column = well()
        self.text = words(_EMPTY, "mono")
        self.text.setAccessibleName("Command line")
        column.addWidget(self.text)
        self.content.addWidget(frame)
        for signal in (session.model_changed, session.input_changed, session.settings_changed):
            signal.connect(self.refresh)

    @Slot()
    def refresh(self) -> None:
        """Show the command, breakable at every slash so that long paths stay in their box."""
        line = self._session.command_line()
        self.text.setText(line.replace("/", f"/{_ZERO_WIDTH}") or _EMPTY)
