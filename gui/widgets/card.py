"""A rounded box with a title, a subtitle and room for content."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QHBoxLayout, QVBoxLayout, QWidget

from gui.style.theme import set_role
from gui.widgets.elided import ElidedLabel


class Card(QFrame):
    """The box every plot and panel section sits in; its looks come from the style sheet.

    Attributes:
        header: the row of title and subtitle; buttons may be added at its end.
        content: where the content goes.
    """

    def __init__(self, title: str, *, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.title = ElidedLabel(title)
        self.subtitle = ElidedLabel()
        set_role(self.title, "title")
        set_role(self.subtitle, "small")
        self._said = ("", "")
        self.header = QHBoxLayout()
        self.header.setSpacing(6)
        words = QVBoxLayout()
        words.setSpacing(1)
        words.addWidget(self.title)
        words.addWidget(self.subtitle)
        self.header.addLayout(words, 1)
        self.content = QVBoxLayout(self)
        self.content.setContentsMargins(14, 10, 12, 10)
        self.content.setSpacing(6)
        self.content.addLayout(self.header)
        self.content.setAlignment(Qt.AlignmentFlag.AlignTop)
        self.setAccessibleName(title)

    def set_subtitle(self, text: str, *, whole: str = "") -> None:
        """Say below the title what is shown now; ``whole`` is the tooltip of a short form."""
        if (text, whole) != self._said:
            self._said = text, whole
            self.subtitle.setText(text)
            self.subtitle.set_whole(whole)
