"""Versions, devices and what is missing, as the ``doctor`` command tells it."""

from __future__ import annotations

from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QPlainTextEdit, QPushButton, QWidget

from gui.style.theme import set_role
from gui.widgets.page import Page


class DoctorPage(Page):
    """A text to read and to copy into a bug report."""

    def __init__(self, *, parent: QWidget | None = None) -> None:
        super().__init__("Versions and devices", parent=parent)
        self.text = QPlainTextEdit(readOnly=True)
        self.text.setAccessibleName("Versions and devices")
        set_role(self.text, "mono")
        self.content.addWidget(self.text)
        copy = QPushButton("Cop&y")
        copy.clicked.connect(self._copy)
        self.buttons.insertWidget(0, copy)
        self.text.setPlainText("Looking…")

    def show_text(self, text: str) -> None:
        """Show what was found."""
        self.text.setPlainText(text)

    def _copy(self) -> None:
        QGuiApplication.clipboard().setText(self.text.toPlainText())
