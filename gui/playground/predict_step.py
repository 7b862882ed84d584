"""Step 2: PREDICT1 and PREDICT2 on the same votes."""

from __future__ import annotations

from PySide6.QtCore import Slot
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QWidget

from engine.core.rounding import exact, p_value_in_words
from engine.playground.predictions import Both, predict_both
from engine.playground.pseudocode import ANSWERED, GAVE_UP, PREDICT1, PREDICT2
from engine.playground.run import Plan
from gui.playground.bars_view import BarsView
from gui.playground.code_view import CodeView
from gui.playground.experiment import Experiment
from gui.playground.stage import Stage
from gui.style.theme import set_role
from gui.widgets.layouts import filled
from gui.widgets.section import words

_AT = (0.0, 0.35)
"""Where the top class leads with less than half of the votes."""


class PredictStep(Stage):
    """The votes of one point, and both tests; neither is final before the planned n."""

    def __init__(self) -> None:
        super().__init__(Experiment("blobs", plan=Plan(sigma=1.0, n0=10, n=1000)))
        one = self.experiment
        one.pace = 10
        self.view.regions = False
        self.votes = BarsView(one, bound=False)
        self.first, self.second = CodeView("PREDICT1", PREDICT1), CodeView("PREDICT2", PREDICT2)
        self.said_first, self.said_second = words(name="PREDICT1"), words(name="PREDICT2")
        self.again = QPushButton("&Again")
        row = QWidget()
        filled(QHBoxLayout(row), self.again, spacing=8)
        self.add(self.votes, self.first, self.said_first, self.second, self.said_second, row)
        one.stood.connect(self._follow)
        self.again.clicked.connect(one.again)
        one.move(_AT)

    @Slot()
    def _follow(self) -> None:
        now, plan = self.experiment.standing, self.experiment.plan
        found = predict_both(now.estimation, plan.alpha)
        done = now.phase == "done"
        for code, label, answers, p in (
            (self.first, self.said_first, found.first_answers, found.p_one),
            (self.second, self.said_second, found.second_answers, found.p_two),
        ):
            code.light(*((ANSWERED if answers else GAVE_UP,) if done else (1,)))
            set_role(label, ("certified" if answers else "abstained") if done else "provisional")
            label.setText(self._said(found, p, answers=answers, done=done))

    def _said(self, found: Both, p: float, *, answers: bool, done: bool) -> str:
        names, alpha = self.experiment.plane.names, exact(found.alpha)
        sign = "≤" if answers else ">"
        tested = f"p-value {p_value_in_words(p)} {sign} {alpha}"
        if not done:
            planned = self.experiment.plan.n
            return f"{tested} after {found.n:,} of {planned:,} votes: not final"
        return f"{tested}: {names[found.top] if answers else 'ABSTAIN'}"
