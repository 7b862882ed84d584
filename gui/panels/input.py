"""Which picture: how it looks to the model, its label, and what was done to it."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtGui import QAction, QPixmap
from PySide6.QtWidgets import QCheckBox, QHBoxLayout, QMenu, QToolButton, QVBoxLayout, QWidget

from gui.panels.section import Section, say, well, words
from gui.panels.spec import SpecEdit
from gui.session import Session
from gui.theme import set_role
from gui.widgets.picture import PictureView, to_image

THUMB = 84
DATA_SET, DOWNLOAD = "torchvision:", "?download"
"""How the engine is told of a data set, and that it may be fetched (engine.inputs.datasets)."""


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
    """Shows the picture as the model receives it; the buttons are the window's commands.

    Attributes:
        spec: a line for any picture, folder or data set by name.
    """

    wanted = Signal(str)
    """A spec to open."""

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
            )
        }
        for button in self.buttons.values():
            self.header.addWidget(button)
        self._build_naming()
        self._build_open(actions)
        frame, column = well()
        row = QHBoxLayout()
        self.image = PictureView()
        self.image.setFixedSize(THUMB, THUMB)
        row.addWidget(self.image, 0, Qt.AlignmentFlag.AlignTop)
        text = QVBoxLayout()
        text.setSpacing(3)
        self.name, self.facts = words(role="title"), words(role="small")
        text.addWidget(self.name)
        text.addWidget(self.facts)
        text.addStretch(1)
        row.addLayout(text, 1)
        column.addLayout(row)
        row.setSpacing(10)
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
        identity = fitted.identity if fitted is not None else None
        remarks = [identity.adaptation, *identity.notes] if identity else [*image.notes]
        say(self.adaptation, "\n".join(remark for remark in remarks if remark))

    def _build_naming(self) -> None:
        self.spec = SpecEdit("Picture by name", "path, digits:17, torchvision:CIFAR10:test:17")
        self.spec.given.connect(self._open_named)
        self.spec.textChanged.connect(self._offer_download)
        self.spec.closed.connect(self._offer_download)
        self._session.input_changed.connect(self.spec.leave)
        self.download = QCheckBox("&Download if it is not there")
        self.download.hide()
        self.content.addWidget(self.spec)
        self.content.addWidget(self.download)

    def _build_open(self, actions: dict[str, QAction]) -> None:
        self.open = QToolButton(text="Op&en ▾")
        set_role(self.open, "quiet")
        self.open.setAccessibleName("Open a picture")
        self.open.setToolTip("A picture, a folder, or any by its name")
        self.open.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        menu = QMenu(self.open)
        for name in ("open-input", "open-folder", "paste"):
            menu.addAction(actions[name])
        self.by_name = menu.addAction("By &name…")
        self.by_name.triggered.connect(self._ask_for_name)
        self.open.setMenu(menu)
        self.header.addWidget(self.open)

    @Slot()
    def _ask_for_name(self) -> None:
        image = self._session.image
        self.spec.ask(image.source if image is not None else "")
        self._offer_download()

    @Slot()
    def _offer_download(self) -> None:
        asked = not self.spec.isHidden()
        self.download.setVisible(asked and self.spec.spec().startswith(DATA_SET))

    @Slot(str)
    def _open_named(self, spec: str) -> None:
        may = self.download.isChecked() and not self.download.isHidden()
        self.wanted.emit(spec + DOWNLOAD if may and not spec.endswith(DOWNLOAD) else spec)

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
