"""Step 1: CERTIFY with its pseudocode beside it, both phases visible."""

from __future__ import annotations

from PySide6.QtCore import QTimer, Slot
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QWidget

from engine.playground.pseudocode import ABSTAIN, CERTIFY, RADIUS, RETURN, TEST, certify_line
from engine.playground.run import Plan
from gui.playground.bars_view import BarsView
from gui.playground.code_view import CodeView
from gui.playground.experiment import Experiment
from gui.playground.readout import Readout
from gui.playground.stage import Stage
from gui.widgets.layouts import filled
from gui.widgets.section import words

_LINE_MS = 900
"""A line that draws nothing is lit for so long."""


class CertifyStep(Stage):
    """One run, slowly: the selection's votes, then the fresh ones, then the decision."""

    def __init__(self) -> None:
        super().__init__(Experiment(plan=Plan(n0=100, n=2000)))
        one = self.experiment
        one.pace = 10
        self.code = CodeView("CERTIFY", CERTIFY)
        self.votes = BarsView(one, selection=True)
        self.readout = Readout(one, brief=True)
        self.again, self.faster = QPushButton("&Again"), QPushButton("&Faster")
        row, heading = QWidget(), words("Fresh votes; hatched: the selection's", "section")
        filled(QHBoxLayout(row), (heading, 1), self.again, self.faster, spacing=8)
        self.add(self.code, row, self.votes, self.readout)
        self._after: list[int] = []
        self._timer = QTimer(self, interval=_LINE_MS)
        self._timer.timeout.connect(self._next_line)
        one.stood.connect(self._follow)
        self.again.clicked.connect(self._again)
        self.faster.clicked.connect(self._faster)
        self._follow()

    @Slot()
    def _again(self) -> None:
        self.experiment.pace = 10
        self.experiment.begin()

    @Slot()
    def _faster(self) -> None:
        self.experiment.pace = min(1000, self.experiment.pace * 5)

    @Slot()
    def _follow(self) -> None:
        """Light the line that draws; after the last vote the decision, line by line."""
        now = self.experiment.standing
        if now.phase != "done":
            self._timer.stop()
            self.code.light(certify_line(now))
            return
        if not self._timer.isActive():
            last = certify_line(now)
            self._after = [RADIUS, RETURN] if last == RETURN else [ABSTAIN]
            self.code.light(TEST)
            self._timer.start()

    @Slot()
    def _next_line(self) -> None:
        if self._after:
            self.code.light(self._after.pop(0))
        if not self._after:
            self._timer.stop()
