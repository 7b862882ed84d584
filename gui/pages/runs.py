"""The runs of the open case: find one, look at it, compare any number, resume one."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QItemSelection, Qt, Signal, Slot
from PySide6.QtWidgets import QAbstractItemView, QLineEdit, QTableView, QWidget

from gui.controllers.case import CaseController
from gui.jobs.case_jobs import Kept
from gui.pages.run_comparison import RunComparison, inputs_of
from gui.pages.runs_model import NOTE, RunsModel, filtered, run_title
from gui.results.record import RecordView
from gui.widgets.columns import FittedColumns
from gui.widgets.halves import Halves
from gui.widgets.layouts import divided
from gui.widgets.page import Page
from gui.widgets.text_table_model import plain_table

if TYPE_CHECKING:
    from engine.case import RunRow
    from engine.evidence.evidence import Evidence

_COMPARABLE = 2
"""From so many pinned runs on there is something to compare."""
_LEAST = (0, 90, 70, 120, 90, 90, 0, 0, 90)
"""Widths to which columns are shortened; 0 where they never are."""
_EMPTY = "No runs yet: each is kept here from its first votes on."
_FORGED = "Not following from their own votes"
_WAIT = "It is read when the current run has ended."
_NO_RESULT = "This run has no result: it was interrupted. Its votes are kept; resume it."


class RunsPage(Page):
    """A list above, a result or a comparison of several below.

    Signals:
        resume_asked: a row that is to be counted on.
        export: evidence and format.
    """

    beside_form = beside_statement = False

    resume_asked = Signal(object)
    export = Signal(object, str)

    def __init__(self, case: CaseController, *, parent: QWidget | None = None) -> None:
        super().__init__("Runs", parent=parent)
        self._case = case
        self._compared: list[RunRow] = []
        self.model = RunsModel()
        self.proxy = filtered(self.model)
        self.filter = QLineEdit(placeholderText="Filter", clearButtonEnabled=True)
        self.filter.setAccessibleName("Filter the runs")
        self.filter.setMaximumWidth(220)
        self.filter.textChanged.connect(self.proxy.setFilterFixedString)
        self.table = self._make_table()
        self.first, self.together = RecordView(), RunComparison()
        self.first.export.connect(self.export)
        for view in (self.first, self.together):
            view.notice.connect(self.notice)
        self.together.added.connect(self._add)
        self.together.left_out.connect(self._leave_out)
        views = divided(Qt.Orientation.Horizontal, self.first, self.together)
        self.halves = Halves(("List", "Result"), (self.table, views), sizes=(200, 430))
        self._found: dict[int, Kept | str | None] = {}
        self._compare_none()
        self.content.addWidget(self.halves, 1)
        self._make_buttons()
        case.listed.connect(self.refresh)
        case.opened.connect(self._clear)
        self.model.noted.connect(case.note)
        self.refresh()

    @property
    def chosen(self) -> RunRow | None:
        """The selected run."""
        found = self.table.selectionModel().selectedRows()
        return self.model.rows[self.proxy.mapToSource(found[0]).row()] if found else None

    @Slot()
    def refresh(self) -> None:
        """The list as it was read last; the newest run is looked at first."""
        rows = self._case.listing.rows
        self.model.show_rows(rows)
        name = self._case.title or "this session"
        self.set_subtitle(f"{name} · {len(rows)} run{'s' * (len(rows) != 1)}")
        if not rows:
            self.first.show_text("", _EMPTY)
        elif self.chosen is None and not self._compared:
            self.table.selectRow(0)
        elif self.chosen is not None and not self._case.waits:
            self._case.read(self.chosen, self._show_result)  # labels may have been added to it
        self._offer()
        self._refresh_buttons()

    def shows_other(self, shown: Evidence | None) -> bool:
        """Several that are compared, or the chosen one where it is not the shown run itself."""
        one = self.first.shown
        same = one is not None and shown is not None and one.run_id == shown.run_id
        return bool(self._compared) or (self.chosen is not None and not same)

    def compare(self) -> None:
        """Show all runs that were pinned together, the oldest first."""
        pinned = [row for row in self.model.rows if row.pinned][::-1]
        if len(pinned) < _COMPARABLE:
            return
        self.table.clearSelection()
        self._compared, self._found = pinned, {}
        for row in pinned:
            self._case.read(row, self._show_result)

    @Slot(str)
    def _add(self, name: str) -> None:
        """Compare one run more, and pin it as the others are."""
        row = next((row for row in self.model.rows if _name(row) == name), None)
        if row is not None and row.id not in {one.id for one in self._compared}:
            if not row.pinned:
                self._case.pin(row)
            self._compared = sorted([*self._compared, row], key=lambda one: one.id)
            self._case.read(row, self._show_result)

    @Slot(str)
    def _leave_out(self, name: str) -> None:
        """Compare one run less, and pin it no more."""
        for row in self.model.rows:
            if _name(row) == name and row.pinned:
                self._case.pin(row)
        self._compared = [row for row in self._compared if _name(row) != name]
        self._found = {
            row.id: self._found[row.id] for row in self._compared if row.id in self._found
        }
        if len(self._found) == len(self._compared):
            self._compare()

    def _offer(self) -> None:
        """Runs that may be compared too, the newest first."""
        compared = {row.id for row in self._compared}
        ready = ("stopped", "finished")
        others = [row for row in self.model.rows if row.state in ready and row.id not in compared]
        said = [(_name(row), f"{_name(row)}: {row.model.name}, {row.input.name}") for row in others]
        self.together.offer(said)

    def _compare(self) -> None:
        """All that was waited for is there: compare the runs that have a result."""
        kept = {_name(row): self._found[row.id] for row in self._compared}
        found = {name: one for name, one in kept.items() if isinstance(one, Kept)}
        forged = [name for name, one in found.items() if one.recomputed]
        runs = [(name, one.evidence) for name, one in found.items() if name not in forged]
        lacking = [name for name in kept if name not in found]
        for why, names in (("Without a result", lacking), (_FORGED, forged)):
            if names:
                self.notice.emit("warning", f"{why}, and left out: {', '.join(names)}.")
        if not runs:
            self._compare_none()
            self.table.selectRow(0)
            return
        # what was named now as left out is not named again when another run is taken out
        self._compared = [row for row in self._compared if _name(row) in dict(runs)]
        self._found = {row.id: self._found[row.id] for row in self._compared}
        self._offer()
        self.halves.choose(1)
        self.together.show_runs(runs)
        self.first.hide()
        self.together.show()
        self._case.read_images(inputs_of(runs), self.together.show_images)

    def _compare_none(self) -> None:
        self._compared = []
        self.together.hide()
        self.first.show()

    def _make_table(self) -> QTableView:
        table = plain_table(self.proxy, "Runs of the case", ())
        table.setSortingEnabled(True)
        table.sortByColumn(0, Qt.SortOrder.DescendingOrder)
        table.setEditTriggers(
            QAbstractItemView.EditTrigger.DoubleClicked
            | QAbstractItemView.EditTrigger.EditKeyPressed
        )
        FittedColumns(table, _LEAST)
        table.selectionModel().selectionChanged.connect(self._choose)
        return table

    def _make_buttons(self) -> None:
        self.buttons.insertWidget(0, self.filter)
        tip = "Open its model and input and count the missing votes"
        self.resume = self.add_button("&Resume", self._resume, tip=tip)
        self.note = self.add_button("Edit &note", self._edit_note)
        self.pin = self.add_button("&Pin", self._pin, tip="Mark a run for comparison")
        tip = "Show all pinned runs together: how they differ, their bounds and regions"
        self.compare_button = self.add_button("&Compare pinned", self.compare, tip=tip)

    def _refresh_buttons(self) -> None:
        row = self.chosen
        self.pin.setEnabled(row is not None)
        self.pin.setText("Un&pin" if row is not None and row.pinned else "&Pin")
        self.note.setEnabled(row is not None)
        self.resume.setEnabled(row is not None and row.resumable)
        self.compare_button.setEnabled(sum(row.pinned for row in self.model.rows) >= _COMPARABLE)

    @Slot(QItemSelection, QItemSelection)
    def _choose(self, chosen: QItemSelection, before: QItemSelection) -> None:
        row = self.chosen
        self._refresh_buttons()
        if row is None:
            return
        self._compare_none()
        self.first.show_text(run_title(row), _WAIT if self._case.waits else "Reading…")
        self._case.read(row, self._show_result)

    def _show_result(self, row: RunRow, found: Kept | str | None) -> None:
        """A result that was read; one that nobody waits for any more is dropped."""
        if row.id in (waited := [one.id for one in self._compared]):
            self._found[row.id] = found
            if set(waited) == set(self._found):
                self._compare()
        elif self.chosen is not None and row.id == self.chosen.id:
            if isinstance(found, Kept):
                title, words = run_title(row, found.evidence), found.recomputed
                self.first.show_evidence(found.evidence, title, recomputed=words)
            else:
                self.first.show_text(run_title(row), found or _NO_RESULT)

    @Slot()
    def _clear(self) -> None:
        self._compare_none()
        self.first.show_text("", "Reading the runs…")

    @Slot()
    def _pin(self) -> None:
        if (row := self.chosen) is not None:
            self._case.pin(row)

    @Slot()
    def _resume(self) -> None:
        if (row := self.chosen) is not None:
            self.resume_asked.emit(row)

    @Slot()
    def _edit_note(self) -> None:
        found = self.table.selectionModel().selectedRows(NOTE)
        if found:
            self.table.edit(found[0])


def _name(row: RunRow) -> str:
    return f"Run {row.id}"
