"""Which picture: how it looks to the model, its label, and what was done to it."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from PySide6.QtCore import Qt, Slot
from PySide6.QtGui import QAction, QPixmap
from PySide6.QtWidgets import QHBoxLayout, QToolButton, QVBoxLayout, QWidget

from gui.panels.section import Section, say, well, words
from gui.session import Session
from gui.theme import set_role
from gui.widgets.picture import PictureView, to_image

THUMB = 84


def thumbnail(pixels: npt.NDArray[np.float32], side: int) -> QPixmap:
    """A picture in a square of ``side`` pixels; small ones keep their hard pixel edges."""
    image = to_image(pixels)
    small = max(image.width(), image.height()) < side
    mode = (
        Qt.TransformationMode.FastTransformation
        if small
        else Qt.TransformationMode.SmoothTransformation
    )
    return QPixmap.fromImage(image.scaled(side, side, Qt.AspectRatioMode.KeepAspectRatio, mode))


class InputPanel(Section):
    """Shows the picture as the model receives it; the buttons are the window's commands."""

    def __init__(
        self, session: Session, actions: dict[str, QAction], *, parent: QWidget | None = None
    ) -> None:
        super().__init__("Picture", parent=parent)
        self._session = session
        self.buttons = {
            name: _button(actions[name], sign, title)
            for name, sign, title in (
                ("previous", "‹", "Previous picture"),
                ("next", "›", "Next picture"),
                ("gallery", "Ga&llery", "Gallery of examples"),
                ("open-input", "Op&en", "Open a picture"),
            )
        }
        for button in self.buttons.values():
            self.header.addWidget(button)
        frame, column = well()
        row = QHBoxLayout()
        self.image = PictureView()
        self.image.setFixedSize(THUMB, THUMB)
        row.addWidget(self.image, 0, Qt.AlignmentFlag.AlignTop)
        text = QVBoxLayout()
        self.name, self.facts = words(role="title"), words(role="small")
        text.addWidget(self.name)
        text.addWidget(self.facts)
        text.addStretch(1)
        row.addLayout(text, 1)
        column.addLayout(row)
        self.adaptation = words(role="small")
        column.addWidget(self.adaptation)
        self.content.addWidget(frame)
        session.input_changed.connect(self.refresh)
        session.fitted_changed.connect(self.refresh)
        session.activity_changed.connect(self.refresh)
        self.refresh()

    @Slot()
    def refresh(self) -> None:
        """Say what the session holds."""
        image, fitted = self._session.image, self._session.fitted
        for name in ("previous", "next"):
            self.buttons[name].setVisible(len(self._session.specs) > 1)
        if image is None:
            self.name.setText("Opening…" if self._session.loading else "No picture yet")
            say(self.facts, "Drop a picture or a folder here.")
            say(self.adaptation, "")
            return
        pixels = fitted.pixels if fitted is not None else image.pixels
        self.image.show_pixels(pixels, "")
        self.image.setAccessibleName(f"The picture {image.name} as the model sees it")
        self.name.setText(image.name)
        say(self.facts, "\n".join(self._facts()))
        remarks = [fitted.identity.adaptation if fitted is not None else "", *image.notes]
        say(self.adaptation, "\n".join(remark for remark in remarks if remark))

    def _facts(self) -> list[str]:
        image = self._session.image
        assert image is not None
        channels, height, width = image.pixels.shape
        lines = [f"{width} × {height} {'grey' if channels == 1 else 'colour'}, pixels in [0,1]"]
        if image.label is not None:
            lines.insert(0, f"label {image.label_name or image.label}")
        if len(self._session.specs) > 1:
            lines.append(f"{self._session.position + 1} of {len(self._session.specs)}")
        return lines


def _button(action: QAction, text: str, title: str) -> QToolButton:
    """A small button that does what the action does."""
    button = QToolButton(text=text)
    set_role(button, "quiet")
    button.setAccessibleName(title)
    button.setToolTip(action.toolTip())
    button.clicked.connect(action.trigger)
    action.enabledChanged.connect(button.setEnabled)
    button.setEnabled(action.isEnabled())
    return button
