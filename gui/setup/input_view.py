"""What every view of an input is: one per kind, shown in the input panel."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from gui.controllers.session import Session


class InputView(QWidget):
    """Shows the input that a session holds, and may ask for another of its kind."""

    wanted = Signal(str)
    """A spec to open."""

    def __init__(self, session: Session) -> None:
        super().__init__()
        self.session = session

    def refresh(self) -> None:
        """Show what the session holds: its input is of the view's kind."""
        raise NotImplementedError


def place_of(session: Session) -> str:
    """Where the input stands in its row: ``2 of 12``; empty if it stands alone."""
    if len(session.specs) < 2 or session.position < 0:
        return ""
    return f"{session.position + 1} of {len(session.specs)}"
