"""The set that is certified, or read from a case, and what may be asked about its rows.

A set counts in the lane of single runs, so that one thing is counted at a time; its rows are
labelled from what they were counted with, never from the form.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer, Signal, Slot

from engine.core.errors import NotAFunction
from engine.evidence.evidence import Evidence
from gui.controllers.case import CaseController
from gui.controllers.form import Form
from gui.controllers.loading import Loading
from gui.jobs import audit_jobs
from gui.jobs.audit_jobs import AuditView, AuditWish, CaseWatch
from gui.jobs.engine_jobs import EngineJobs
from gui.jobs.worker import Failure, Lane, Worker

if TYPE_CHECKING:
    from engine.attacks.plan import AttackPlan
    from engine.case import Case
    from engine.inputs.base import Pixels
    from engine.procedures.set_standing import SetRow

_AGAIN_MS = 2000
"""Pause after which a set that another process counts is read again."""
NO_CASE = "There is no case in which the runs could be kept; File > New case makes one."


class Audits(QObject):
    """One set at a time.

    Attributes:
        view: the set as it stands; None before the first.
        wish: what it was asked for; None where it was read from a case.
        stopping: it was asked to stop.

    Signals:
        changed: another set, or it began or ended.
        grew: ``view`` did.
        refused: why a set could not be certified.
        ended: the run ids of the rows of a set that has ended.
    """

    changed = Signal()
    grew = Signal()
    refused = Signal(str)
    ended = Signal(object)

    def __init__(
        self,
        worker: Worker,
        engine: EngineJobs,
        loading: Loading,
        form: Form,
        case: CaseController,
        counting: Lane,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._worker, self._engine, self._counting = worker, engine, counting
        self._loading, self._form, self._case = loading, form, case
        self._watching = Lane(worker)
        self._watch: CaseWatch | None = None
        self._file: Case | None = None
        self._mine = False
        self.view: AuditView | None = None
        self.wish: AuditWish | None = None
        self.stopping = False
        self._again = QTimer(self, singleShot=True, interval=_AGAIN_MS)
        self._again.timeout.connect(self._look)
        worker.urgent.connect(self._give_way)
        self._moves = False
        case.copied.connect(self._on_copied)
        case.opened.connect(self._on_opened)

    @property
    def running(self) -> bool:
        """Whether a set is being certified."""
        return self._mine and self._counting.busy

    @property
    def obstacle(self) -> str:
        """Why no set can be certified now, in a sentence; empty where one can."""
        loading = self._loading
        if self._counting.busy:
            return "Stop the current run (Esc) first."
        if self._form.complaint:
            return self._form.complaint
        if loading.models.busy or loading.model is None or "model" in loading.astray:
            return "Open a model first."
        return "" if self._case.file is not None else NO_CASE

    def wished(
        self,
        sources: Sequence[str],
        limit: int,
        at: Sequence[str],
        attack: AttackPlan | None = None,
    ) -> AuditWish | None:
        """A set under the open model and the form's settings; None without a model."""
        loading, form = self._loading, self._form
        if loading.model is None or loading.request is None:
            return None
        return AuditWish(
            loading.model,
            loading.request,
            tuple(sources),
            form.settings,
            form.execution,
            limit,
            tuple(at),
            attack,
        )

    def start(self, wish: AuditWish) -> None:
        """Certify a set; runs of it that the case holds finished are taken as they are."""
        classifier, file, warn = self._loading.classifier, self._case.file, self._case.warned.emit
        if self.obstacle or classifier is None or file is None:
            return
        self.forget()
        self.wish, self._file, self._mine = wish, file, True
        self._counting.submit(
            lambda stop: self._engine.audit(classifier, wish, file, stop, warn=warn),
            "certifying a set",
            on_done=self._take,
            on_failed=self._fail,
            on_snapshot=self._show,
            urgent=True,
            asks="Stop certifying the set and close? What was counted is kept.",
        )
        self.changed.emit()

    def stop(self) -> None:
        """End it after the batch at hand; rows stay, and votes of the input at hand are kept."""
        if self.running:
            self.stopping = True
            self._counting.stop()
            self._worker.activity_changed.emit()

    def watch(self) -> None:
        """Show the newest set of the open case, and follow it while another process counts it."""
        file = self._case.file
        if file is None or self.running or self.wish is not None:
            return
        if self._watch is None or self._file is not file:
            self.forget()
            self._file, self._watch = file, CaseWatch(file)
        self._look()

    def forget(self) -> None:
        """Nothing is shown any more."""
        self._again.stop()
        self._watching.drop()
        self.view = self.wish = self._watch = None
        self.stopping = self._mine = False
        self.changed.emit()

    def read(self, row: SetRow, on_done: Callable[[Evidence | str], object]) -> None:
        """Read the run of a row, between two batches if a set is being certified."""
        if (file := self._file) is not None and row.run_id:
            self._worker.submit(
                lambda stop: audit_jobs.row_evidence(file, row),
                f"reading {row.name}",
                on_done=on_done,
                quiet=True,
                aside=True,
            )

    def draw(
        self, specs: Sequence[str], side: int, on_done: Callable[[dict[str, Pixels | None]], object]
    ) -> None:
        """Small images of some inputs."""
        self._worker.submit(
            lambda stop: audit_jobs.thumbnails(specs, side),
            "drawing inputs",
            on_done=on_done,
            quiet=True,
            aside=True,
        )

    def write(self, path: Path, on_done: Callable[[Path], object]) -> None:
        """Write the set as the suffix says: CSV, JSON or a report, as the command line does.

        A report has images of its first and last rows while the model is the open one.
        """
        view, file, loading = self.view, self._file, self._loading
        if view is not None and view.result is not None and file is not None:
            same = loading.model is not None and loading.model.function == view.model.function
            classifier = loading.classifier if same else None
            self._worker.submit(
                lambda stop: audit_jobs.written(view, file, path, classifier),
                f"writing {path.name}",
                owed=True,
                on_done=on_done,
            )

    @Slot()
    def _look(self) -> None:
        watch = self._watch
        if watch is not None:
            self._watching.submit(
                watch.look,
                "reading a set from the case",
                on_done=self._take_watched,
                on_snapshot=self._show,
                quiet=True,
            )

    @Slot()
    def _on_copied(self) -> None:
        """All runs of the open case are about to be in another file too."""
        self._moves = self._file is not None and self._file is self._case.file

    @Slot()
    def _on_opened(self) -> None:
        if self._moves:
            self._file, self._moves = self._case.file, False

    @Slot()
    def _give_way(self) -> None:
        """Whatever somebody waits for comes before the reading of a case; that goes on later."""
        if self._watching.busy:
            self._watching.stop()
            self._again.start()

    def _show(self, view: AuditView) -> None:
        self.view = view
        self.grew.emit()

    def _take_watched(self, view: AuditView | None) -> None:
        if view is not None:
            self._show(view)
            if view.counted_elsewhere:
                self._again.start()
        self.changed.emit()

    def _take(self, view: AuditView) -> None:
        self._mine = self.stopping = False
        self._show(view)
        self.changed.emit()
        self.ended.emit([row.run_id for row in view.rows if row.run_id])
        if self._case.own is None:
            self._case.refresh()

    def _fail(self, failure: Failure) -> None:
        self._mine = self.stopping = False
        if isinstance(failure.error, NotAFunction):
            self.view = None  # no row of it stands
        self.changed.emit()
        self.refused.emit(failure.sentence)
        if self.view is not None:
            self.ended.emit([row.run_id for row in self.view.rows if row.run_id])
