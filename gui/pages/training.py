"""Train an image model: a form, live curves, a state that is resumed, and the result to open."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import Qt, Slot
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QVBoxLayout, QWidget

from engine.models.request import ModelRequest
from engine.training.progress import MEASURING
from gui.controllers.session import Session
from gui.jobs import training_jobs
from gui.jobs.training_jobs import TrainingShown
from gui.jobs.worker import Failure, Lane
from gui.pages.training_form import TrainingForm
from gui.pages.training_results import TrainingResults
from gui.plots.curves import CurvePlot
from gui.widgets.alone import Alone
from gui.widgets.file_dialogs import FileAsker
from gui.widgets.flag_names import in_the_window
from gui.widgets.halves import Halves
from gui.widgets.layouts import divided, filled
from gui.widgets.page import Page
from gui.widgets.scroll import ScrollColumn
from gui.widgets.section import say

_WAIT = "The curve appears with the first epoch that has ended."
_KEPT = (
    "Stopped; the state after the last whole epoch is kept, and Train with the same form resumes "
    "there."
)
_NOTHING_KEPT = "Stopped before the first epoch had ended: nothing is kept."


class TrainingPage(Page):
    """The form at the left, the curves at the right, and below them numbers, epochs and card.

    Attributes:
        shown: how far the training is, or how it ended; None before the first.
    """

    beside_form = beside_statement = False

    def __init__(
        self, session: Session, asker: FileAsker, *, parent: QWidget | None = None
    ) -> None:
        super().__init__("Train", parent=parent)
        self._session, self._lane = session, Lane(session.worker)
        self._looks = Lane(session.worker)
        self.shown: TrainingShown | None = None
        self.form = TrainingForm(asker)
        self.results = TrainingResults()
        self.complaint, self.said = self.results.complaint, self.results.said
        self.loss, self.accuracy = CurvePlot("Loss"), CurvePlot("Accuracy")
        self.start = self.add_button(
            "&Train", self.train, tip="Train, or resume the same training", role="primary"
        )
        self.halt = self.add_button("&Stop", self.stop, tip="Keep the last whole epoch")
        self.open = self.add_button("&Open the result", self._open, tip="Certify with this model")
        self._lay_out()
        self.form.out.editingFinished.connect(self._look)
        for chart in (self.loss, self.accuracy):
            chart.notice.connect(self.notice)
            chart.enlarged.connect(Alone(chart).toggle)
            chart.wait(_WAIT)
        self._refresh()

    def showEvent(self, event: QShowEvent) -> None:
        """What lies in the folder may be another by now."""
        super().showEvent(event)
        self._look()

    @property
    def running(self) -> bool:
        """Whether a training is at work or waits for its turn."""
        return self._lane.busy

    @Slot()
    def train(self) -> None:
        """Begin, or resume what was begun with the same form."""
        asked = self.form.asked()
        if asked is None or self.running:
            return
        self.shown = None
        for label in (self.complaint, self.said):
            say(label, "")
        for chart in (self.loss, self.accuracy):
            chart.wait(_WAIT)
        self.results.clear()
        say(self.said, training_jobs.BEFORE)
        self._lane.submit(
            partial(training_jobs.train, asked),
            "training",
            on_snapshot=self._show,
            on_done=self._end,
            on_failed=self._fail,
            asks="Stop the training and close? The epoch at hand is lost; those before are kept.",
        )
        self._refresh()

    @Slot()
    def stop(self) -> None:
        """End after the batch at hand."""
        self._lane.stop()
        say(self.said, "Stopping…")
        self.halt.setEnabled(False)

    @Slot()
    def _look(self) -> None:
        """Show what earlier trainings left, until there is one to show."""
        if self.running or self.shown is not None:
            return
        out = self.form.folder
        self._looks.submit(
            lambda stop: training_jobs.kept(out),
            "looking for earlier trainings",
            on_done=self._show_kept,
            quiet=True,
        )

    def _show_kept(self, rows: list[tuple[str, str]]) -> None:
        if not self.running and self.shown is None:
            self.results.show_kept(rows)

    def _lay_out(self) -> None:
        left = ScrollColumn("What to train", spacing=8)
        left.column.addWidget(self.form)
        left.column.addStretch(1)
        right = QWidget()
        plots = divided(Qt.Orientation.Horizontal, self.loss, self.accuracy, sizes=(450, 450))
        self.halves = Halves(("Curves", "Epochs"), (plots, self.results), sizes=(360, 240))
        said = self.complaint, self.said  # seen beside either half
        filled(QVBoxLayout(right), *said, (self.halves, 1), spacing=8)
        whole = divided(Qt.Orientation.Horizontal, left, right, sizes=(380, 900))
        whole.setStretchFactor(1, 1)
        self.content.addWidget(whole, 1)

    def _show(self, shown: TrainingShown) -> None:
        fresh = self.shown is None or self.shown.loss is not shown.loss
        self.shown, now = shown, shown.progress
        measures = now is not None and now.done == now.epochs and shown.path is None
        say(self.said, MEASURING if measures else "")
        if fresh and shown.loss is not None and shown.accuracy is not None:
            self.loss.show_figure(shown.loss)
            self.accuracy.show_figure(shown.accuracy)
        self.results.show_training(shown)
        self._refresh()

    def _end(self, shown: TrainingShown) -> None:
        self._show(shown)
        kept = _NOTHING_KEPT if shown.loss is None else _KEPT
        say(self.said, kept if shown.path is None else f"Wrote {shown.path} and its card.")
        self._refresh()

    def _fail(self, failure: Failure) -> None:
        say(self.said, "")
        say(self.complaint, in_the_window(failure.sentence))
        self._refresh()

    @Slot()
    def _open(self) -> None:
        if self.shown is not None and self.shown.path is not None:
            self._session.loading.open_model(ModelRequest(str(self.shown.path)))
            self.left.emit()

    def _refresh(self) -> None:
        going = self.running
        self.form.enable(not going)
        self.start.setEnabled(not going)
        self.halt.setEnabled(going)
        self.open.setEnabled(not going and self.shown is not None and self.shown.path is not None)
        self.set_subtitle(self.form.chosen.title)
