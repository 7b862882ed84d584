"""Work on paper: plans, votes that others drew, and checks of what others claim."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, Signal, Slot

from gui.jobs.document_jobs import PlanWish, ReplayWish
from gui.jobs.engine_jobs import Backend
from gui.jobs.worker import Job, Worker

if TYPE_CHECKING:
    from engine.evidence.settings import RunSettings
    from engine.replay import ReplayResult

VERIFY, PLAN, REPLAY, WRITE = "verify", "plan", "replay", "write-replay"
PROSPECT = "prospect"


class Desk(QObject):
    """Hands the work to the worker and says what came of it.

    Signals:
        verified: a file that was checked.
        planned: a plan.
        foreseen: settings, and what they can come to.
        replayed: a replay.
        written: the path of a file.
        failed: a kind and a sentence.
    """

    verified = Signal(object)
    planned = Signal(object)
    foreseen = Signal(object, object)
    replayed = Signal(object)
    written = Signal(object)
    failed = Signal(str, str)

    def __init__(self, worker: Worker, backend: Backend, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._worker, self._backend = worker, backend
        self._signals = {
            VERIFY: self.verified,
            PLAN: self.planned,
            REPLAY: self.replayed,
            WRITE: self.written,
        }
        worker.done.connect(self._take)
        worker.failed.connect(self._complain)

    def verify(self, path: Path, *, rerun: int = 0) -> None:
        """Check every claim of a file; draw some blocks again if that is wanted."""
        self._worker.submit(
            Job(
                VERIFY,
                f"verifying {path.name}",
                lambda stop: self._backend.verify(path, stop, rerun=rerun),
            )
        )

    def plan(self, wish: PlanWish) -> None:
        """What it would take."""
        self._worker.submit(Job(PLAN, "planning", lambda stop: self._backend.plan(wish)))

    def foresee(self, settings: RunSettings) -> None:
        """What settings can come to at best."""
        self._worker.submit(
            Job(
                PROSPECT,
                "looking at the settings",
                lambda stop: (settings, self._backend.prospect(settings)),
            )
        )

    def replay(self, wish: ReplayWish) -> None:
        """Certify the votes of a file."""
        self._worker.submit(
            Job(REPLAY, f"certifying {wish.path.name}", lambda stop: self._backend.replay(wish))
        )

    def write_replay(self, result: ReplayResult, path: Path) -> None:
        """Write a replay as its suffix says: .json or .csv."""
        self._worker.submit(
            Job(
                WRITE,
                f"writing {path.name}",
                lambda stop: self._backend.write_replay(result, path),
            )
        )

    @Slot(str, object)
    def _take(self, kind: str, outcome: Any) -> None:
        if kind in self._signals:
            self._signals[kind].emit(outcome)
        elif kind == PROSPECT:
            self.foreseen.emit(*outcome)

    @Slot(str, object)
    def _complain(self, kind: str, failure: Any) -> None:
        if kind in self._signals:
            self.failed.emit(kind, failure.sentence)
