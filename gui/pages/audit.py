"""Certify a set: a row for each input as it is decided, and what they come to together."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtGui import QKeyEvent, QShowEvent
from PySide6.QtWidgets import QHBoxLayout, QMenu, QPushButton, QWidget

from engine.core.errors import UserError
from engine.evidence.evidence import Evidence
from gui.controllers.session import Session
from gui.controllers.warnings import differences
from gui.jobs import audit_tables
from gui.pages.audit_setup import SetLine
from gui.pages.audit_table import AuditTable
from gui.plots.curves import CurvePlot
from gui.results.record import RecordView
from gui.style import theme as themes
from gui.style.theme import set_role
from gui.widgets.alone import Alone
from gui.widgets.buttons import menu_button
from gui.widgets.facts import FactsTable
from gui.widgets.file_dialogs import FileAsker
from gui.widgets.flag_names import in_the_window
from gui.widgets.halves import Halves
from gui.widgets.layouts import divided, filled
from gui.widgets.page import Page
from gui.widgets.scroll import ScrollColumn
from gui.widgets.section import say, words
from gui.widgets.stack import PageStack

if TYPE_CHECKING:
    from engine.evidence.settings import Counting
    from engine.procedures.set_standing import SetRow

_LEAST = 190
"""Pixels of the curve's height, before scaling."""
_WAIT = "Certified accuracy appears here with the first input that is decided."
_UNLABELLED = "Without labels nothing is correct or wrong, and there is no certified accuracy."
_NONE = "No input is certified yet."


