"""The playground: smoothing in the plane, where a point can be dragged and attacked."""

from __future__ import annotations

from PySide6.QtCore import Slot
from PySide6.QtGui import QHideEvent, QShowEvent
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QPushButton, QWidget

from engine.core.errors import UserError
from engine.playground.scenes import NAMES, by_hand
from gui.playground.bars_view import BarsView
from gui.playground.controls import OWN, SHIFTED, Controls
from gui.playground.experiment import Experiment
from gui.playground.plane_view import PlaneView
from gui.playground.readout import Readout
from gui.playground.shift_view import ShiftView
from gui.widgets.layouts import filled
from gui.widgets.page import Page
from gui.widgets.scroll import ScrollColumn
from gui.widgets.section import say, words

_WIDTH = 330
"""Pixels of the column beside the plane, at the usual size of type."""


class PlaygroundPage(Page):
    """A plane with a classifier trained in the moment, and a run of CERTIFY at a point of it."""

    beside_form = False
    beside_statement = False

    def __init__(self, *, parent: QWidget | None = None) -> None:
        super().__init__("Playground", parent=parent)
        self.set_subtitle("Drag the point, or move it with the arrow keys (Shift: finer)")
        self.experiment = Experiment(parent=self)
        self.view = PlaneView(self.experiment)
        self.bars, self.readout = BarsView(self.experiment), Readout(self.experiment)
        self.controls = Controls(self.experiment)
        self.brush = QComboBox()
        self.brush.addItems(NAMES)
        self.brush.setAccessibleName("Class of the points to set")
        self.clear = QPushButton("C&lear the points")
        self.told = words(role="abstained")
        self.images = ShiftView(self.experiment)
        self._spots: list[tuple[float, float, int]] = []
        self.attack = self.add_button(
            "&Attack", self._attack, tip="Push the point to the nearest place found where g differs"
        )
        self.again = self.add_button(
            "&New votes", self.experiment.again, tip="A new run: a new try"
        )
        self._lay_out()
        self.view.set_at.connect(self._set_point)
        self.clear.clicked.connect(self._clear)
        self.controls.scene.currentTextChanged.connect(self._on_scene)
        self.controls.exact.toggled.connect(lambda on: self.view.show_exact(on=on))
        self.controls.adversary.toggled.connect(self._on_adversary)

    def showEvent(self, event: QShowEvent) -> None:
        """Votes are drawn while somebody looks."""
        super().showEvent(event)
        self.experiment.look(on=True)
        self.view.setFocus()

    def hideEvent(self, event: QHideEvent) -> None:
        """And not else."""
        super().hideEvent(event)
        self.experiment.look(on=False)

    def _lay_out(self) -> None:
        side = ScrollColumn("Settings and claim", spacing=10)
        own = QWidget()
        filled(QHBoxLayout(own), (self.brush, 1), self.clear, spacing=6)
        self._own = own
        own.hide()
        for widget in (self.readout, self.bars, self.images, self.controls, own, self.told):
            side.column.addWidget(widget)
        side.column.addStretch(1)
        side.setMinimumWidth(_WIDTH)
        say(self.told, "")
        self.content.addLayout(filled(QHBoxLayout(), (self.view, 3), (side, 2), spacing=14), 1)

    @Slot(str)
    def _on_scene(self, name: str) -> None:
        own = name == OWN
        self._own.setVisible(own)
        self._spots = []
        say(self.told, "Click into the plane to set points of two classes or more." if own else "")
        self._choose_task()
        if own and self.experiment.shifted is not None:
            self.experiment.show_scene(self.controls.scene.itemText(0))
        if name == SHIFTED:
            self.experiment.show_shifts()
        elif not own:
            self.experiment.show_scene(name)
        self.controls.follow()

    @Slot(bool)
    def _on_adversary(self, on: bool) -> None:
        self._choose_task()

    def _choose_task(self) -> None:
        own = self.controls.scene.currentText() == OWN
        pushes = self.controls.adversary.isChecked()
        self.view.task = "push" if pushes else "draw" if own else "move"
        self.view.setFocus()

    @Slot(float, float)
    def _set_point(self, x: float, y: float) -> None:
        """One more point of one's own; f is trained anew once there are two classes."""
        self._spots.append((x, y, self.brush.currentIndex()))
        try:
            self.experiment.show_points(by_hand(self._spots))
        except UserError as error:
            say(self.told, str(error))
        else:
            say(self.told, "The arrow keys move the certified point.")

    @Slot()
    def _clear(self) -> None:
        self._spots = []
        say(self.told, "Click into the plane to set points of two classes or more.")

    def _attack(self) -> None:
        if self.experiment.attack() is None:
            self.notice.emit("info", "No attack was found: g is the same everywhere, or not known.")
