"""Other people's logs: their curves in one plot, what they reach, and what is wrong with them."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QItemSelection, Qt, QTimer, Slot
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QMenu, QWidget

from gui.controllers.session import Session
from gui.jobs import log_tables
from gui.jobs.log_tables import AskedOfLogs, LogRow, LogsShown
from gui.jobs.worker import Failure, Lane
from gui.plots.candidate_key import ink
from gui.plots.curves import CurvePlot
from gui.style import theme as themes
from gui.style.theme import set_role
from gui.widgets.alone import Alone
from gui.widgets.buttons import menu_button
from gui.widgets.columns import FittedColumns
from gui.widgets.facts import FactsTable
from gui.widgets.file_dialogs import LOG_FILTER, FileAsker
from gui.widgets.flag_names import in_the_window
from gui.widgets.layouts import divided, labelled
from gui.widgets.page import Page
from gui.widgets.scroll import ScrollColumn
from gui.widgets.section import say, words
from gui.widgets.text_table_model import RowsModel, plain_table

if TYPE_CHECKING:
    from engine.evidence.evidence import Evidence
    from engine.logs.summary import LogSummary

_PAUSE_MS = 400
_NAME_WIDTH = 230
"""Pixels below which the name of a log is not shortened: several differ in their middle alone."""
_WAIT = "Open logs that certify or predict scripts wrote: files, or a folder with logs in it."
_NAMED = "as named"
"""Stands in the empty field of sigma."""


class LogsPage(Page):
    """Above the curves and what is to be known of the chosen log, below a row for each.

    Nothing in a log can be checked against its votes: what it claims is shown as it is written.

    Attributes:
        paths: of the files and folders, in the order in which they were opened.
        shown: what they say; None before the first.
    """

    beside_form = beside_statement = False

    def __init__(
        self, session: Session, asker: FileAsker, *, parent: QWidget | None = None
    ) -> None:
        super().__init__("Logs", parent=parent)
        self._session, self._asker = session, asker
        self._readings = Lane(session.worker)
        self.paths: tuple[Path, ...] = ()
        self.shown: LogsShown | None = None
        self._first = ""
        self.sigma, self.n, self.alpha, self.radii = (QLineEdit() for _ in range(4))
        self.complaint, self.skipped = words(role="abstained"), words(role="small")
        self.chart = CurvePlot("Certified accuracy")
        self.model: RowsModel[LogRow] = RowsModel(("Log",), log_tables.texts, _paint)
        self.table = plain_table(self.model, "Logs", ())
        self.table.setTextElideMode(Qt.TextElideMode.ElideMiddle)
        FittedColumns(self.table, (_NAME_WIDTH,))
        self.name, self.faults = words(), words(name="What is to be known of this log")
        self.compared, self.differences = words(role="small"), FactsTable()
        self._lay_out()
        self._make_buttons()
        self._pause = QTimer(self, singleShot=True, interval=_PAUSE_MS)
        self._pause.timeout.connect(self._read)
        for field in (self.sigma, self.n, self.alpha, self.radii):
            field.textChanged.connect(self._pause.start)
        self.table.selectionModel().selectionChanged.connect(self._choose)
        self.chart.notice.connect(self.notice)
        self.chart.enlarged.connect(Alone(self.chart).toggle)
        themes.registry.follow(self.retheme)
        self.retheme()
        self._forget(_WAIT)

    @property
    def chosen(self) -> LogRow | None:
        """The selected log."""
        found = self.table.selectionModel().selectedRows()
        return self.model.rows[found[0].row()] if found else None

    @Slot()
    def ask(self) -> None:
        """Ask for logs."""
        self._asker.open_files("Open logs", LOG_FILTER, self.open)

    @Slot()
    def ask_for_folder(self) -> None:
        """Ask for a folder with logs in it."""
        self._asker.open_folder("Open all logs of", lambda path: self.open([path]))

    def open(self, paths: Sequence[Path]) -> None:
        """Read logs beside those that are open already."""
        self.to_front.emit(self)
        self.paths = tuple(dict.fromkeys((*self.paths, *paths)))
        self._read()

    def close_all(self) -> None:
        """Begin anew."""
        self._readings.drop()
        self.paths, self._first = (), ""
        self._forget(_WAIT)

    def _lay_out(self) -> None:
        asked = QHBoxLayout()
        self._widths: dict[QLineEdit, int] = {}
        fields = (
            ("sigma", self.sigma, "Noise of the certification", _NAMED, 80),
            ("n", self.n, "Votes that each row is said to rest on", "", 90),
            ("alpha", self.alpha, "Error that each row is said to allow", "", 80),
            ("radii", self.radii, "Radii at which to quote", "0, 0.25, 0.5, …", 220),
        )
        for title, editor, name, stands, width in fields:
            editor.setAccessibleName(name)
            editor.setToolTip(f"{name}.")
            editor.setPlaceholderText(stands)
            self._widths[editor] = width
            asked.addWidget(labelled(title, editor))
            asked.addWidget(editor)
        self.n.setText("100000")
        self.alpha.setText("0.001")
        asked.addStretch(1)
        self.content.addLayout(asked)
        self.content.addWidget(self.complaint)
        set_role(self.name, "title")
        about = ScrollColumn("The chosen log", spacing=8)
        for widget in (self.name, self.faults, self.compared, self.differences):
            about.column.addWidget(widget)
        about.column.addStretch(1)
        above = divided(Qt.Orientation.Horizontal, self.chart, about, sizes=(700, 420))
        above.setStretchFactor(0, 1)
        rows = divided(Qt.Orientation.Vertical, above, self.table, sizes=(420, 220))
        self.content.addWidget(rows, 1)
        self.content.addWidget(self.skipped)

    def _make_buttons(self) -> None:
        self.other = self.add_button("&Open logs…", self.ask)
        self.folder = self.add_button("&Folder…", self.ask_for_folder)
        tip = "Compare the other logs with the chosen one"
        self.refer = self.add_button("Compare &with this", self._refer, tip=tip)
        self.clear = self.add_button("Close &all", self.close_all)
        menu = QMenu(self)
        for fmt in ("csv", "json"):
            menu.addAction(f"Save {fmt.upper()}…", partial(self._save, fmt))
        self.save = menu_button("&Save ▾", "Save the table", "As CSV, or as JSON", menu)
        self.buttons.insertWidget(self.buttons.count() - 1, self.save)

    @Slot()
    def _read(self) -> None:
        self._pause.stop()
        if not self.paths:
            return
        texts = (self.sigma.text(), self.n.text(), self.alpha.text(), self.radii.text())
        asked = AskedOfLogs(self.paths, *texts, first=self._first)
        self._readings.submit(
            lambda stop: log_tables.read(asked),
            "reading logs",
            on_done=self._show,
            on_failed=partial(self._fail, asked),
            urgent=True,
        )

    def _show(self, shown: LogsShown) -> None:
        chosen = self.chosen.log.path if self.chosen else ""
        self.shown, rows = shown, log_tables.rows(shown)
        say(self.complaint, "")
        say(self.skipped, log_tables.skipped(shown))
        count, found = len(rows), shown.found
        self.set_subtitle(
            f"{count:,} log{'s' * (count != 1)} · as written; their votes are not in them · held "
            f"against n = {found.n:,}, alpha = {found.alpha:g}"
        )
        self.model.show_rows(rows, log_tables.header(shown))
        place = next((row.place for row in rows if row.log.path == chosen), 0)
        self.table.selectRow(place)
        if shown.figure is not None:
            self.chart.show_figure(shown.figure)
        else:
            self.chart.wait("These logs hold predictions alone: there is no radius to draw.")
        self._refresh()

    @Slot(QItemSelection, QItemSelection)
    def _choose(self, chosen: QItemSelection, before: QItemSelection) -> None:
        row = self.chosen
        self.name.set_breakable(row.name if row else "", after="_")
        self.name.setVisible(row is not None)
        say(self.faults, log_tables.faults(row) if row else "")
        set_role(self.faults, "provisional" if row and row.log.lint else "")
        say(self.compared, log_tables.compared(row) if row else "")
        self.differences.show_rows(log_tables.differences(row) if row else [])
        self._refresh()

    def _refer(self) -> None:
        if (row := self.chosen) is not None:
            self._first = row.log.path
            self._read()

    def _fail(self, asked: AskedOfLogs, failure: Failure) -> None:
        """Logs that were read before stay; the path that was refused is let go."""
        say(self.complaint, in_the_window(failure.sentence))
        before = {Path(log.path.partition("#")[0]) for log in self._files()}
        kept = [
            path
            for path in asked.paths
            if any(one == path or path in one.parents for one in before)
        ]
        if len(kept) < len(asked.paths):
            self.paths = tuple(kept)
        if self.shown is None:
            self._forget("There are no logs to show.", keep=True)

    def _files(self) -> Sequence[LogSummary]:
        return self.shown.found.files if self.shown is not None else ()

    def _forget(self, sentence: str, *, keep: bool = False) -> None:
        self.shown = None
        self.set_subtitle("")
        self.model.show_rows([])
        self.chart.wait(sentence)
        for label in (self.name, self.faults, self.compared, self.skipped):
            say(label, "")
        if not keep:
            say(self.complaint, "")
        self.differences.show_rows([])
        self._refresh()

    def _refresh(self) -> None:
        for button in (self.save, self.clear):
            button.setEnabled(self.shown is not None)
        self.refer.setEnabled(self.chosen is not None and self.chosen.place > 0)

    @Slot()
    def retheme(self) -> None:
        """Fields as wide as their numbers, and the colours of the curves."""
        for editor, width in self._widths.items():
            editor.setFixedWidth(round(themes.current().px(width)))
        self.table.viewport().update()

    def shows_other(self, shown: Evidence | None) -> bool:
        """Logs of others."""
        return self.shown is not None

    def _write(self, shown: LogsShown, path: Path) -> None:
        self._session.worker.submit(
            lambda stop: log_tables.written(shown.found, path),
            f"writing {path.name}",
            owed=True,
            on_done=self._session.exports.exported.emit,
        )

    def _save(self, fmt: str) -> None:
        if self.shown is not None:
            write = partial(self._write, self.shown)
            self._asker.save_file(f"Save {fmt.upper()}", f"logs.{fmt}", write)


def _paint(row: LogRow, column: int) -> str | None:
    """The name in the colour of its curve, the best at a radius in that of what is certified."""
    theme = themes.current()
    if column == 0:
        drawn = [log for log in row.shown.found.files[: row.place] if log.certified_accuracy]
        return ink(len(drawn), theme) if row.log.certified_accuracy else None
    return theme.certified if log_tables.is_best(row, column) else None
