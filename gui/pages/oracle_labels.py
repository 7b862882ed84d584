"""Answers labelled by a person, for a claim about the true class beside the oracle's."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import Qt, Slot
from PySide6.QtGui import QWheelEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QComboBox,
    QHBoxLayout,
    QHeaderView,
    QLineEdit,
    QPushButton,
    QTableWidget,
    QTableWidgetItem,
    QWidget,
)

from engine.core.errors import UserError
from engine.core.files import write_atomically
from engine.core.text import visible
from engine.evidence.evidence import Evidence
from engine.evidence.generations import AnswerGroup
from engine.oracles.audit import OTHER
from engine.oracles.base import UNPARSEABLE
from gui.controllers.session import Session
from gui.style.theme import set_role
from gui.widgets.file_dialogs import FileAsker
from gui.widgets.flag_names import in_the_window
from gui.widgets.layouts import labelled
from gui.widgets.page import Page
from gui.widgets.section import say, words
from gui.widgets.text_table_model import plain
from gui.widgets.tips import set_tip

LABELS_FILTER = "Labels (*.csv);;All files (*)"
_HEADER, _WIDTHS = ("Answer", "Count", "Oracle says", "It truly means"), (0, 60, 120, 160)
_ANSWER, _COUNT, _SAID, _TRUE = range(4)
_OPEN, _NONE = "not labelled", "none of these"
_HOW = (
    "Say what each answer truly means, read as the person it is for would read it. All answers "
    "of the run are a random draw under its noise; what stays unlabelled counts against the "
    "oracle. The chance that this bound is wrong adds to the run's alpha."
)


class Meaning(QComboBox):
    """What an answer means; the wheel scrolls the table and changes nothing."""

    def __init__(self, class_names: tuple[str, ...]) -> None:
        super().__init__()
        self.addItem(_OPEN, "")
        for name in class_names:
            self.addItem(name, name)
        self.addItem(_NONE, OTHER)

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Leave it to the table."""
        event.ignore()


