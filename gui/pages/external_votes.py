"""Externally collected vote counts, certified under the scheme of the form."""

from __future__ import annotations

import re
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, QTimer, Slot
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import (
    QComboBox,
    QHBoxLayout,
    QLineEdit,
    QPushButton,
    QWidget,
)

from engine.evidence.settings import alpha_of
from gui.controllers.session import Session
from gui.jobs import replay_tables as replaying
from gui.jobs.document_jobs import replayed, written
from gui.jobs.worker import Failure, Lane
from gui.plots.curves import CurvePlot
from gui.style.theme import set_role
from gui.widgets.alone import Alone
from gui.widgets.columns import FittedColumns
from gui.widgets.facts import FactsTable
from gui.widgets.file_dialogs import VOTES_FILTER, FileAsker
from gui.widgets.flag_names import in_the_window
from gui.widgets.halves import Halves
from gui.widgets.layouts import divided, labelled
from gui.widgets.page import Page
from gui.widgets.scroll import ScrollColumn
from gui.widgets.section import say, words
from gui.widgets.text_table_model import RowsModel, plain_table

if TYPE_CHECKING:
    from engine.evidence.evidence import Evidence
    from engine.evidence.settings import Counting
    from engine.replay import ReplayResult, ReplayRow, Selection

_PAUSE_MS = 300
_LEAST = 110
"""Pixels for a perturbation to be typed in."""
_CHOICES: dict[str, Selection | None] = {
    "the file's selection votes": None,
    "the label": "label",
    "the same votes (not independent)": "same",
}


