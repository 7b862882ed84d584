"""A page that takes the window's middle for a while; Escape goes back."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QWidget

from gui.widgets.card import Card


class Page(Card):
    """A titled card with a way back and room for buttons.

    Attributes:
        buttons: row of buttons at the right of the header.
    """

    left = Signal()

    def __init__(self, title: str, *, parent: QWidget | None = None) -> None:
        super().__init__(title, parent=parent)
        self.buttons = QHBoxLayout()
        self.header.addLayout(self.buttons)
        self.back = QPushButton("&Back")
        self.back.setAccessibleName(f"Leave: {title}")
        self.back.clicked.connect(self.left)
        self.buttons.addWidget(self.back)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Escape goes back."""
        if event.key() == Qt.Key.Key_Escape:
            self.left.emit()
        else:
            super().keyPressEvent(event)
