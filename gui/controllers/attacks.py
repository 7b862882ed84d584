"""The attack on the shown result: how small a change is found beside what is certified."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import QObject, Signal

from engine.attacks.plan import refusal
from engine.evidence.attack_words import attack_in_words
from engine.evidence.evidence import Evidence
from gui.controllers.case import CaseController
from gui.controllers.form import Form
from gui.controllers.loading import Loading
from gui.controllers.runs import Runs
from gui.jobs import attack_jobs
from gui.jobs.worker import Failure, Lane, Worker


class Attacks(QObject):
    """One attack at a time, in the lane of runs: model and input stay what they are meanwhile.

    Attributes:
        stopping: it was asked to stop.

    Signals:
        notice: kind and sentence.
    """

    notice = Signal(str, str)

    def __init__(
        self,
        worker: Worker,
        loading: Loading,
        form: Form,
        case: CaseController,
        runs: Runs,
        counting: Lane,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._worker, self._counting = worker, counting
        self._loading, self._form, self._case, self._runs = loading, form, case, runs
        self._mine = self.stopping = False

    @property
    def running(self) -> bool:
        """Whether an attack is being looked for."""
        return self._mine and self._counting.busy

    @property
    def possible(self) -> bool:
        """Whether the shown result is a certificate of the open model that none was tried on.

        Where no attack is built for it, none is offered.
        """
        shown, subject = self._runs.evidence, self._loading.subject
        if shown is None or subject is None or self._counting.busy or self._loading.busy:
            return False
        fresh = shown.attack is None and shown.region is not None
        return fresh and not refusal(shown)

    def start(self) -> None:
        """Look for the smallest change that takes the smoothed model to another class."""
        shown, subject = self._runs.evidence, self._loading.subject
        if shown is None or subject is None or not self.possible:
            return
        self._mine, self.stopping = True, False
        case, execution, warn = self._case.file, self._form.execution, self._case.warned.emit
        self._counting.submit(
            lambda stop: attack_jobs.attack(subject, shown, execution, stop, case=case, warn=warn),
            "looking for an attack",
            on_done=partial(self._take, shown),
            on_failed=self._fail,
            urgent=True,
            asks="Stop looking for an attack and close? Nothing is kept of it.",
        )

    def stop(self) -> None:
        """End it; nothing is said of an attack then."""
        if self.running:
            self.stopping = True
            self._counting.stop()
            self._worker.activity_changed.emit()

    def _take(self, before: Evidence, found: Evidence) -> None:
        self._mine = self.stopping = False
        self._runs.replace(before, found)
        if found.attack is not None and found.contradicted:
            self.notice.emit("error", attack_in_words(found))

    def _fail(self, failure: Failure) -> None:
        self._mine = self.stopping = False
        self.notice.emit("error", failure.sentence)
