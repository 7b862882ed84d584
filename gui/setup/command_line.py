"""The same run on the command line."""

from __future__ import annotations

import re

from PySide6.QtCore import Slot
from PySide6.QtGui import QAction, QResizeEvent
from PySide6.QtWidgets import QWidget

from gui.controllers.session import Session
from gui.style.theme import set_role
from gui.widgets.buttons import action_button
from gui.widgets.section import Section, Words, well

_EMPTY = "Choose a model and an input."
_ON = " \\"
"""At the end of a line that goes on in the next, for a shell."""
_WORD = r"""(?:'[^']*'|"[^"]*"|[^\s'"])+"""
_PART = re.compile(rf"--?[a-z][a-z0-9-]*(?: (?!-[a-z-]){_WORD})?|{_WORD}")
"""A flag with its value, or another word; quotes hold spaces."""


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
        self.text = _Command()
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
        """Show the command."""
        self.text.show_line(self._session.runs.command_line())


class _Command(Words):
    """A command over several lines, as a shell reads it when it is copied from here."""

    def __init__(self) -> None:
        super().__init__(_EMPTY)
        self._line = ""
        self.setAccessibleName("Command line")
        set_role(self, "mono")

    def show_line(self, line: str) -> None:
        """Show a command; empty for none yet."""
        self._line = line
        self._break()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Another width breaks it elsewhere."""
        super().resizeEvent(event)
        self._break()

    def _break(self) -> None:
        letters = self.contentsRect().width() // max(1, self.fontMetrics().horizontalAdvance("0"))
        shown = continued(self._line, letters - 1) if self._line else _EMPTY
        if shown != self.text():
            self.setText(shown)


def continued(line: str, letters: int) -> str:
    r"""A command in lines of at most so many letters, a flag beside its value; no word is broken.

    >>> print(continued("certiscope certify --input 'a b.png' --n 20", 24))
    certiscope certify \
      --input 'a b.png' \
      --n 20
    """
    parts, lines = _PART.findall(line), list[str]()
    if " ".join(parts) != line:  # nothing may be lost of a line that reads otherwise
        return line
    for part in parts:
        grown = f"{lines[-1]} {part}" if lines else part
        if not lines or len(grown) + len(_ON) <= letters:
            lines[-1:] = [grown]
        else:
            lines.append(f"  {part}")
    return f"{_ON}\n".join(lines)
