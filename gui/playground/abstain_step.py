"""Step 4: the three causes of an abstention, each produced by a button."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import Slot
from PySide6.QtWidgets import QPushButton

from engine.playground.abstentions import REMEDIES, Cause, abstention
from gui.playground.bars_view import BarsView
from gui.playground.experiment import Experiment
from gui.playground.readout import Readout
from gui.playground.stage import Stage
from gui.widgets.section import words

BUTTONS: dict[Cause, str] = {
    "wrong-guess": "&1  The guess was wrong",
    "below-half": "&2  No class has half of the votes",
    "too-few-samples": "&3  Too few votes",
}


class AbstainStep(Stage):
    """A run for each cause, its votes, what it says, and what would help."""

    def __init__(self) -> None:
        super().__init__(Experiment())
        one = self.experiment
        self.buttons = {cause: QPushButton(title) for cause, title in BUTTONS.items()}
        self.remedy = words(role="title", name="What helps")
        self.votes = BarsView(one, selection=True)
        self.readout = Readout(one, brief=True)
        self.add(
            *self.buttons.values(),
            self.remedy,
            words("Fresh votes; hatched: the selection's", "section"),
            self.votes,
            self.readout,
        )
        for cause, button in self.buttons.items():
            button.clicked.connect(partial(self.produce, cause))
        one.stood.connect(self._follow)
        self.produce("wrong-guess")

    def produce(self, cause: Cause, *_: object) -> None:
        """Draw the run that shows this cause."""
        found = abstention(cause)
        one = self.experiment
        one.pace = max(1, found.plan.n // 20)
        one.arrange(found.points, found.plane, found.plan, found.at, found.number)

    @Slot()
    def _follow(self) -> None:
        found = self.experiment.standing.abstention
        self.remedy.setText(REMEDIES.get(found.reason, "") if found is not None else "")
