"""Everything behind one window: the worker, and the controllers that ask it. No widget."""

from __future__ import annotations

from contextlib import suppress

from PySide6.QtCore import QObject, Signal, Slot

from engine.core.errors import UserError
from gui.controllers.attacks import Attacks
from gui.controllers.audits import Audits
from gui.controllers.case import CaseController
from gui.controllers.exports import Exports
from gui.controllers.form import Form
from gui.controllers.illustrations import Illustrator
from gui.controllers.keeping import Keeping
from gui.controllers.loading import Loading
from gui.controllers.local_server import LocalServer
from gui.controllers.normalizations import Normalizations
from gui.controllers.playback import Playback
from gui.controllers.preferences import Preferences, data_folder
from gui.controllers.range_check import RangeCheck
from gui.controllers.runs import Runs
from gui.controllers.talk import Talks
from gui.controllers.timing import Timing
from gui.jobs.engine_jobs import EngineJobs
from gui.jobs.worker import Lane, Worker

KEPT = "stopped-run.json"
"""Where the votes of a run go that was stopped by closing a window without any case."""


class Session(QObject):
    """One model, one input, one run at a time.

    Every signal of its parts is emitted in the UI thread. Most say only that something changed;
    the new value is an attribute.

    Signals:
        notice: kind and sentence of whatever a part has to say.
    """

    notice = Signal(str, str)

    def __init__(
        self,
        *,
        engine: EngineJobs | None = None,
        preferences: Preferences | None = None,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self.engine = engine = engine or EngineJobs()
        self.preferences = preferences or Preferences()
        self.worker = Worker(warm_up=engine.warm_up, log_folder=data_folder(), parent=self)
        worker, counting = self.worker, Lane(self.worker)
        self.form = Form(self)
        self.loading = Loading(worker, engine, self.preferences, self.form, counting, self)
        self.case = CaseController(worker, counting, self)
        self.illustrator = Illustrator(worker, engine, self.loading, self)
        self.runs = Runs(
            worker, engine, self.loading, self.form, self.case, self.illustrator, counting, self
        )
        self.audits = Audits(worker, engine, self.loading, self.form, self.case, counting, self)
        self.attacks = Attacks(
            worker, self.loading, self.form, self.case, self.runs, counting, self
        )
        self.timing = Timing(worker, engine, self.loading, self.form, self.runs, self)
        self.range_check = RangeCheck(worker, self.loading, self.form, self)
        self.normalizations = Normalizations(worker, engine, self.loading, self)
        self.playback = Playback(worker, engine, self)
        self.exports = Exports(worker, engine, self)
        self.server = LocalServer(self)
        self.keeping = Keeping(worker, self.case, self.runs, self.exports, self.preferences, self)
        self.talks = Talks(self)
        worker.failed.connect(self._on_failed)
        for part in (self.loading, self.case, self.runs, self.attacks, self.keeping):
            part.notice.connect(self.notice)
        self.audits.ended.connect(self.keeping.note)
        self.runs.ended.connect(self.illustrator.draw)
        self.runs.cleared.connect(self.illustrator.clear)
        self.runs.cleared.connect(self.playback.stop)
        self.runs.cleared.connect(self.exports.drop_preview)

    def start(self) -> None:
        """Start the worker; call it after the first paint."""
        self.worker.start()
        self.loading.look_for_examples()

    def stop(self) -> None:
        """End a replay, else the set, the attack or the run."""
        if self.playback.active:
            self.playback.stop()
        elif self.audits.running:
            self.audits.stop()
        elif self.attacks.running:
            self.attacks.stop()
        else:
            self.runs.stop()

    def shutdown(self) -> bool:
        """End everything; the votes of a run that was going are kept in its case, or in a file.

        Returns:
            False if the worker could not be ended.
        """
        was_running = self.runs.running
        ended = self.worker.shutdown()
        self.server.stop()
        try:
            self.case.flush()
        except UserError as error:
            self.notice.emit("error", str(error))
        self.keeping.end(interrupted=was_running)
        if self.case.file is None and was_running and (evidence := self.runs.evidence) is not None:
            illustrations, path = self.illustrator.illustrations, data_folder() / KEPT
            with suppress(OSError):  # writing says so
                path.parent.mkdir(parents=True, exist_ok=True)
            try:
                self.engine.export(evidence, illustrations, "json", path)
            except UserError as error:
                self.notice.emit("error", str(error))
        return ended

    @Slot(str)
    def _on_failed(self, sentence: str) -> None:
        self.notice.emit("error", sentence)