class AuditPage(Page):
    """Above the curve and its sums, or the chosen row; below the rows.

    The model is the open one and the settings are the form's; rows keep those they were counted
    with, and the page says where the form has changed since.

    Signals:
        export: evidence of a row and the format it is wanted in.
        settings_wanted: those of the rows, for the form.
    """

    beside_statement = False

    export = Signal(object, str)
    settings_wanted = Signal(object)

    def __init__(
        self, session: Session, asker: FileAsker, *, parent: QWidget | None = None
    ) -> None:
        super().__init__("Audit a set", parent=parent)
        self._session, self._asker, self._audits = session, asker, session.audits
        self._drawn: object = None
        self.setup = SetLine(session, asker)
        self.complaint, self.notes = words(role="abstained"), words(role="small")
        self.refuted = words(role="danger", name="Rows that an attack contradicts")
        self.of = words(role="small", name="Of which model and settings these rows are")
        self.earlier = words(role="provisional", name="What differs from the form")
        self.adopt = QPushButton("&Put these rows' settings into the form")
        self._awaits: Counting | None = None
        self.chart, self.facts = CurvePlot("Certified accuracy"), FactsTable()
        self.record = RecordView()
        self.table = AuditTable(self._audits.draw)
        self._lay_out()
        self._make_buttons()
        self._connect()
        self._refresh()

    def _lay_out(self) -> None:
        sums = ScrollColumn("All inputs together", spacing=8)
        sums.column.addWidget(self.facts)
        sums.column.addWidget(self.notes)
        sums.column.addStretch(1)
        self.above = PageStack()
        together = divided(Qt.Orientation.Horizontal, self.chart, sums, sizes=(500, 390))
        for place, share in enumerate((2, 1)):
            together.setStretchFactor(place, share)
        self.above.addWidget(together)
        self.above.addWidget(self.record)
        parts = self.above, self.table
        self.halves = Halves(("Together", "Row by row"), parts, sizes=(330, 300))
        for widget in (self.setup, self.complaint, self.refuted, self.of):
            self.content.addWidget(widget)
        self.content.addLayout(filled(QHBoxLayout(), (self.earlier, 1), self.adopt, spacing=8))
        self.content.addWidget(self.halves, 1)
        self.chart.wait(_WAIT)

    def _make_buttons(self) -> None:
        self.start = self.add_button("Certify the &set", self.certify, role="primary")
        tip = "Stop, and keep all rows and votes (Esc)"
        self.end = self.add_button("S&top", self._audits.stop, tip=tip)
        self.whole = self.add_button("&Whole set", self.show_set, tip="Back from the row")
        menu = QMenu(self)
        self.report = menu.addAction("&Report as PDF…", lambda: self._ask_where("pdf"))
        menu.addAction("Report as &HTML…", lambda: self._ask_where("html"))
        self.csv = menu.addAction("Runs as &CSV…", lambda: self._ask_where("csv"))
        self.json = menu.addAction("Result as &JSON…", lambda: self._ask_where("json"))
        self.save = menu_button("Sa&ve ▾", "Save the set", "As the command line writes it", menu)
        self.buttons.insertWidget(self.buttons.count() - 1, self.save)

    def _connect(self) -> None:
        audits, session = self._audits, self._session
        audits.changed.connect(self._refresh)
        audits.grew.connect(self._grow)
        audits.refused.connect(self._complain)
        self.setup.changed.connect(self._refresh)
        for signal in (session.form.changed, session.loading.model_changed):
            signal.connect(self._refresh)
        session.worker.activity_changed.connect(self._refresh)
        session.loading.model_changed.connect(self._hand_over)
        self.adopt.clicked.connect(self._adopt)
        self.table.chosen.connect(self._choose)
        self.record.export.connect(self.export)
        for view in (self.record, self.chart):
            view.notice.connect(self.notice)
        self.chart.enlarged.connect(Alone(self.chart).toggle)
        themes.registry.follow(self._make_room)
        self._make_room()

    def showEvent(self, event: QShowEvent) -> None:
        """A set that the open case holds is shown where none was certified yet."""
        super().showEvent(event)
        self._audits.watch()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Escape leaves a row, then the page; a set that is certified is stopped by the window."""
        if event.key() == Qt.Key.Key_Escape and self.record.isVisible():
            self.show_set()
        else:
            super().keyPressEvent(event)

    def shows_other(self, shown: Evidence | None) -> bool:
        """A set, or a row of it."""
        return self._audits.view is not None

    def choose(self, paths: Sequence[Path]) -> None:
        """Describe the set of some files and folders."""
        self.setup.put([str(path) for path in paths])

    @Slot()
    def certify(self) -> None:
        """Start, or resume, what is described."""
        say(self.complaint, "")
        wish = self._audits.wished(*self.setup.asked, self.setup.plan)
        if wish is None:
            return
        try:
            for text in wish.at:
                wish.settings.scheme.parse_at(text)
        except UserError as error:
            self._complain(str(error))
            return
        self.setup.remember()
        self.show_set()
        self._audits.start(wish)

    @Slot()
    def show_set(self) -> None:
        """The curve and the sums, in place of a row."""
        self.table.view.clearSelection()
        self.above.setCurrentIndex(0)
        self._refresh()

    def _grow(self) -> None:
        """More rows, and sums that may be new."""
        view = self._audits.view
        if view is None:
            return
        self.set_subtitle(audit_tables.progress(view))
        self.table.show_rows(view.rows, view.count)
        self.facts.show_rows(audit_tables.facts(view))
        if view.figure is not None and view.figure is not self._drawn:
            self._drawn = view.figure
            self.chart.show_figure(view.figure)
        elif view.figure is None and view.count:
            sums = view.summary  # what has no run says nothing of the set's labels
            unlabelled = sums is not None and sums.rows and sums.clean_accuracy is None
            self.chart.wait(_UNLABELLED if unlabelled else _NONE)

    @Slot()
    def _refresh(self) -> None:
        """Everything that does not change with every row."""
        audits, view = self._audits, self._audits.view
        running, obstacle = audits.running, audits.obstacle
        if view is None:
            self._clear()
        else:
            self._grow()
            say(self.of, f"Rows of {audit_tables.subject(view)}")
            say(self.notes, in_the_window(audit_tables.notes(view)))
        refuted = "" if view is None else audit_tables.contradiction(view)
        say(self.refuted, refuted)
        set_role(self, "error" if refuted else "")
        self.setup.setEnabled(not running)
        self.start.setEnabled(not obstacle and bool(self.setup.sources))
        tip = "What the case holds already is taken as it is"
        self.start.setToolTip(obstacle or tip)
        self.end.setEnabled(running and not audits.stopping)
        self.whole.setEnabled(self.above.currentIndex() == 1)
        ended = view is not None and view.result is not None
        self.save.setEnabled(ended)
        changed = "" if running else self._changed()
        unfinished = view is not None and audit_tables.unfinished(view)
        # of a set read from a case nobody knows which inputs it was to have
        known = audits.wish is not None and not self._differing()
        resumes = unfinished and known and not running
        self.start.setText("&Resume the set" if resumes else "Certify the &set")
        say(self.earlier, "" if running else changed or self._warned())
        self.adopt.setVisible(bool(changed))

    @Slot()
    def _adopt(self) -> None:
        """The model of the rows, if it is not the open one, and their settings after it."""
        view, loading = self._audits.view, self._session.loading
        if view is not None:
            self._awaits = view.settings
            if loading.model is not None and loading.model.function == view.model.function:
                self._hand_over()
            else:
                loading.open_model(view.request, named=False)

    @Slot()
    def _hand_over(self) -> None:
        """Settings follow the model, which proposes its own; another model gets none of them."""
        settings, self._awaits = self._awaits, None
        view, model = self._audits.view, self._session.loading.model
        same = view is not None and model is not None and model.function == view.model.function
        if settings is not None and same:
            self.settings_wanted.emit(settings)

    def _changed(self) -> str:
        """What is described now and was not when the rows were counted."""
        view = self._audits.view
        now = self._differing() if view is not None and view.count else []
        return f"What is described now differs from these rows: {', '.join(now)}." if now else ""

    def _differing(self) -> list[str]:
        """By name, what a start would certify otherwise than what is shown."""
        view, session, wish = self._audits.view, self._session, self._audits.wish
        if view is None:
            return []
        model, now = session.loading.model, differences(view.settings, session.form.settings)
        if model is not None and model.function != view.model.function:
            now.insert(0, "model")
        if wish is not None and self.setup.asked != (wish.sources, wish.limit, wish.at):
            now.insert(0, "set")
        return now

    def _warned(self) -> str:
        """What speaks against a set under the form, before it is started."""
        loading, view = self._session.loading, self._audits.view
        if loading.classifier is None or (view is not None and view.count):
            return ""
        settings = self._session.form.settings
        return " ".join(self._session.engine.setting_warnings(loading.classifier, settings))

    def _clear(self) -> None:
        self._drawn = None
        self.set_subtitle("The open model, under the form's settings")
        self.table.show_rows((), 0)
        self.facts.show_rows([])
        for label in (self.notes, self.of):
            say(label, "")
        self.chart.wait(_WAIT)
        self.above.setCurrentIndex(0)

    @Slot(object)
    def _choose(self, row: SetRow | None) -> None:
        if row is None:
            return
        self.above.setCurrentIndex(1)
        self.halves.choose(0)
        self.record.show_text(row.name, "Reading…" if row.run_id else in_the_window(row.reason))
        self._audits.read(row, lambda found: self._show_row(row, found))
        self._refresh()

    def _show_row(self, row: SetRow, found: Evidence | str) -> None:
        if self.table.row is not row:
            return
        if isinstance(found, str):
            self.record.show_text(row.name, found)
        else:
            self.record.show_evidence(found, row.name)

    @Slot(str)
    def _complain(self, sentence: str) -> None:
        say(self.complaint, in_the_window(sentence))

    @Slot()
    def _make_room(self) -> None:
        """A curve to see in large type too; in talk mode it, the sums and the rows are all."""
        theme = themes.current()
        self.chart.setMinimumHeight(round(theme.px(_LEAST)))
        for widget in (self.setup, self.whole, self.save):
            widget.setVisible(not theme.on_stage)

    def _ask_where(self, fmt: str) -> None:
        def write(path: Path) -> None:
            self._audits.write(path, self._session.exports.exported.emit)

        self._asker.save_file(f"Save {fmt.upper()}", f"audit.{fmt}", write)
