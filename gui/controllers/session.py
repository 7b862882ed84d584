"""The controller: what is loaded, what was asked for, what came of it. It owns no widget.

A result is shown with the settings it carries, never with those of the form; whatever belongs to an
older model, image or run is dropped.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, Signal, Slot

from engine.core.errors import OracleRequired, TrustRequired, UserError
from engine.evidence.evidence import Evidence
from engine.evidence.settings import USUAL, Counting, Execution, declared
from engine.evidence.snapshot import Snapshot
from engine.models.request import ModelRequest
from engine.procedures.command_line import command_line
from gui.controllers.case import CaseBook
from gui.controllers.comparison import ADD, COMPARE
from gui.controllers.documents import PLAN, REPLAY, VERIFY, Desk
from gui.controllers.loading import Loading
from gui.controllers.preferences import Preferences, data_folder
from gui.controllers.resume import counted, extended, may_extend, may_go_on
from gui.controllers.warnings import differences, wrong_without_noise
from gui.jobs.engine_jobs import Backend, PredictTest
from gui.jobs.shipped import Offer
from gui.jobs.worker import Failure

if TYPE_CHECKING:
    from engine.case import RunRow

KEPT = "stopped-run.json"
"""Where the votes of a run go that was stopped by closing the window."""
_SAID_BY_PAGES = (VERIFY, PLAN, REPLAY, ADD, COMPARE)


class Session(Loading):
    """One model, one image, one run at a time.

    Every signal is emitted in the UI thread. Most say only that something changed; the new value
    is an attribute.
    """

    warmed = Signal()
    settings_changed = Signal()
    activity_changed = Signal()
    snapshot_changed = Signal()
    evidence_changed = Signal()
    offered = Signal(object)
    trust_asked = Signal(object, object)
    oracle_asked = Signal(object)
    resumed = Signal()
    refused = Signal(str, str)
    """The kind of a job on model, input or run that failed, and the sentence that was noticed."""

    def __init__(
        self,
        *,
        backend: Backend | None = None,
        preferences: Preferences | None = None,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(backend or Backend(), preferences or Preferences(), parent)
        self.complaint = ""
        self.snapshot: Snapshot | None = None
        self._before: Evidence | None = None
        self.stopping = False
        self.is_warm = False
        self.desk = Desk(self.worker, self.backend, parent=self)
        self.casebook = CaseBook(self.worker, self.backend, parent=self)
        self.casebook.notice.connect(self.notice)
        self.casebook.resumable.connect(self._on_resumable)
        self.fitted_changed.connect(self._count_awaited)
        self.worker.warm.connect(self._on_warm)
        self.worker.began.connect(self._on_activity)
        self.worker.idle.connect(self._on_activity)
        self.worker.snapshot.connect(self._on_snapshot)
        self.worker.done.connect(self._on_done)
        self.worker.failed.connect(self._on_failed)

    # -- what is so -------------------------------------------------------------------------

    @property
    def ready(self) -> bool:
        """Whether a run could start."""
        free = not self.running and not self.loading
        return self._subject is not None and free and not self.complaint

    @property
    def can_go_on(self) -> bool:
        """Whether the shown run was stopped and can be counted to its planned n."""
        return self.ready and may_go_on(self.evidence)

    @property
    def can_extend(self) -> bool:
        """Whether the shown run can be counted past its planned n."""
        return self.ready and may_extend(self.evidence)

    def differences(self) -> list[str]:
        """Settings in which the shown result differs from the form; empty if it is current."""
        return differences(self.evidence, self.settings) if self.evidence else []

    def warnings(self) -> tuple[str, ...]:
        """What speaks against a run of the form, before it is started."""
        if self._subject is None or self.model is None:
            return ()
        fitted, answer = self._subject.fitted.identity, self.clean_answer
        said = self.backend.setting_warnings(self._subject.classifier, self.settings)
        return (*said, *wrong_without_noise(self.model, fitted, answer))

    def command_line(self) -> str:
        """The run of the form as a shell command; empty until model and image are there."""
        if self.request is None or self.given is None:
            return ""
        return command_line(self.request, self.given.source, self.settings, self.execution)

    # -- what may be asked ------------------------------------------------------------------

    def start(self) -> None:
        """Start the worker; call it after the first paint."""
        self.worker.start()
        self._submit("offer", "looking for examples", lambda stop: self.backend.offer())

    def set_settings(self, settings: Counting, execution: Execution = USUAL) -> None:
        """What the next run will use, and how it is carried out."""
        self.complaint = ""
        self.settings, self.execution = settings, execution
        self.settings_changed.emit()

    def refuse_settings(self, complaint: str) -> None:
        """The form holds no valid settings: nothing can be started until it does."""
        self.complaint = complaint
        self.settings_changed.emit()

    def certify(self) -> None:
        """Start CERTIFY."""
        self._certify(self.settings)

    def go_on(self) -> None:
        """Count on from where the shown run was stopped, under its own settings."""
        evidence = self.evidence
        if evidence is not None and isinstance(evidence.settings, Counting) and self.can_go_on:
            self._certify(evidence.settings, evidence)

    def extend(self, n: int) -> None:
        """Count the shown run on up to a larger ``n``."""
        evidence = self.evidence
        if evidence is None or not isinstance(evidence.settings, Counting) or not self.can_extend:
            return
        if n > counted(evidence):
            self._certify(extended(evidence.settings, n), evidence)

    def predict(self, test: PredictTest) -> None:
        """Start PREDICT."""
        subject, execution = self._subject, self.execution
        if subject is not None:
            form = self.settings.model_dump(exclude={"kind", "scheme"})
            settings = declared("predict", self.settings.scheme, {**form, "test": test})
            case, warn = self.casebook.case, self.casebook.warned.emit
            self._run(
                "predicting",
                lambda stop: self.backend.predict(
                    subject, settings, execution, stop, case=case, warn=warn
                ),
            )

    def label_answers(self, labels: Mapping[tuple[str, int], str], alpha: float) -> None:
        """Work out what the shown run says of the true class, by a person's labels."""
        evidence, request, case = self.evidence, self.request, self.casebook.case
        warn = self.casebook.warned.emit
        if evidence is not None and not self.running:
            self._submit(
                "label",
                "reading the labels",
                lambda stop: (
                    evidence,
                    self.backend.label_answers(
                        evidence, labels, alpha, case=case, request=request, warn=warn
                    ),
                ),
            )

    def stop(self) -> None:
        """End the run after the batch at hand; what was counted is kept."""
        if self.running:
            self.stopping = True
            self.worker.stop("run")
            self.activity_changed.emit()

    def shutdown(self) -> bool:
        """End everything; the votes of a run that was going are kept in a file.

        Returns:
            False if the worker could not be ended.
        """
        was_running = self.running
        ended = self.worker.shutdown()
        try:
            self.casebook.flush()
        except UserError as error:
            self.notice.emit("error", str(error))
        if was_running and self.evidence is not None:
            path = data_folder() / KEPT
            try:
                self.backend.export(self.evidence, self.images.illustrations, "json", path)
            except UserError as error:
                self.notice.emit("error", str(error))
        return ended

    def resume_run(self, row: RunRow) -> None:
        """Count an unfinished run of the case on; its model and image are opened first."""
        if not self._refuse_while_running("go on with another run"):
            self.casebook.ask_resume(row)

    # -- what came of it --------------------------------------------------------------------

    @Slot()
    def _on_warm(self) -> None:
        self.is_warm = True
        self.warmed.emit()
        self.activity_changed.emit()

    @Slot()
    def _on_activity(self) -> None:
        self.activity_changed.emit()

    @Slot(str, object)
    def _on_snapshot(self, kind: str, snapshot: Any) -> None:
        if kind == "run":
            self.snapshot = snapshot
            self.snapshot_changed.emit()

    @Slot(str, object)
    def _on_done(self, kind: str, outcome: Any) -> None:
        takers: dict[str, Callable[[Any], None]] = {
            "offer": self._take_offer,
            "run": self._take_evidence,
            "label": self._take_labelled,
        }
        taker = takers.get(kind)
        if taker is not None:
            taker(outcome)
        else:
            self.take_errand(kind, outcome)
            self.take_loaded(kind, outcome)
        self.activity_changed.emit()

    @Slot(object, object)
    def _on_resumable(self, row: RunRow, places: tuple[ModelRequest, str]) -> None:
        request, spec = places
        self.casebook.awaited = row
        self.open_model(request)
        self.open_input(spec)

    @Slot(str, object)
    def _on_failed(self, kind: str, failure: Failure) -> None:
        if kind == "run":
            self.stopping = False
            if self._before is not None:
                self._take_evidence(self._before)
        if isinstance(failure.error, TrustRequired):
            self.trust_asked.emit(failure.error, self._asked)
        elif isinstance(failure.error, OracleRequired):
            self.oracle_asked.emit(self._asked)
        else:
            self._complain(kind, failure.sentence)
        if kind in ("model", "input") and self._fit_waits:
            self._fit()  # with what is still there
        self.activity_changed.emit()

    def _complain(self, kind: str, sentence: str) -> None:
        """Say why a job failed, unless the page that asked for it does."""
        if kind in ("model", "input", "fit"):
            self.casebook.awaited = None
        if kind not in _SAID_BY_PAGES:
            self.notice.emit("error", sentence)
        if kind in ("model", "input", "fit", "run"):
            self.refused.emit(kind, sentence)

    def _take_offer(self, offer: Offer) -> None:
        self.offer = offer
        self.offered.emit(offer)

    def _take_evidence(self, evidence: Evidence) -> None:
        self.evidence, self.stopping = evidence, False
        self._before = None
        self.evidence_changed.emit()
        self.casebook.refresh()
        for warning in evidence.warnings:
            self.notice.emit("warning", warning)
        if self._subject is not None:
            self.images.draw(self._subject, evidence)

    def _take_labelled(self, outcome: tuple[Evidence, Evidence]) -> None:
        labelled, found = outcome
        if labelled is self.evidence:
            self.evidence = found
            self.evidence_changed.emit()
        self.casebook.refresh()

    # -- asking the worker ------------------------------------------------------------------

    def _run(self, title: str, work: Callable[[threading.Event], Any]) -> None:
        if self.ready:
            self._clear_result()
            self._submit("run", title, work)

    def _certify(self, settings: Counting, before: Evidence | None = None) -> None:
        """CERTIFY from the start, or from the votes of a run, which stays if that fails."""
        subject, case, warn = self._subject, self.casebook.case, self.casebook.warned.emit
        execution = self.execution
        if subject is None or not self.ready:
            return
        self._run(
            "certifying",
            lambda stop: self.backend.certify(
                subject, settings, execution, stop, before=before, case=case, warn=warn
            ),
        )
        self._before = before

    @Slot()
    def _count_awaited(self) -> None:
        """The model and image of an unfinished run of the case are there: count it on."""
        row, subject, case = self.casebook.awaited, self._subject, self.casebook.case
        if row is None or subject is None or case is None or not self.ready:
            return
        self.casebook.awaited, warn = None, self.casebook.warned.emit
        execution = self.execution
        self._run(
            "certifying",
            lambda stop: self.backend.resume(case, row, subject, execution, stop, warn=warn),
        )
        self.resumed.emit()

    def _clear_result(self) -> None:
        self.images.clear()
        self.worker.drop("preview")
        self.snapshot = self.evidence = None
        self.evidence_changed.emit()
