"""Prune for robustness: a table that fills, and the scores by which channels stay or go."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Slot
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QMenu, QVBoxLayout, QWidget

from engine.core.errors import UserError
from engine.pruning.records import (
    COLUMNS,
    COMPARED,
    MEANT,
    TITLES,
    PrunedRow,
    PruningTable,
    Summary,
)
from gui.controllers.session import Session
from gui.jobs.pruning_jobs import pruning, written
from gui.jobs.worker import Failure
from gui.pages.pruning_setup import WIDTH, PruningSetup
from gui.pages.work_page import WorkPage
from gui.plots.curves import CurvePlot
from gui.widgets.alone import Alone
from gui.widgets.buttons import menu_button
from gui.widgets.columns import FittedColumns
from gui.widgets.file_dialogs import MODEL_FILTER, FileAsker, model_spec
from gui.widgets.flag_names import in_the_window
from gui.widgets.halves import Halves
from gui.widgets.layouts import filled, labelled
from gui.widgets.section import say, words
from gui.widgets.text_table_model import RowsModel, plain_table

if TYPE_CHECKING:
    from engine.evidence.evidence import Evidence
    from engine.pruning.lab import Pruning

_WAIT = "Choose what to prune and press Prune."


class PruningPage(WorkPage):
    """Left what is pruned, right the means over the seeds and the scores of one cut.

    Attributes:
        sides: both, or in a narrow window one of them, since the table is wide.
        shown: the table on show; None before the first.
    """

    setup: PruningSetup

    def __init__(
        self, session: Session, asker: FileAsker, *, parent: QWidget | None = None
    ) -> None:
        super().__init__("Prune for robustness", session, work="pruning", parent=parent)
        self._asker = asker
        self.shown: PruningTable | None = None
        self.setup = PruningSetup()
        self.model: RowsModel[Summary] = RowsModel(COLUMNS, Summary.cells, tips=MEANT)
        self.table = plain_table(self.model, "Means over the seeds", ())
        FittedColumns(self.table, (150,))
        self.chart = CurvePlot("Scores")
        self.cut = QComboBox()
        self.cut.setAccessibleName("Scores of which network, before which cut")
        self.compared = words(role="small")
        self.verdict = words(name="What the table says of USN")
        self._lay_out()
        self._make_buttons()
        self._connect()
        self._wait()
        self._refresh()

    def begin(self) -> None:
        """Start what is described."""
        try:
            wish = self.setup.wish()
        except UserError as error:
            say(self.complaint, in_the_window(str(error)))
            return
        say(self.complaint, "")
        self.shown = None
        self.hold(None)
        self.sides.choose(1)
        self._wait("Opening the detector and drawing its images…")
        self.lane.submit(
            lambda stop: pruning(wish, stop),
            "pruning",
            on_done=self._on_ended,
            on_failed=self._on_failed,
            on_snapshot=self._on_snapshot,
            asks=self.asks,
        )
        self._refresh()

    def _lay_out(self) -> None:
        choice = filled(QHBoxLayout(), labelled("Scores of", self.cut), (self.cut, 1))
        below, above, right = QWidget(), QWidget(), QWidget()
        filled(QVBoxLayout(above), (self.table, 1), self.compared, self.verdict, spacing=6)
        filled(QVBoxLayout(below), choice, (self.chart, 1), spacing=6)
        halves = Halves(("Table", "Scores"), (above, below), sizes=(350, 310))
        layout = filled(QVBoxLayout(right), (halves, 1), self.progress, spacing=8)
        layout.setContentsMargins(8, 0, 0, 0)
        say(self.complaint, "")
        parts = self.setup, right
        self.sides = Halves(("What is pruned", "Results"), parts, sizes=(WIDTH, 900), beside=True)
        self.sides.both.setStretchFactor(1, 1)
        self.content.addWidget(self.complaint)
        self.content.addWidget(self.sides, 1)

    def _make_buttons(self) -> None:
        self.add_start("P&rune")
        menu = QMenu(self)
        for fmt in ("csv", "json"):
            menu.addAction(f"Save {fmt.upper()}…", partial(self.ask_where_to_save, fmt))
        self.save = menu_button("&Save ▾", "Save the table", "As CSV, or as JSON", menu)
        self.buttons.insertWidget(self.buttons.count() - 1, self.save)

    def _connect(self) -> None:
        self.setup.ask_model.connect(self._ask_for_model)
        self.setup.ask_folder.connect(self._ask_for_folder)
        self.setup.changed.connect(self._refresh)
        self.cut.currentIndexChanged.connect(self._draw)
        self.table.selectionModel().selectionChanged.connect(self._follow_row)
        self.chart.notice.connect(self.notice)
        self.chart.enlarged.connect(Alone(self.chart).toggle)
        self.watch()

    def _on_snapshot(self, now: Pruning) -> None:
        self.show_progress(now.share, f"{now.rows} of {now.total} networks · {now.doing}")
        if self.shown is None or len(now.table.rows) > len(self.shown.rows):
            self._show(now.table)

    def _show(self, table: PruningTable) -> None:
        self.shown = table
        self.model.show_rows(list(table.summaries))
        say(self.compared, COMPARED if table.rows else "")
        say(self.verdict, table.verdict)
        chosen = self.cut.currentText()
        self.cut.blockSignals(True)
        self.cut.clear()
        for place, row in enumerate(table.rows):
            for number in range(len(row.cuts)):
                said = f"{TITLES[row.method]}, seed {row.seed}, cut {number + 1}"
                self.cut.addItem(said, (place, number))
        self.cut.setCurrentIndex(max(0, self.cut.findText(chosen)))
        self.cut.blockSignals(False)
        self._draw()
        self._refresh()

    def _on_ended(self, table: PruningTable) -> None:
        self._show(table)
        settings = table.settings
        done = sum(bool(row.cuts) for row in table.rows)
        whole = done == settings.seeds * len(settings.methods)
        self.doing.setText("" if whole else f"stopped after {done} pruned networks")
        if table.rows:
            self.hold(table)
        else:
            self._wait("Stopped before the first network was mapped.")
        self._refresh()

    @Slot()
    def _draw(self) -> None:
        """The scores that are chosen."""
        found = self._chosen()
        if found is None:
            self.chart.wait("Scores appear with the first network that is pruned.")
            return
        from engine.pruning.figures import score_figure

        self.chart.show_figure(score_figure(*found))

    def _chosen(self) -> tuple[PrunedRow, int] | None:
        at = self.cut.currentData()
        return None if at is None or self.shown is None else (self.shown.rows[at[0]], at[1])

    @Slot()
    def _follow_row(self) -> None:
        """A row of the table shows the first scores of its method."""
        rows = self.table.selectionModel().selectedRows()
        if rows:
            said = TITLES[self.model.rows[rows[0].row()].method]
            place = self.cut.findText(f"{said}, seed", Qt.MatchFlag.MatchStartsWith)
            if place >= 0:
                self.cut.setCurrentIndex(place)

    def _wait(self, sentence: str = _WAIT) -> None:
        self.model.show_rows([])
        self.cut.clear()
        self.chart.wait(sentence)
        for label in (self.compared, self.verdict):
            say(label, "")
        self.show_progress(0.0, "")

    @Slot()
    def _refresh(self) -> None:
        super()._refresh()
        self.save.setEnabled(self.shown is not None and bool(self.shown.rows))
        self.cut.setEnabled(self.cut.count() > 0)

    def _on_failed(self, failure: Failure) -> None:
        self.shown = None
        self._wait()
        say(self.complaint, in_the_window(failure.sentence))
        self._refresh()

    @Slot()
    def _ask_for_model(self) -> None:
        self._asker.open_file(
            "Prune a detector",
            MODEL_FILTER,
            lambda path: self.setup.model.setText(model_spec(path)),
        )

    @Slot()
    def _ask_for_folder(self) -> None:
        self._asker.open_folder("Keep the networks in", self.setup.put_folder)

    def shows_other(self, shown: Evidence | None) -> bool:
        """Networks, none of which is the shown run."""
        return self.shown is not None

    def ask_where_to_save(self, fmt: str) -> None:
        """Where to write the shown table, as CSV or as JSON."""
        if self.shown is not None:
            table = self.shown
            self._asker.save_file(
                f"Save {fmt.upper()}",
                f"pruning.{fmt}",
                lambda path: self.write(table, path, lambda: written(table, path)),
            )
