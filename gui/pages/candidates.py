"""Who takes part in a comparison, with the noise each was trained for, and what came of each."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QCheckBox,
    QGridLayout,
    QPushButton,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from engine.comparison.records import captions
from engine.core.text import visible
from gui.plots.candidate_key import Key
from gui.style.theme import set_role
from gui.widgets.elided import ElidedLabel
from gui.widgets.layouts import alignment_of, emptied
from gui.widgets.section import Section, Words, say, words
from gui.widgets.tips import set_tip

if TYPE_CHECKING:
    from engine.comparison import Candidate

_NOBODY = "No shipped model certifies against such an attacker."
_MOST = 6
"""So many colours and marks there are to tell candidates apart."""
_FULL = f"{_MOST} take part at most; uncheck one to make room."


class WhoPanel(Section):
    """A check box per candidate.

    Signals:
        ask: another model is wanted.
        ask_open: the open model is wanted, as it is read and smoothed now.
        changed: others take part.
    """

    ask = Signal()
    ask_open = Signal()
    changed = Signal()

    def __init__(self, *, parent: QWidget | None = None) -> None:
        super().__init__("Who takes part", parent=parent)
        self.known: list[Candidate] = []
        self.boxes: list[QCheckBox] = []
        self._told: list[Words] = []
        self.add = QPushButton("&Add model…")
        self.add.setToolTip(
            "A model of your own. If its file does not say with which noise it was trained, "
            "the noise of the main form is taken"
        )
        self.add.clicked.connect(self.ask)
        self.header.addWidget(self.add)
        self.add_open = QPushButton("Add the &open model")
        self.add_open.setToolTip(
            "The model of the main form as it stands there: its ensemble, its denoiser, its noise"
        )
        self.add_open.clicked.connect(self.ask_open)
        self.hint = words(role="small")
        self._rows = QVBoxLayout()
        self._rows.setSpacing(6)
        self.content.addLayout(self._rows)
        self.content.addWidget(self.hint)
        self.content.addWidget(self.add_open)
        say(self.hint, "Looking for models…")

    @property
    def chosen(self) -> tuple[Candidate, ...]:
        """Those that take part."""
        pairs = zip(self.known, self.boxes, strict=True)
        return tuple(one for one, box in pairs if box.isChecked())

    def offer(self, candidates: tuple[Candidate, ...]) -> None:
        """These may take part; those that are known already stay as they are."""
        for one in candidates:
            if one not in self.known:
                self._append(one)
        for box, (title, name), told, one in zip(
            self.boxes, captions(self.known), self._told, self.known, strict=True
        ):
            box.setText(visible(title))
            said = "; ".join(filter(None, [visible(name), one.noise_in_words]))
            told.setText(said)
            box.setAccessibleDescription(f"{one.spelled}, {said}")
        self._limit()
        self.changed.emit()

    def admit(self, one: Candidate) -> str:
        """Let one take part that was asked for; what there is to say where that changes nothing."""
        if one not in self.known:
            self.offer((one,))
            return ""
        box = self.boxes[self.known.index(one)]
        if box.isChecked():
            return f"{box.text()} of {visible(one.name)} takes part already."
        if not box.isEnabled():
            return f"{box.text()} of {visible(one.name)} is in the list; {_FULL}"
        box.setChecked(True)
        return ""

    def leave(self) -> None:
        """Nobody takes part any more."""
        for box in self.boxes:
            box.setChecked(False)

    def _append(self, one: Candidate) -> None:
        box = QCheckBox()
        box.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        box.setChecked(len(self.chosen) < _MOST)
        told = words(role="small")
        set_tip(box, f"{one.name} ({one.spelled})")
        box.toggled.connect(self._limit)
        box.toggled.connect(self.changed)
        row = QVBoxLayout()
        row.setSpacing(0)
        row.addWidget(box, 0, alignment_of(box))
        told.setContentsMargins(22, 0, 0, 0)
        row.addWidget(told)
        self._rows.addLayout(row)
        self.known.append(one)
        self.boxes.append(box)
        self._told.append(told)

    def _limit(self) -> None:
        full = len(self.chosen) >= _MOST
        for box in self.boxes:
            box.setEnabled(box.isChecked() or not full)
        crowded = full and len(self.known) > _MOST
        said = _FULL if crowded else ""
        say(self.hint, said if self.known else _NOBODY)


class Results(QWidget):
    """A line per candidate: its key, its name, its noise, and what came of it.

    Attributes:
        texts: what is said of each.
    """

    def __init__(self, *, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.texts: list[str] = []
        self._names: tuple[str, ...] = ()
        self._told: list[Words] = []
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setHorizontalSpacing(10)
        self._grid.setVerticalSpacing(3)
        self._grid.setColumnStretch(1, 3)
        self._grid.setColumnStretch(2, 2)

    def show_results(
        self, names: tuple[str, ...], noises: tuple[str, ...], told: list[tuple[bool, str]]
    ) -> None:
        """Change the texts; lines are made anew only for other candidates."""
        if names != self._names:
            self._rebuild(names, noises)
        self.texts = [text for _, text in told]
        for row, (holds, text) in enumerate(told):
            self._told[row].setText(text)
            set_role(self._told[row], "certified" if holds else "")

    def _rebuild(self, names: tuple[str, ...], noises: tuple[str, ...]) -> None:
        self._names = names
        emptied(self._grid)
        self._told = []
        for row, (name, noise) in enumerate(zip(names, noises, strict=True)):
            title, law, result = ElidedLabel(name), ElidedLabel(noise), words()
            set_role(law, "small")
            result.setWordWrap(False)
            result.setAlignment(Qt.AlignmentFlag.AlignRight)
            result.setAccessibleName(f"Result of {name}")
            self._told.append(result)
            for column, widget in enumerate((Key(row), title, law, result)):
                self._grid.addWidget(widget, row, column)
