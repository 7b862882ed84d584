"""The run that is going, the result that is shown, and what may be asked about both.

A result is shown with the settings it carries, never with those of the form; whatever belongs to an
older model, image or run is dropped.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping
from functools import partial
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, Signal, Slot

from engine.core.errors import NotAFunction, UserError
from engine.evidence.evidence import Evidence
from engine.evidence.settings import Counting, RunSettings, Task, declared, task_of
from engine.evidence.snapshot import Snapshot
from engine.models.native_metadata import taught_scheme
from engine.models.request import ModelRequest
from engine.procedures.command_line import command_line
from gui.controllers.case import CaseController
from gui.controllers.form import Form
from gui.controllers.illustrations import Illustrator
from gui.controllers.loading import Loading
from gui.controllers.resume import MOST, counted, extended, may_extend, may_resume
from gui.controllers.warnings import differences, wrong_without_noise
from gui.jobs import case_jobs
from gui.jobs.engine_jobs import EngineJobs, PredictTest
from gui.jobs.worker import Failure, Lane, Worker
from gui.widgets.pace import Pace

if TYPE_CHECKING:
    from engine.case import RunRow
    from engine.schemes import Scheme

TITLES: dict[Task, str] = {
    "certify": "certifying",
    "predict": "predicting",
    "decide": "deciding",
    "measure": "bounding medians",
}
_ASKS = "Stop the current run and close? What was counted is kept."
MORE_N0 = 10
"""Times as many selection votes are proposed where the class was guessed wrong."""
PROMISE = "The run starts as soon as the model and the input are ready."


class Runs(QObject):
    """One run at a time.

    Attributes:
        snapshot: the run as it stands; None before its first votes.
        evidence: the result that is shown; None without one.
        stopping: the run was asked to stop.
        waiting: CERTIFY was asked for while model or input still load; it starts when they are
            there, and is forgotten if they do not open.
        refusal: why the last run failed; None where it did not.

    Signals:
        began: a run was started.
        read: the snapshot at hand is one whose numbers are shown, so seldom that they can be read;
            those that stand side by side are of the same one.
        extending: the shown run is counted on, to this n.
        resuming: an unfinished run of the case is counted on, with these settings.
        ended: the evidence of a run that has ended.
        added: a result with labels or an attack, which no file that was written before has.
        cleared: the shown result was of another model, input or run.
        refused: why a run failed.
        notice: kind and sentence.
    """

    began = Signal()
    extending = Signal(int)
    resuming = Signal(object)
    snapshot_changed = Signal()
    read = Signal()
    evidence_changed = Signal()
    ended = Signal(object)
    added = Signal(object)
    cleared = Signal()
    refused = Signal(str)
    notice = Signal(str, str)

    def __init__(
        self,
        worker: Worker,
        engine: EngineJobs,
        loading: Loading,
        form: Form,
        case: CaseController,
        illustrator: Illustrator,
        counting: Lane,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._worker, self._engine, self._counting = worker, engine, counting
        self._loading, self._form, self._case = loading, form, case
        self._illustrator = illustrator
        self._labelling = Lane(worker)
        self._reading = Pace(self.read.emit, self)
        self._awaited: RunRow | None = None
        self.snapshot: Snapshot | None = None
        self.evidence: Evidence | None = None
        self.stopping = self.waiting = False
        self.refusal: BaseException | None = None
        loading.model_changed.connect(self._clear)
        loading.input_changed.connect(self._clear)
        loading.fitted_changed.connect(self._resume_awaited)
        loading.refused.connect(self._await_no_more)
        loading.misfit.connect(self._await_no_more)
        worker.activity_changed.connect(self._keep_promise)

    # -- what is so -------------------------------------------------------------------------

    @property
    def running(self) -> bool:
        """Whether votes are being counted."""
        return self._counting.busy

    @property
    def ready(self) -> bool:
        """Whether a run could start."""
        free = not self.running and not self._loading.busy
        return self._loading.subject is not None and free and not self.obstacle

    @property
    def obstacle(self) -> str:
        """Why no run can start, in a sentence; empty where one could, once all is read."""
        return self._form.complaint or self._loading.obstacle

    @property
    def coming(self) -> bool:
        """Whether a run could start once what is being read is there."""
        loading = self._loading
        model = loading.model is not None or loading.models.busy
        given = loading.given is not None or loading.inputs.busy
        free = not self.running and not self._form.complaint
        lanes = {"model": loading.models, "input": loading.inputs}
        agreed = all(lanes[kind].busy for kind in loading.astray)
        return loading.busy and model and given and free and agreed

    @property
    def can_resume(self) -> bool:
        """Whether the shown run was stopped and can be counted to its planned n."""
        return self.ready and may_resume(self.evidence)

    @property
    def can_extend(self) -> bool:
        """Whether the shown run can be counted past its planned n."""
        return self.ready and may_extend(self.evidence)

    @property
    def advised(self) -> int | None:
        """The n to which the shown abstention advises to extend its run; None for none."""
        if self.evidence is None or not self.can_extend:
            return None
        from engine.procedures.abstention import advised  # scipy; there is evidence by now

        return advised(self.evidence)

    @property
    def better_scheme(self) -> Scheme | None:
        """The noise that the model was trained with, where an abstaining run had another."""
        model, evidence = self._loading.model, self.evidence
        if model is None or evidence is None or evidence.abstention is None or not self.ready:
            return None
        taught = taught_scheme(model)
        other = taught is not None and taught.noise() != evidence.settings.scheme.noise()
        return taught if other else None

    @property
    def better_n0(self) -> int | None:
        """More votes to choose the class by, where an abstention says that it was guessed wrong."""
        evidence = self.evidence
        if evidence is None or evidence.abstention is None or not self.ready:
            return None
        wrong = evidence.abstention.reason == "wrong-guess"
        return min(MORE_N0 * evidence.settings.n0, MOST) if wrong else None

    def differences(self) -> list[str]:
        """Settings in which the shown result differs from the form; empty if it is current."""
        return differences(self.evidence.settings, self._form.settings) if self.evidence else []

    def warnings(self) -> tuple[str, ...]:
        """What speaks against a run of the form, before it is started."""
        loading = self._loading
        if loading.subject is None or loading.model is None:
            return ()
        fitted, answer = loading.subject.fitted.identity, loading.clean_answer
        said = self._engine.setting_warnings(loading.subject.classifier, self._form.settings)
        return (*said, *wrong_without_noise(loading.model, fitted, answer))

    def command_line(self) -> str:
        """The run of the form as a shell command; empty until model and input are there."""
        request, given = self._loading.request, self._loading.given
        if request is None or given is None:
            return ""
        return command_line(request, given.source, self._form.settings, self._form.execution)

    # -- what may be asked ------------------------------------------------------------------

    def certify(self) -> None:
        """Start CERTIFY now, or as soon as what is being read is there."""
        if self.ready:
            self._count(self._form.settings)
        elif self.coming:
            self.waiting = True
            self.notice.emit("info", PROMISE)

    def predict(self, test: PredictTest) -> None:
        """Start PREDICT."""
        if self._loading.subject is not None:
            form = self._form.settings.model_dump(exclude={"kind", "scheme"})
            settings = declared("predict", self._form.settings.scheme, {**form, "test": test})
            self._count(settings)

    def measure(self) -> None:
        """Start median smoothing, for changes up to the form's epsilon."""
        if self._loading.subject is None:
            return
        form, scheme = self._form.settings, self._form.settings.scheme
        values = form.model_dump(exclude={"kind", "scheme"})
        values["epsilon"] = self._form.change_bounded
        values["bound"] = "clopper-pearson" if form.bound == "clopper-pearson" else "anytime"
        try:
            self._count(declared("measure", scheme, values))
        except UserError as error:
            self.notice.emit("error", str(error))

    def stop(self) -> None:
        """End the run after the batch at hand; what was counted is kept."""
        if self.running:
            self.stopping = True
            self._counting.stop()
            self._worker.activity_changed.emit()

    def resume(self) -> None:
        """Count on from where the shown run was stopped, under its own settings."""
        evidence = self.evidence
        if evidence is not None and self.can_resume:
            self._count(evidence.settings, evidence)

    def extend(self, n: int) -> None:
        """Count the shown run on up to a larger ``n``."""
        evidence = self.evidence
        if evidence is None or not isinstance(evidence.settings, Counting) or not self.can_extend:
            return
        if n > counted(evidence):
            self.extending.emit(n)
            self._count(extended(evidence.settings, n), evidence)

    def resume_recorded(self, row: RunRow) -> None:
        """Count an unfinished run of the case on; its model and input are opened first."""
        if not self._loading.blocked("resume another run"):
            self._case.find(row, self._open_again)

    def label_answers(self, labels: Mapping[tuple[str, int], str], alpha: float) -> None:
        """Work out what the shown run says of the true class, by a person's labels."""
        evidence, request, case = self.evidence, self._loading.request, self._case.file
        warn = self._case.warned.emit
        if evidence is not None and not self.running:
            self._labelling.submit(
                lambda stop: case_jobs.label_answers(
                    evidence, labels, alpha, case=case, request=request, warn=warn
                ),
                "reading the labels",
                on_done=partial(self.replace, evidence),
            )

    # -- what came of it --------------------------------------------------------------------

    def _show_snapshot(self, snapshot: Snapshot) -> None:
        self.snapshot = snapshot
        self.snapshot_changed.emit()
        self._reading.ask()

    def _take(self, evidence: Evidence) -> None:
        self.evidence, self.stopping = evidence, False
        self.evidence_changed.emit()
        if self._case.own is None:  # else the list is read when somebody looks at it
            self._case.refresh()
        for warning in evidence.warnings:
            self.notice.emit("warning", warning)
        self.ended.emit(evidence)

    def _on_failed(self, before: Evidence | None, failure: Failure) -> None:
        """Show what was shown before, if the run was to go on from there and its model stands.

        What the failed run had counted is taken away: it said what may be claimed.
        """
        self.stopping, self.refusal = False, failure.error
        if before is not None and not isinstance(failure.error, NotAFunction):
            self._take(before)
        else:
            self._clear()
        self.notice.emit("error", failure.sentence)
        self.refused.emit(failure.sentence)

    def replace(self, before: Evidence, found: Evidence) -> None:
        """Show a result with what was added to it: labels, or an attack."""
        if before is self.evidence and found is not before:
            self.evidence = found
            self.evidence_changed.emit()
        if found is not before:
            self.added.emit(found)
        self._case.refresh()

    @Slot()
    def _keep_promise(self) -> None:
        """Start the run that was asked for early."""
        if self.waiting and not self.coming:
            self.waiting = False
            self.certify()

    # -- asking the worker ------------------------------------------------------------------

    def _run(
        self,
        title: str,
        work: Callable[[threading.Event], Any],
        before: Evidence | None = None,
    ) -> None:
        if not self.ready:
            return
        self.waiting, self.refusal = False, None
        self.began.emit()
        self._clear()
        subject, sketch = self._loading.subject, self._illustrator.begin()
        assert subject is not None  # or nothing were ready
        execution = self._form.execution
        self._counting.submit(
            lambda stop: self._engine.sketched(subject, work(stop), execution, sketch, stop),
            title,
            on_done=self._take,
            on_failed=partial(self._on_failed, before),
            on_snapshot=self._show_snapshot,
            urgent=True,
            asks=_ASKS,
        )

    def _count(self, settings: RunSettings, before: Evidence | None = None) -> None:
        """A run from the start, or from the votes of a run, which stays if that fails."""
        subject, case, warn = self._loading.subject, self._case.file, self._case.warned.emit
        execution = self._form.execution
        if subject is not None:
            self._run(
                TITLES[task_of(settings)],
                lambda stop: self._engine.count(
                    subject, settings, execution, stop, before=before, case=case, warn=warn
                ),
                before,
            )

    def _open_again(self, row: RunRow, request: ModelRequest, spec: str) -> None:
        self._awaited = row
        self._loading.open_model(request, named=False)
        self._loading.open_input(spec, named=False)

    @Slot()
    def _resume_awaited(self) -> None:
        """The model and input of an unfinished run of the case are there: count it on."""
        row, subject, case = self._awaited, self._loading.subject, self._case.file
        if row is None or subject is None or case is None or not self.ready:
            return
        self._awaited, warn, execution = None, self._case.warned.emit, self._form.execution
        self.resuming.emit(row.settings)
        self._run(
            TITLES[row.procedure],
            lambda stop: self._engine.resume(case, row, subject, execution, stop, warn=warn),
        )

    @Slot()
    def _await_no_more(self) -> None:
        self._awaited = None

    @Slot()
    def _clear(self) -> None:
        self.cleared.emit()
        self.snapshot = self.evidence = None
        self.evidence_changed.emit()
