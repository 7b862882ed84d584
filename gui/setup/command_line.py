"""The same run on the command line."""

from __future__ import annotations

from PySide6.QtCore import Slot
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QWidget

from gui.controllers.session import Session
from gui.widgets.buttons import action_button
from gui.widgets.section import Section, well, words

_EMPTY = "Choose a model and an input."


class CommandPanel(Section):
    """Shows the form's run as a shell command, kept in step with every change.

    Attributes:
        copy: puts it on the clipboard.
    """

    def __init__(self, session: Session, copy: QAction, *, parent: QWidget | None = None) -> None:
        super().__init__("Command line", parent=parent)
        self._session = session
        self.copy = action_button(copy, "Cop&y", "Copy command line")
        self.header.addWidget(self.copy)
        frame, column = well()
        self.text = words(_EMPTY, "mono", name="Command line")
        column.addWidget(self.text)
        self.content.addWidget(frame)
        for signal in (
            session.loading.model_changed,
            session.loading.input_changed,
            session.form.changed,
        ):
            signal.connect(self.refresh)

    @Slot()
    def refresh(self) -> None:
        """Show the command, breakable at every slash so that long paths stay in their box."""
        line = self._session.runs.command_line()
        self.text.set_breakable(line or _EMPTY, after="/")
