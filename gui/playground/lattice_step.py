"""Step 7: float noise and exact noise on the lattice attack."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import Qt, Slot
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from engine.inputs.base import ImageInput
from engine.playground.lattice import SIGMA, LatticeSide, N, lattice_sides
from gui.controllers.session import Session
from gui.jobs.worker import Failure, Lane
from gui.style.theme import set_role
from gui.widgets.flag_names import in_the_window
from gui.widgets.image import ImageView
from gui.widgets.layouts import filled
from gui.widgets.scroll import ScrollColumn
from gui.widgets.section import say, words

_LEAST = 110
"""Pixels of an image and its caption."""
_TITLES = {"float": "Float noise", "exact": "Exact noise (integers on the 8-bit grid)"}


class LatticeStep(QWidget):
    """Both images of the attack, and what CERTIFY says of them under each kind of noise."""

    def __init__(self, session: Session) -> None:
        super().__init__()
        self._lane = Lane(session.worker)
        self.run = QPushButton("&Certify both images")
        set_role(self.run, "primary")
        self.told = words(role="muted")
        self.verdicts = {noise: words(name=title) for noise, title in _TITLES.items()}
        images = filled(QHBoxLayout(), *map(_image, ("lit", "dimmed")), spacing=24)
        below = ScrollColumn("What CERTIFY says", spacing=6)
        for noise, title in _TITLES.items():
            below.column.addWidget(words(title, "section"))
            below.column.addWidget(self.verdicts[noise])
        below.column.addWidget(self.told)
        below.column.addStretch(1)
        layout = filled(QVBoxLayout(self), spacing=10)
        layout.addWidget(self.run, 0, Qt.AlignmentFlag.AlignLeft)
        layout.addLayout(images, 1)
        layout.addWidget(below, 1)
        self.run.clicked.connect(self.certify)
        self._forget()

    @Slot()
    def certify(self) -> None:
        """Begin the four runs, in the worker."""
        self._forget()
        say(self.told, "Four runs of CERTIFY are being made ...")
        self.run.setEnabled(False)
        self._lane.submit(
            lattice_sides,
            "certifying the lattice attack",
            on_snapshot=self._show,
            on_done=self._end,
            on_failed=self._fail,
            urgent=True,
        )

    def _forget(self) -> None:
        settings = f"sigma {SIGMA:g}, n = {N:,}, alpha 0.001, anytime bound"
        say(self.told, f"The same classifier and images under both kinds of noise: {settings}")
        for verdict in self.verdicts.values():
            set_role(verdict, "muted")
            verdict.setText("Not run yet.")

    def _show(self, side: LatticeSide) -> None:
        verdict = self.verdicts[side.noise]
        set_role(verdict, "danger" if side.false else "certified")
        verdict.setText(side.in_words())

    def _end(self, sides: tuple[LatticeSide, ...]) -> None:
        self._forget()
        for side in sides:
            self._show(side)
        self.run.setEnabled(True)

    def _fail(self, failure: Failure) -> None:
        self._forget()
        say(self.told, in_the_window(failure.sentence))
        self.run.setEnabled(True)


def _image(name: str) -> ImageView:
    from engine.inputs import load_input  # deferred: images are read when somebody looks

    given = load_input(f"lattice:{name}")
    assert isinstance(given, ImageInput), given
    view = ImageView()
    view.setMinimumHeight(_LEAST)
    view.show_pixels(np.asarray(given.pixels, dtype=np.float32), f"The image '{name}'")
    return view