class LabelPage(Page):
    """The different answers of the shown run, each with a chooser.

    Attributes:
        meanings: by answer and the oracle's class of it.
    """

    def __init__(self, session: Session, *, parent: QWidget | None = None) -> None:
        super().__init__("Label answers", parent=parent)
        self._session = session
        self._asker = FileAsker(self)
        self._shown: tuple[str, tuple[AnswerGroup, ...]] | None = None
        self.meanings: dict[tuple[str, int], Meaning] = {}
        self.table = _table()
        self.alpha = QLineEdit()
        self.alpha.setAccessibleName("Chance that the labels' bound is wrong")
        self.alpha.setMaximumWidth(90)
        self.rest = QPushButton("&Agree on the rest")
        self.rest.setToolTip("Take the oracle's class for every answer that is not labelled yet")
        self.rest.clicked.connect(self.agree)
        self.read, self.save = QPushButton("&Import labels…"), QPushButton("&Save labels…")
        self.read.setToolTip("Labels of a CSV file, for the answers that this run has too")
        self.save.setToolTip("A CSV file, which Import labels and the command line read")
        self.read.clicked.connect(self.ask_what_to_import)
        self.save.clicked.connect(self.ask_where_to_save)
        self.apply = QPushButton("&Use the labels")
        set_role(self.apply, "primary")
        self.apply.clicked.connect(self.use)
        self.complaint, self.outcome = words(role="abstained"), words()
        self.told = words(role="small")
        self.outcome.setAccessibleName("What the labels imply")
        self.unkept = words(role="small")
        self._lay_out()
        session.runs.evidence_changed.connect(self.refresh)
        session.case.opened.connect(self.refresh)
        self.refresh()

    def take_focus(self) -> None:
        """The first answer has the focus."""
        first = next(iter(self.meanings.values()), None)
        (first or self.back).setFocus()

    @Slot()
    def refresh(self) -> None:
        """Follow the shown run; labels stay while its answers do."""
        evidence = self._session.runs.evidence
        shown = (evidence.run_id, evidence.answers) if evidence is not None else None
        if shown != self._shown:
            self._shown = shown
            self._list(evidence)
        transfer = evidence.transfer if evidence is not None else None
        say(self.outcome, transfer.statement if transfer is not None else "")
        may = evidence is not None and not self._refused(evidence)
        for widget in (self.rest, self.apply, self.alpha, self.read, self.save):
            widget.setEnabled(may)
        kept = self._session.case.title
        self.apply.setToolTip(f"They are kept in the case '{kept}'" if kept else "")

    def labels(self) -> dict[tuple[str, int], str]:
        """What was labelled so far."""
        chosen = {key: str(box.currentData()) for key, box in self.meanings.items()}
        return {key: true for key, true in chosen.items() if true}

    @Slot()
    def agree(self) -> None:
        """Take the oracle's class where none was chosen; what it could not read means none."""
        model = self._session.loading.model
        for (_, index), box in self.meanings.items():
            if model is not None and not box.currentData():
                name = model.class_names[index]
                box.setCurrentIndex(box.findData(OTHER if name == UNPARSEABLE else name))

    @Slot()
    def use(self) -> None:
        """Have the claim about the true class worked out."""
        try:
            alpha = float(self.alpha.text())
        except ValueError:
            alpha = 0.0
        inside = 0.0 < alpha < 1.0
        say(self.complaint, "" if inside else "The chance must be a number between 0 and 1.")
        if inside:
            self._session.runs.label_answers(self.labels(), alpha)

    @Slot()
    def ask_what_to_import(self) -> None:
        """Ask for a file of labels."""
        self._asker.open_file("Import labels", LABELS_FILTER, self.import_from)

    def import_from(self, path: Path) -> None:
        """Put the labels of a file into the choosers; other answers keep theirs."""
        from engine.oracles.audit import read_labels  # scipy

        evidence = self._session.runs.evidence
        if evidence is None:
            return
        try:
            found = read_labels(path, evidence)
        except UserError as error:
            self._say(complaint=in_the_window(str(error)))
            return
        for key, true in found.labels.items():
            box = self.meanings[key]
            box.setCurrentIndex(box.findData(true))
        self._say(_imported(len(found.labels), found.strange, path))

    @Slot()
    def ask_where_to_save(self) -> None:
        """Ask for a place for the labels."""
        self._asker.save_file("Save labels", "labels.csv", self.save_to)

    def save_to(self, path: Path) -> None:
        """Write the labels as the command line reads them."""
        from engine.oracles.audit import labels_csv  # scipy

        evidence = self._session.runs.evidence
        if evidence is None:
            return
        try:
            write_atomically(path, labels_csv(evidence, self.labels()).encode())
        except UserError as error:
            self._say(complaint=in_the_window(str(error)))
        else:
            self._say(f"Saved {path}: the command line makes the same claim of it.")

    def _say(self, told: str = "", *, complaint: str = "") -> None:
        say(self.told, told)
        say(self.complaint, complaint)

    def _refused(self, evidence: Evidence) -> str:
        from engine.oracles.audit import complaint  # scipy; there is evidence, it is warm

        return complaint(evidence)

    def _list(self, evidence: Evidence | None) -> None:
        self.table.setRowCount(0)
        self.meanings = {}
        say(self.complaint, self._refused(evidence) if evidence is not None else "")
        say(self.unkept, "")
        say(self.told, "")
        if evidence is None or not evidence.answers:
            return
        self.alpha.setText(f"{evidence.settings.alpha:g}")
        for group in evidence.answers:
            if group.text is not None:
                self._add(group, group.text, evidence.model.class_names)
        unkept = sum(group.count for group in evidence.answers if group.text is None)
        told = f"{unkept:,} more answers, whose words were not kept, count against the oracle."
        say(self.unkept, told if unkept else "")

    def _add(self, group: AnswerGroup, text: str, names: tuple[str, ...]) -> None:
        row, line = self.table.rowCount(), " ".join(text.split()) or "(nothing)"
        self.table.insertRow(row)
        cells = {_ANSWER: line, _COUNT: f"{group.count:,}", _SAID: names[group.class_index]}
        for column, cell in cells.items():
            item = QTableWidgetItem(visible(cell))
            set_tip(item, cell)
            self.table.setItem(row, column, item)
        meaning = Meaning(names)
        meaning.setAccessibleName(f"What '{line}' truly means")
        self.table.setCellWidget(row, _TRUE, meaning)
        self.meanings[text, group.class_index] = meaning

    def _lay_out(self) -> None:
        below = QHBoxLayout()
        title = labelled("&Chance that the labels' bound is wrong", self.alpha)
        for widget in (title, self.alpha):
            below.addWidget(widget)
        below.addStretch(1)
        for button in (self.rest, self.apply):
            below.addWidget(button)
        files = QHBoxLayout()
        files.addStretch(1)
        for button in (self.read, self.save):
            files.addWidget(button)
        for widget in (words(_HOW, "small"), self.complaint):
            self.content.addWidget(widget)
        self.content.addWidget(self.table, 1)
        self.content.addWidget(self.unkept)
        self.content.addWidget(self.told)
        self.content.addLayout(files)
        self.content.addLayout(below)
        self.content.addWidget(self.outcome)


def _imported(count: int, strange: int, path: Path) -> str:
    """What came of an import."""
    one = f"{count:,} answer{'' if count == 1 else 's'} labelled as {path.name} says"
    if not strange:
        return f"{one}."
    are = "labelled answer of the file is" if strange == 1 else "labelled answers of the file are"
    return f"{one}; {strange:,} {are} not among this run's."


def _table() -> QTableWidget:
    table = plain(QTableWidget(0, len(_HEADER)), "Answers to label", line=34)
    table.setHorizontalHeaderLabels(_HEADER)
    table.setSelectionMode(QAbstractItemView.SelectionMode.NoSelection)
    table.setFocusPolicy(Qt.FocusPolicy.NoFocus)
    table.horizontalHeader().setSectionResizeMode(_ANSWER, QHeaderView.ResizeMode.Stretch)
    for column in (_COUNT, _SAID, _TRUE):
        table.setColumnWidth(column, _WIDTHS[column])
    return table
