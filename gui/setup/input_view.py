"""What every view of an input is: one per kind, shown in the input panel."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from gui.controllers.loading import Loading


class InputView(QWidget):
    """Shows the input that is loaded, and may ask for another of its kind."""

    wanted = Signal(str)
    """A spec to open."""

    def __init__(self, loading: Loading) -> None:
        super().__init__()
        self.loading = loading

    def refresh(self) -> None:
        """Show what is loaded: its input is of the view's kind."""
        raise NotImplementedError

    def show_chosen(self, chosen: int | None) -> None:
        """A run has chosen a class, or there is none; most views show nothing of it."""


def place_of(loading: Loading) -> str:
    """Where the input stands in its row: ``2 of 12``; empty if it stands alone."""
    if len(loading.specs) < 2 or loading.position < 0:
        return ""
    return f"{loading.position + 1} of {len(loading.specs)}"
