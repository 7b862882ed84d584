"""The window's middle on a screen too small for all of it."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QScrollArea, QWidget

LEAST = (320, 160)
"""Pixels; what it holds asks for more and is scrolled to."""


class Body(QScrollArea):
    """As large as there is room; where that is not enough for the content, it scrolls."""

    def __init__(self, content: QWidget, *, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWidgetResizable(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setMinimumSize(*LEAST)
        self.setWidget(content)
