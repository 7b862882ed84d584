"""The lecture, step by step: a list, a sentence for the audience, and something that moves."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Qt, Slot
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QHBoxLayout, QListWidget, QVBoxLayout, QWidget

from gui.controllers.session import Session
from gui.playground.steps import STEPS, Step, step_of
from gui.style import theme as themes
from gui.widgets.layouts import filled
from gui.widgets.page import Page
from gui.widgets.section import words
from gui.widgets.stack import PageStack

_LIST_WIDTH = 220


class LecturePage(Page):
    """The steps of the lecture; each is made when it is first opened.

    Attributes:
        step: the one in sight.
    """

    beside_form = False
    beside_statement = False

    def __init__(self, session: Session, *, parent: QWidget | None = None) -> None:
        super().__init__("Lecture", parent=parent)
        self._session = session
        self.step: Step = STEPS[0]
        self.sentence = words(name="For the audience")
        self.sentence.setObjectName("large")
        self.sentence.give_way()
        self.list = QListWidget()
        self.list.setAccessibleName("Steps of the lecture")
        self.list.setFixedWidth(_LIST_WIDTH)
        self.list.setWordWrap(True)
        for number, step in enumerate(STEPS, 1):
            self.list.addItem(f"{number}  {step.title}")
        self.place = PageStack()
        self._made: dict[str, QWidget] = {}
        self.add_button("Pre&vious", lambda: self.go(-1), tip="The step before (Page up)")
        self.add_button("&Next", lambda: self.go(1), tip="The next step (Page down)")
        right = QWidget()
        filled(QVBoxLayout(right), self.sentence, (self.place, 1), spacing=10)
        self.content.addLayout(filled(QHBoxLayout(), self.list, (right, 1), spacing=14), 1)
        self.list.currentRowChanged.connect(self._on_row)
        themes.registry.follow(self.retheme)
        self.retheme()

    def retheme(self) -> None:
        """On the stage the list gives its room away: keys and buttons lead on."""
        theme = themes.current()
        self.list.setVisible(not theme.on_stage)
        self.list.setFixedWidth(round(_LIST_WIDTH * max(1.0, theme.scale)))

    def open(self, key: str) -> None:
        """Show a step."""
        self.step = step_of(key)
        if key not in self._made:
            self._made[key] = self._make(key)
            self.place.addWidget(self._made[key])
        self.place.setCurrentWidget(self._made[key])
        self.sentence.setText(self.step.sentence)
        self.set_subtitle(f"{STEPS.index(self.step) + 1} of {len(STEPS)}: {self.step.title}")
        self.list.setCurrentRow(STEPS.index(self.step))

    def made(self, key: str) -> QWidget:
        """The widget of a step that was opened before."""
        return self._made[key]

    def go(self, steps: int) -> None:
        """So many steps on, or back; not beyond the ends."""
        place = STEPS.index(self.step) + steps
        self.open(STEPS[min(max(place, 0), len(STEPS) - 1)].key)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Page down and page up lead on and back."""
        moves = {Qt.Key.Key_PageDown: 1, Qt.Key.Key_PageUp: -1}
        if event.key() in moves:
            self.go(moves[Qt.Key(event.key())])
        else:
            super().keyPressEvent(event)

    @Slot(int)
    def _on_row(self, row: int) -> None:
        if row >= 0 and STEPS[row] is not self.step:
            self.open(STEPS[row].key)

    def _make(self, key: str) -> QWidget:
        from gui.playground.abstain_step import AbstainStep
        from gui.playground.certify_step import CertifyStep
        from gui.playground.lattice_step import LatticeStep
        from gui.playground.predict_step import PredictStep
        from gui.playground.rate_steps import peek_step, twice_step
        from gui.playground.sigma_step import SigmaStep

        makers: dict[str, Callable[[], QWidget]] = {
            "certify": CertifyStep,
            "predict": PredictStep,
            "sigma": SigmaStep,
            "abstain": AbstainStep,
            "twice": twice_step,
            "peek": peek_step,
            "lattice": lambda: LatticeStep(self._session),
        }
        return makers[key]()
