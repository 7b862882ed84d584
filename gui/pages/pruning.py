"""Prune for robustness: a table that fills, and the scores by which channels stay or go."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Slot
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QMenu, QProgressBar, QVBoxLayout, QWidget

from engine.core.errors import UserError
from engine.pruning.records import COLUMNS, COMPARED, TITLES, PrunedRow, PruningTable, Summary
from gui.controllers.session import Session
from gui.jobs.pruning_jobs import pruning, written
from gui.jobs.worker import Failure, Lane
from gui.pages.pruning_setup import WIDTH, PruningSetup
from gui.plots.curves import CurvePlot
from gui.style import theme as themes
from gui.widgets.buttons import menu_button
from gui.widgets.columns import FittedColumns
from gui.widgets.file_dialogs import MODEL_FILTER, FileAsker, model_spec
from gui.widgets.flag_names import in_the_window
from gui.widgets.layouts import divided, filled, labelled
from gui.widgets.page import Page
from gui.widgets.section import say, words
from gui.widgets.text_table_model import RowsModel, plain_table

if TYPE_CHECKING:
    from engine.pruning.lab import Pruning

_STEPS = 1000
_WAIT = "Choose what to prune and press Prune."
_YIELDED = "Pruning was stopped by another request; the rows so far are shown."


class PruningPage(Page):
    """Left what is pruned, right the means over the seeds and the scores of one cut.

    Attributes:
        shown: the table on show; None before the first.
    """

    beside_form = beside_statement = False

    def __init__(
        self, session: Session, asker: FileAsker, *, parent: QWidget | None = None
    ) -> None:
        super().__init__("Prune for robustness", parent=parent)
        self._session, self._asker = session, asker
        self._prunings = Lane(session.worker)
        self.shown: PruningTable | None = None
        self.setup = PruningSetup()
        self.model: RowsModel[Summary] = RowsModel(COLUMNS, Summary.cells)
        self.table = plain_table(self.model, "Means over the seeds", ())
        FittedColumns(self.table, (150,))
        self.chart = CurvePlot("Scores")
        self.cut = QComboBox()
        self.cut.setAccessibleName("Scores of which network, before which cut")
        self.complaint = words(role="abstained")
        self.compared = words(role="small")
        self.verdict = words(name="What the table says of USN")
        self.bar, self.doing = QProgressBar(), words(role="small")
        self._lay_out()
        self._make_buttons()
        self._connect()
        self._wait()
        self._refresh()

    @property
    def going(self) -> bool:
        """Whether a table is being made."""
        return self._prunings.busy

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Escape stops the work that goes on, else goes back."""
        if event.key() == Qt.Key.Key_Escape and self.going:
            self.stop()
        else:
            super().keyPressEvent(event)

    @Slot()
    def prune(self) -> None:
        """Start what is described."""
        try:
            wish = self.setup.wish()
        except UserError as error:
            say(self.complaint, in_the_window(str(error)))
            return
        say(self.complaint, "")
        self.shown = None
        self._wait("Opening the detector and drawing its images…")
        self._prunings.submit(
            lambda stop: pruning(wish, stop),
            "pruning",
            on_done=self._on_ended,
            on_failed=self._on_failed,
            on_snapshot=self._on_snapshot,
        )
        self._refresh()

    @Slot()
    def stop(self) -> None:
        """End it; rows that are done stay."""
        self._prunings.stop()

    def _lay_out(self) -> None:
        self.bar.setRange(0, _STEPS)
        self.bar.setTextVisible(False)
        self.bar.setAccessibleName("Progress of the pruning")
        choice = filled(QHBoxLayout(), labelled("Scores of", self.cut), (self.cut, 1))
        below, above, right = QWidget(), QWidget(), QWidget()
        filled(QVBoxLayout(above), (self.table, 1), self.compared, self.verdict, spacing=6)
        filled(QVBoxLayout(below), choice, (self.chart, 1), spacing=6)
        halves = divided(Qt.Orientation.Vertical, above, below, sizes=(330, 330))
        progress = filled(QHBoxLayout(), (self.bar, 2), (self.doing, 3))
        layout = filled(QVBoxLayout(right), self.complaint, (halves, 1), progress, spacing=8)
        layout.setContentsMargins(8, 0, 0, 0)
        say(self.complaint, "")
        columns = divided(Qt.Orientation.Horizontal, self.setup, right, sizes=(WIDTH, 900))
        columns.setStretchFactor(1, 1)
        self.content.addWidget(columns, 1)

    def _make_buttons(self) -> None:
        self.start = self.add_button("P&rune", self.prune, role="primary")
        self.end = self.add_button("&Stop", self.stop, tip="Stop and keep the rows so far (Esc)")
        menu = QMenu(self)
        for fmt in ("csv", "json"):
            menu.addAction(f"Save {fmt.upper()}…", partial(self._save, fmt))
        self.save = menu_button("&Save", "Save the table", "As CSV, or as JSON", menu)
        self.buttons.insertWidget(self.buttons.count() - 1, self.save)

    def _connect(self) -> None:
        self.setup.ask_model.connect(self._ask_for_model)
        self.setup.ask_folder.connect(self._ask_for_folder)
        self.setup.changed.connect(self._refresh)
        self.cut.currentIndexChanged.connect(self._draw)
        self.table.selectionModel().selectionChanged.connect(self._follow_row)
        self._session.worker.urgent.connect(self._give_way)
        self._session.worker.activity_changed.connect(self._refresh)
        self.chart.notice.connect(self.notice)
        themes.registry.follow(self._make_room)

    def _on_snapshot(self, now: Pruning) -> None:
        self.bar.setValue(round(_STEPS * now.share))
        self.doing.setText(f"{now.rows} of {now.total} networks · {now.doing}")
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
        if not table.rows:
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
        self.bar.setValue(0)
        self.doing.setText("")

    @Slot()
    def _refresh(self) -> None:
        going, session = self.going, self._session
        self.start.setEnabled(session.worker.is_warm and not going and not session.runs.running)
        self.end.setEnabled(going)
        self.bar.setVisible(going)
        self.setup.setEnabled(not going)
        self.save.setEnabled(self.shown is not None and bool(self.shown.rows))

    @Slot()
    def _give_way(self) -> None:
        """The worker does one thing at a time: whatever else somebody waits for comes first."""
        if self.going:
            self.stop()
            self.notice.emit("info", _YIELDED)

    @Slot()
    def _make_room(self) -> None:
        """In talk mode the table and the scores are all there is."""
        self.setup.setVisible(not themes.current().on_stage)

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

    def _save(self, fmt: str) -> None:
        if self.shown is not None:
            table = self.shown
            self._asker.save_file(
                f"Save {fmt.upper()}",
                f"pruning.{fmt}",
                lambda path: self._session.worker.submit(
                    lambda stop: written(table, path),
                    f"writing {path.name}",
                    on_done=self._session.exports.exported.emit,
                ),
            )
