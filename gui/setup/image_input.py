"""An image as the model receives it."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from gui.controllers.loading import Loading
from gui.setup.input_view import InputView, place_of
from gui.widgets.image import ImageView
from gui.widgets.layouts import filled
from gui.widgets.section import say, words

THUMB = 84


def thumb() -> ImageView:
    """A small image."""
    image = ImageView()
    image.setFixedSize(THUMB, THUMB)
    return image


def beside(image: ImageView, *texts: QWidget) -> QHBoxLayout:
    """An image at the left, texts at the right of it."""
    text = filled(QVBoxLayout(), *texts, spacing=3)
    text.addStretch(1)
    row = QHBoxLayout()
    row.setSpacing(10)
    row.addWidget(image, 0, Qt.AlignmentFlag.AlignTop)
    row.addLayout(text, 1)
    return row


class ImageInput(InputView):
    """A small image beside its facts."""

    def __init__(self, loading: Loading) -> None:
        super().__init__(loading)
        self.image = thumb()
        self.name, self.facts = words(role="title"), words(role="small")
        filled(QVBoxLayout(self), beside(self.image, self.name, self.facts))

    def refresh(self) -> None:
        """The image in the model's shape, once there is a model."""
        given, fitted = self.loading.given, self.loading.fitted
        if given is None or given.kind != "image":
            return
        self.image.show_pixels(fitted.pixels if fitted is not None else given.pixels, "")
        self.image.setAccessibleName(f"The image {given.name} as the model sees it")
        self.name.setText(given.name)
        channels, height, width = given.pixels.shape
        grey = "grey" if channels == 1 else "colour"
        label = f"label {given.label_name or given.label}" if given.label is not None else ""
        lines = (label, f"{width} × {height} {grey}, pixels in [0,1]", place_of(self.loading))
        say(self.facts, "\n".join(filter(None, lines)))
