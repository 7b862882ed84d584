"""Asks, inside the window, how far a run is to be counted on."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QPushButton, QWidget

from gui.controllers.resume import MOST, counted
from gui.controllers.runs import Runs
from gui.style.theme import set_role
from gui.widgets.counts import count_box
from gui.widgets.layouts import filled
from gui.widgets.section import words


class ExtendBar(QFrame):
    """One line: a sentence, a number, yes and no."""

    def __init__(self, runs: Runs, *, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._runs = runs
        runs.evidence_changed.connect(self.hide)
        set_role(self, "notice")
        self.sentence = words()
        self.n = count_box("New n", 1, most=MOST)
        self.n.setMinimumWidth(130)
        self.extend = QPushButton("&Extend")
        self.cancel = QPushButton("&Leave it")
        set_role(self.extend, "primary")
        self.extend.clicked.connect(self._accept)
        self.cancel.clicked.connect(self.hide)
        parts = ((self.sentence, 1), self.n, self.extend, self.cancel)
        # no higher than the line that it lies over
        filled(QHBoxLayout(self), *parts).setContentsMargins(12, 0, 8, 0)
        self.hide()

    def ask(self) -> None:
        """Ask for an n above the votes that are there; twice as many are proposed."""
        if self._runs.evidence is None:
            return
        known = counted(self._runs.evidence)
        self.sentence.setText(
            f"The anytime bound holds at every n: the {known:,} votes stay, and counting continues "
            "to the new n."
        )
        self.n.setRange(known + 1, MOST)
        self.n.setValue(min(MOST, 2 * known))
        self.n.setSingleStep(max(1, known // 10))
        self.show()
        self.n.setFocus()
        self.n.selectAll()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Return extends, Escape leaves it."""
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self._accept()
        elif event.key() == Qt.Key.Key_Escape:
            self.hide()
        else:
            super().keyPressEvent(event)

    def _accept(self) -> None:
        self.n.interpretText()
        self.hide()
        self._runs.extend(self.n.value())