class VotesPage(Page):
    """A table of rows, what they say together, and certified accuracy over the radius.

    Nothing in a file says how its votes were drawn, so the page asks before it shows a number: it
    names scheme, alpha and bound of the form, and certifies once somebody has said that these are
    the votes'. Other settings in the form ask anew. They need no model.
    """

    beside_statement = begins_runs = False

    def __init__(
        self, session: Session, asker: FileAsker, *, parent: QWidget | None = None
    ) -> None:
        super().__init__("External votes", parent=parent)
        self._session, self._asker = session, asker
        self._replays = Lane(session.worker)
        self.path: Path | None = None
        self.result: ReplayResult | None = None
        self._agreed: Counting | None = None
        self.question, self.agree = words(), QPushButton("&Certify these votes")
        set_role(self.agree, "primary")
        self.choice, self.at = QComboBox(), QLineEdit()
        self.choice.addItems(list(_CHOICES))
        self.choice.setAccessibleName("The class is chosen by")
        self.at.setAccessibleName("Perturbations to answer")
        self.at.setMinimumWidth(_LEAST)
        self.complaint, self.notes = words(role="abstained"), words(role="small")
        self.model: RowsModel[ReplayRow] = RowsModel(("Row",), replaying.texts)
        self.table = plain_table(self.model, "Rows", ())
        FittedColumns(self.table)
        self.facts = FactsTable()
        self.chart = CurvePlot("Certified accuracy")
        self._lay_out()
        self._make_buttons()
        self._pause = QTimer(self, singleShot=True, interval=_PAUSE_MS)
        self._pause.timeout.connect(self._replay)
        self.choice.currentIndexChanged.connect(self._pause.start)
        self.at.textChanged.connect(self._pause.start)
        self.chart.notice.connect(self.notice)
        self.chart.enlarged.connect(Alone(self.chart).toggle)
        session.form.changed.connect(self._settings_changed)
        self.chart.wait("Open a file of votes.")

    @Slot()
    def ask(self) -> None:
        """Ask for a file of votes."""
        self._asker.open_file("Open votes", VOTES_FILTER, self.open)

    def open(self, path: Path) -> None:
        """Certify the votes of a file."""
        self.path = path  # before: what may be done depends on what is in sight
        self.to_front.emit(self)
        self.choice.setCurrentIndex(0)
        self._ask_how()

    def _lay_out(self) -> None:
        asked = QHBoxLayout()
        for title, editor in (("class chosen by", self.choice), ("certified at", self.at)):
            label = labelled(title, editor)
            asked.addWidget(label)
            asked.addWidget(editor, 1)
        self.content.addLayout(asked)
        agreeing = QHBoxLayout()
        agreeing.addWidget(self.question, 1)
        agreeing.addWidget(self.agree)
        self.content.addLayout(agreeing)
        self.agree.hide()
        for widget in (self.question, self.complaint, self.notes):
            say(widget, "")
        self.content.addWidget(self.complaint)
        self.content.addWidget(self.notes)
        scroll = ScrollColumn("All rows together", spacing=8)
        scroll.column.addWidget(self.facts)
        scroll.column.addStretch(1)
        below = divided(Qt.Orientation.Horizontal, scroll, self.chart, sizes=(260, 500))
        parts = self.table, below
        self.halves = Halves(("Row by row", "Together"), parts, sizes=(230, 330))
        self.content.addWidget(self.halves, 1)

    def _make_buttons(self) -> None:
        self.other = self.add_button("&Open votes…", self.ask)
        self.csv = self.add_button("Save &CSV…", lambda: self._save("csv"))
        self.json = self.add_button("Save &JSON…", lambda: self._save("json"))
        self.agree.clicked.connect(self._agree)
        for button in (self.csv, self.json):
            button.setEnabled(False)

    def showEvent(self, event: QShowEvent) -> None:
        """The terms are those of the form's scheme."""
        super().showEvent(event)
        self._name_terms()

    def _name_terms(self) -> None:
        terms = self._session.form.settings.scheme.terms
        self.at.setPlaceholderText(",".join(f"{term}=1" for term in terms))
        meaning = "; ".join(f"{name}: {term}" for name, term in terms.items())
        self.at.setToolTip(f"Perturbations to answer, with spaces between them. {meaning}")

    @Slot()
    def _settings_changed(self) -> None:
        self._name_terms()
        now, then = self._session.form.settings, self._agreed
        if self.path is not None and (then is None or how_drawn(now) != how_drawn(then)):
            self._ask_how()

    def _ask_how(self) -> None:
        """Name what the form says of the votes, and wait until somebody agrees."""
        settings, name = self._session.form.settings, self.path.name if self.path else ""
        self._agreed = None
        self._pause.stop()
        self._replays.drop()
        self._forget(name)
        say(self.complaint, "")
        say(
            self.question,
            f"Nothing in {name} says how its votes were drawn. The form on the left says: "
            f"{', '.join(how_drawn(settings))}. If that is true of these votes, certify them; if "
            "not, change the form first.",
        )
        self.agree.setVisible(True)
        self.chart.wait("No number is shown before the noise is known.")

    @Slot()
    def _agree(self) -> None:
        self._agreed = self._session.form.settings
        say(self.question, "")
        self.table.setFocus()  # or the focus goes to the first button of the window
        self.agree.hide()
        self._forget(f"Certifying {self.path.name}…" if self.path else "")
        self._replay()

    @Slot()
    def _replay(self) -> None:
        session, settings = self._session, self._agreed
        if self.path is not None and settings is not None and not session.form.complaint:
            path = self.path
            at, selection = perturbations(self.at.text()), _CHOICES[self.choice.currentText()]
            self._replays.submit(
                lambda stop: replayed(path, settings, at=at, selection=selection),
                f"certifying {path.name}",
                on_done=self._show,
                on_failed=self._fail,
                urgent=True,
            )

    def _forget(self, sentence: str) -> None:
        self.result = None
        self.set_subtitle(sentence)
        self.model.show_rows(())
        self.facts.show_rows([])
        self.chart.wait("")
        say(self.notes, "")
        for button in (self.csv, self.json):
            button.setEnabled(False)

    def _show(self, result: ReplayResult) -> None:
        self.result = result
        say(self.complaint, "")
        self.set_subtitle(
            f"{Path(result.source).name} · {result.scheme.noise_in_words()} · "
            f"alpha {result.alpha} · {result.bound} bound"
        )
        self.model.show_rows(result.rows, replaying.header(result))
        self.facts.show_rows(replaying.facts(result))
        say(self.notes, in_the_window(" ".join(result.notes)))
        figure = replaying.curve(result)
        if figure is not None:
            self.chart.show_figure(figure)
        else:
            none = "No row is certified." if result.rows.labelled else "No label is known."
            self.chart.wait(none)
        for button in (self.csv, self.json):
            button.setEnabled(True)

    def _fail(self, failure: Failure) -> None:
        self._forget(self.path.name if self.path else "")
        say(self.complaint, in_the_window(failure.sentence))
        self.chart.wait("There are no votes to show.")

    def shows_other(self, shown: Evidence | None) -> bool:
        """Votes of others."""
        return self.path is not None

    def _write(self, result: ReplayResult, path: Path) -> None:
        self._session.worker.submit(
            lambda stop: written(result, path),
            f"writing {path.name}",
            owed=True,
            on_done=self._session.exports.exported.emit,
        )

    def _save(self, fmt: str) -> None:
        if self.result is not None:
            name = f"{Path(self.result.source).stem}-certified.{fmt}"
            self._asker.save_file(f"Save {fmt.upper()}", name, partial(self._write, self.result))


def how_drawn(settings: Counting) -> tuple[str, ...]:
    """What has to be known of votes before they are certified, in words."""
    chance = () if settings.kind == "exact" else (f"alpha {alpha_of(settings)}",)
    return settings.scheme.noise_in_words(), *chance, f"{settings.bound} bound"


def perturbations(text: str) -> tuple[str, ...]:
    """The perturbations in a line; a new one begins where a term comes again.

    >>> perturbations("radius=0.25, radius=0.5")
    ('radius=0.25', 'radius=0.5')
    >>> perturbations("entities=1, epsilon=0.5 entities=2, epsilon=0.1")
    ('entities=1,epsilon=0.5', 'entities=2,epsilon=0.1')
    """
    found: list[dict[str, str]] = []
    for part in re.split(r"[\s,;]+", text.strip()):
        term = part.partition("=")[0]
        if not found or term in found[-1]:
            found.append({})
        found[-1][term] = part
    return tuple(",".join(terms.values()) for terms in found if any(terms))
