"""What a generative model has said, grouped: live, and of the shown run."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import Qt, QTimer, Signal, Slot
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QHeaderView, QMenu, QStackedWidget, QToolButton, QWidget

from engine.core.errors import UserError
from engine.core.files import write_atomically
from engine.evidence.generations import AnswerGroup
from engine.oracles.base import UNPARSEABLE
from gui.controllers.session import Session
from gui.style import theme
from gui.widgets.buttons import menu_button, quiet_button
from gui.widgets.card import Card
from gui.widgets.file_dialogs import FileAsker
from gui.widgets.icons import themed_icon
from gui.widgets.section import words
from gui.widgets.text_table_model import RowsModel, plain_table

TURN_MS = 125
"""Answers are listed at most eight times a second."""
OTHERS = "other answers, whose words were not kept"
_WAITING = "Answers appear here as they arrive."
_HEADER = ("Answer", "Class", "Count")
_TIPS = {
    "Class": "What the oracle reads in the answer.",
    "Count": "How many noisy samples had this answer.",
}
_ANSWER, _CLASS = range(2)
_WIDTHS = (0, 96, 62)
"""Pixels; the answers take what is left."""


class AnswersPanel(Card):
    """A table of answers, their classes and counts.

    Attributes:
        groups: what is listed, by falling count.

    Signals:
        notice: kind and sentence.
    """

    notice = Signal(str, str)

    def __init__(
        self, session: Session, actions: dict[str, QAction], *, parent: QWidget | None = None
    ) -> None:
        super().__init__("Answers", parent=parent)
        self._session = session
        self._asker = FileAsker(self)
        self.groups: tuple[AnswerGroup, ...] = ()
        self._names: tuple[str, ...] = ()
        self.model: RowsModel[AnswerGroup] = RowsModel(_HEADER, self._texts, self._ink, tips=_TIPS)
        self.table = plain_table(self.model, "Answers", _WIDTHS)
        columns = self.table.horizontalHeader()
        columns.setStretchLastSection(False)
        columns.setSectionResizeMode(_ANSWER, QHeaderView.ResizeMode.Stretch)
        self.waiting = words(_WAITING, "muted")
        self.menu = QMenu(self)
        self.menu.addAction(actions["label-answers"])
        self.csv = self.menu.addAction("Save CSV…", self._ask_where_to_save)
        self.more = self._more()
        self.header.addWidget(self.more, 0, Qt.AlignmentFlag.AlignTop)
        theme.registry.follow(self.retheme)
        self.retheme()
        self.content.addWidget(self.subtitle)  # its own line, full width
        self.content.addWidget(self.waiting)
        self.content.addWidget(self.table, 1)
        self._turn = QTimer(self, singleShot=True, interval=TURN_MS)
        self._turn.timeout.connect(self.refresh)
        session.runs.snapshot_changed.connect(self._follow)
        session.runs.evidence_changed.connect(self.refresh)
        session.loading.model_changed.connect(self.refresh)
        self.refresh()

    @Slot()
    def refresh(self) -> None:
        """List the answers of the evidence, else of the run as it stands."""
        session = self._session
        source = session.runs.evidence or session.runs.snapshot
        self.groups = source.answers if source is not None else ()
        self._names = session.loading.model.class_names if session.loading.model is not None else ()
        self.model.show_rows(self.groups)
        self.waiting.setVisible(not self.groups)
        self.table.setVisible(bool(self.groups))
        self.csv.setEnabled(bool(self.groups))
        self.set_subtitle(self._told() if self.groups else "")

    def retheme(self) -> None:
        """Take up the theme in force."""
        self.more.setIcon(themed_icon("more"))

    def save(self, path: Path) -> None:
        """Write the list as CSV."""
        from engine.report.csv import answers_csv  # its package loads typst

        try:
            write_atomically(path, answers_csv(self.groups, self._names).encode())
        except UserError as error:
            self.notice.emit("error", str(error))
        else:
            self._session.exports.exported.emit(path)

    def _more(self) -> QToolButton:
        tip = "Label or save these answers"
        return menu_button("", "Label or save: Answers", tip, self.menu)

    @Slot()
    def _follow(self) -> None:
        shown = self._session.runs.snapshot
        some = bool(self.groups or (shown is not None and shown.answers))
        if some and not self._turn.isActive():
            self._turn.start()

    @Slot()
    def _ask_where_to_save(self) -> None:
        self._asker.save_file("Save CSV", "answers.csv", self.save)

    def _told(self) -> str:
        session, n = self._session, sum(group.count for group in self.groups)
        snapshot = session.runs.snapshot
        choosing = session.runs.evidence is None and snapshot is not None
        first = choosing and snapshot is not None and snapshot.phase == "selection"
        phase = "to choose the class" if first else "to bound it"
        kinds = f"{len(self.groups):,} different" if len(self.groups) > 1 else "all the same"
        return f"{n:,} answers {phase}, {kinds}"

    def _texts(self, group: AnswerGroup) -> tuple[str, ...]:
        text = OTHERS if group.text is None else " ".join(group.text.split()) or "(nothing)"
        return text, self._names[group.class_index], f"{group.count:,}"

    def _ink(self, group: AnswerGroup, column: int) -> str | None:
        unread = self._names[group.class_index] == UNPARSEABLE
        return theme.current().warning if unread and column == _CLASS else None


class VotesOrAnswers(QStackedWidget):
    """Two cards in one place; the answers are there for generative models, and come first.

    Attributes:
        switches: in the header of either card, to see the other.
    """

    def __init__(self, session: Session, votes: Card, answers: Card) -> None:
        super().__init__()
        self._session = session
        self._votes, self._answers = votes, answers
        self._writes = False
        self.switches = tuple(
            self._switch(card, other) for card, other in ((votes, answers), (answers, votes))
        )
        self.addWidget(votes)
        self.addWidget(answers)
        session.loading.model_changed.connect(self.follow)
        self.follow()

    @Slot()
    def follow(self) -> None:
        """Offer the answers where there are any to come."""
        model = self._session.loading.model
        writes = model is not None and model.generation is not None
        self.switches[0].setVisible(writes)
        if writes != self._writes or not writes:
            self.setCurrentWidget(self._answers if writes else self._votes)
        self._writes = writes

    def _switch(self, card: Card, other: Card) -> QToolButton:
        title = other.title.text()
        button = quiet_button(f"{title} ▸", f"Show the {title.lower()} instead")
        button.clicked.connect(lambda: self.setCurrentWidget(other))
        card.header.insertWidget(1, button)
        return button
