"""Texts: words to type, alone or beside an image."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QPlainTextEdit, QPushButton, QVBoxLayout

from gui.controllers.loading import Loading
from gui.setup.image_input import beside, thumb
from gui.setup.input_view import InputView, place_of
from gui.widgets.layouts import filled
from gui.widgets.section import say, words

_HIGH = 92


class WordsEdit(QPlainTextEdit):
    """A text box; Ctrl+Return gives what was typed, Tab leaves the box."""

    given = Signal()

    def __init__(self, name: str) -> None:
        super().__init__()
        self.setAccessibleName(name)
        self.setPlaceholderText("Type a text; Ctrl+Return takes it")
        self.setTabChangesFocus(True)
        self.setFixedHeight(_HIGH)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Ctrl+Return gives the text; everything else is typing."""
        held = event.modifiers() & Qt.KeyboardModifier.ControlModifier
        if held and event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.given.emit()
        else:
            super().keyPressEvent(event)


class TextInputView(InputView):
    """A text that can be changed: what was typed is another input, and asked for as such.

    Attributes:
        take: asks for what was typed; there is nothing to ask while it is the text that is open.
    """

    def __init__(self, loading: Loading) -> None:
        super().__init__(loading)
        self._shown: Any = None
        self._text = ""
        self.name, self.facts = words(role="title"), words(role="small")
        self.edit = WordsEdit("Text")
        self.take = QPushButton("Take this &text")
        self.take.setToolTip("Open what was typed as the input (Ctrl+Return)")
        parts = (self.name, self.facts, self.edit, self.take)
        self.column = filled(QVBoxLayout(self), *parts, spacing=4)
        self.edit.textChanged.connect(self._follow)
        self.edit.given.connect(self._give)
        self.take.clicked.connect(self._give)
        self._follow()

    def refresh(self) -> None:
        """The text that is open; none, ready to type, where the open input is none."""
        given = self.loading.given
        if given is self._shown and given is not None:
            return
        self._shown = given
        self._text = getattr(given, "text", "")
        name = given.name if self._text and given is not None else "A new text"
        self.name.setText(name.partition(": ")[0])  # its words stand below
        label = getattr(given, "label", None)
        named = getattr(given, "label_name", None) or label
        facts = (f"label {named}" if label is not None else "", place_of(self.loading))
        say(self.facts, "\n".join(filter(None, facts)) if self._text else "")
        self.edit.setPlainText(self._text)

    def spec(self, text: str) -> str:
        """The typed text as an input; empty if it cannot be one yet."""
        return f"text:{text}"

    @Slot()
    def _follow(self) -> None:
        typed = self.edit.toPlainText().strip()
        self.take.setEnabled(bool(typed) and typed != self._text and bool(self.spec(typed)))

    @Slot()
    def _give(self) -> None:
        if self.take.isEnabled():
            self.wanted.emit(self.spec(self.edit.toPlainText().strip()))


class PairInputView(TextInputView):
    """An image and the text beside it; an image alone waits for a text."""

    def __init__(self, loading: Loading) -> None:
        super().__init__(loading)
        self.image = thumb()
        for widget in (self.name, self.facts):
            self.column.removeWidget(widget)
        self.column.insertLayout(0, beside(self.image, self.name, self.facts))

    def refresh(self) -> None:
        """Image and text."""
        super().refresh()
        image, fitted = _image(self.loading.given), self.loading.fitted
        pixels = fitted.pixels if fitted is not None else getattr(image, "pixels", None)
        self.image.show_pixels(pixels, "")
        self.image.setVisible(image is not None)
        if image is not None:
            self.image.setAccessibleName(f"The image {image.name}")
        if not self._text:
            waiting = "Type a text beside this image." if image else "Open an image first."
            self.name.setText(waiting)
        self._follow()

    def spec(self, text: str) -> str:
        """The image with what was typed."""
        image = _image(self.loading.given)
        return f"pair:{image.source}|{text}" if image is not None else ""


def _image(given: Any) -> Any:
    """The image of a pair, or the image itself."""
    return getattr(given, "image", given if getattr(given, "kind", "") == "image" else None)
