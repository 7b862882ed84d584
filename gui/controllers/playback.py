"""Replay of a run's recorded blocks at a chosen pace, for whoever wants to watch it once more."""

from __future__ import annotations

import time
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer, Signal, Slot

from gui.jobs.engine_jobs import EngineJobs
from gui.jobs.worker import Lane, Worker

if TYPE_CHECKING:
    from engine.evidence.evidence import Evidence
    from engine.evidence.snapshot import Snapshot

_TICK_MS = 66
NOTHING = "There is nothing to replay: first make or open a run that has counted votes."


class Playback(QObject):
    """Shows one recorded run again; the result itself stays as it is.

    Attributes:
        evidence: of the run that is replayed.
        snapshot: the run as it stood at the moment that is shown; None while nothing is replayed.

    Signals:
        changed: another snapshot, or none any more.
    """

    changed = Signal()

    def __init__(self, worker: Worker, engine: EngineJobs, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._worker, self._engine, self._lane = worker, engine, Lane(worker)
        self.evidence: Evidence | None = None
        self.snapshot: Snapshot | None = None
        self._frames: tuple[Snapshot, ...] = ()
        self._seconds = self._began = 0.0
        self._holds = False
        self._timer = QTimer(self, interval=_TICK_MS)
        self._timer.timeout.connect(self._tick)

    @property
    def active(self) -> bool:
        """Whether a run is being replayed."""
        return self.snapshot is not None

    @property
    def coming(self) -> bool:
        """Whether a run is replayed, or will be as soon as its frames are there."""
        return self.active or self._lane.busy

    def hold(self, *, on: bool) -> None:
        """Let the last moment of a replay stand until it is ended, or end where it has come to."""
        self._holds = on
        if not on and self.active and not self._timer.isActive():
            self.stop()

    def play(self, evidence: Evidence, seconds: float) -> None:
        """Replay a run within so many seconds; early blocks, where more changes, take longer."""
        self.stop()
        self._lane.submit(
            lambda stop: self._engine.played(evidence),
            "preparing the replay",
            on_done=partial(self._begin, evidence, seconds),
        )

    @Slot()
    def stop(self) -> None:
        """End the replay; the result is shown again."""
        self._lane.drop()
        if self.active:
            self._timer.stop()
            self.evidence = self.snapshot = None
            self._frames = ()
            self.changed.emit()
            self._worker.activity_changed.emit()

    def _begin(self, evidence: Evidence, seconds: float, frames: tuple[Snapshot, ...]) -> None:
        if not frames:
            return
        self.evidence, self._frames, self._seconds = evidence, frames, seconds
        self._began = time.monotonic()
        self._timer.start()
        self._tick()
        self._worker.activity_changed.emit()

    @Slot()
    def _tick(self) -> None:
        part = (time.monotonic() - self._began) / self._seconds
        if part >= 1.0:
            if not self._holds:
                self.stop()
                return
            self._timer.stop()
        frame = self._frames[min(int(part**2 * len(self._frames)), len(self._frames) - 1)]
        if frame is not self.snapshot:
            self.snapshot = frame
            self.changed.emit()
