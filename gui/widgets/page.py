"""A page that takes the window's middle for a while; Escape goes back."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, ClassVar

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QWidget

from gui.style.theme import set_role
from gui.widgets.card import Card

if TYPE_CHECKING:
    from engine.evidence.evidence import Evidence

WRITTEN = "written"
"""Kind of a notice whose sentence is the path of a file that was written, and that leads to it."""


class Page(Card):
    """A titled card with a way back and room for buttons.

    Attributes:
        beside_form: the form stays beside it; not where a page brings results of its own.
        beside_statement: the statement does.
        begins_runs: a model and an input are asked for above it, where the form is beside it.
        buttons: row of buttons at the right of the header.

    Signals:
        left: the person goes back to where the page was opened from.
        to_front: the page, which has something to show.
        notice: kind and sentence, for whoever shows notices; or :data:`WRITTEN` and a path.
    """

    left = Signal()
    to_front = Signal(object)
    notice = Signal(str, str)
    beside_form: ClassVar[bool] = True
    beside_statement: ClassVar[bool] = True
    begins_runs: ClassVar[bool] = True

    def __init__(self, title: str, *, parent: QWidget | None = None) -> None:
        super().__init__(title, parent=parent)
        self.buttons = QHBoxLayout()
        self.header.addLayout(self.buttons)
        self.back = QPushButton("&Back")
        self.back.setAccessibleName(f"Leave: {title}")
        self.back.clicked.connect(self.left)
        self.buttons.addWidget(self.back)

    def shows_other(self, shown: Evidence | None) -> bool:
        """Whether a result is in sight here that is not ``shown``, which commands are about."""
        return False

    def add_button(
        self, title: str, slot: Callable[[], object], *, tip: str = "", role: str = ""
    ) -> QPushButton:
        """Another button, at the right of those there are and left of the way back."""
        button = QPushButton(title)
        button.setToolTip(tip)
        if role:
            set_role(button, role)
        button.clicked.connect(lambda: slot())
        self.buttons.insertWidget(self.buttons.count() - 1, button)
        return button

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Escape goes back."""
        if event.key() == Qt.Key.Key_Escape:
            self.left.emit()
        else:
            super().keyPressEvent(event)
