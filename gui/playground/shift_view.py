"""The small image of a plane of shifts: where the point is, and as an attacker leaves it."""

from __future__ import annotations

from PySide6.QtCore import Qt, Slot
from PySide6.QtWidgets import QHBoxLayout, QLabel, QVBoxLayout, QWidget

from gui.playground.experiment import Experiment, Spot
from gui.style import theme as themes
from gui.widgets.image import thumbnail
from gui.widgets.layouts import filled
from gui.widgets.section import words

_SIDE = 96
"""Pixels of an image, before scaling."""


class ShiftView(QWidget):
    """Two images with what g says of them; hidden where the plane holds points.

    Attributes:
        captions: below the image at the point, and below the one that was pushed.
    """

    def __init__(self, experiment: Experiment) -> None:
        super().__init__()
        self._experiment = experiment
        self._pictures = QLabel(), QLabel()
        self.captions = words(role="small"), words(role="small")
        row = filled(QHBoxLayout(self), spacing=14)
        for picture, caption in zip(self._pictures, self.captions, strict=True):
            one = QWidget()
            filled(QVBoxLayout(one), picture, caption, spacing=2)
            row.addWidget(one, 1, Qt.AlignmentFlag.AlignTop)
        experiment.stood.connect(self.follow)
        self.follow()

    @Slot()
    def follow(self) -> None:
        """Show the images of the experiment."""
        one, pushed = self._experiment, self._experiment.pushed
        self.setVisible(one.shifted is not None)
        if one.shifted is None:
            return
        self._show(0, one.at, one.exact.top, "The image")
        self._pictures[1].setVisible(pushed is not None)
        self.captions[1].setVisible(pushed is not None)
        if pushed is not None:
            self._show(1, pushed.to, pushed.after, "Pushed")

    def _show(self, place: int, by: Spot, says: int, what: str) -> None:
        shifted = self._experiment.shifted
        assert shifted is not None
        name = shifted.plane.names[says]
        caption = f"{what}, moved by ({by[0]:+.0f}, {by[1]:+.0f}): g says '{name}'"
        if caption == self.captions[place].text():
            return
        self.captions[place].setText(caption)
        side = round(themes.current().px(_SIDE))
        self._pictures[place].setPixmap(thumbnail(shifted.moved(by)[None], side))
        self._pictures[place].setAccessibleName(caption)
