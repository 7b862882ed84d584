"""What is worth doing while nobody waits for the worker."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from PySide6.QtCore import QObject, QTimer, Slot

from gui.jobs.worker import Lane, Worker

PAUSE_MS = 400
"""A job begins when nothing was asked for this long."""


class SpareTime(QObject):
    """The least of the worker's jobs: it begins in a pause, and ends when somebody waits.

    Attributes:
        lane: where the job is submitted.
    """

    def __init__(self, worker: Worker, begin: Callable[[], Any], parent: QObject) -> None:
        super().__init__(parent)
        self.lane = Lane(worker)
        self._worker, self._begin = worker, begin
        self._pause = QTimer(self, singleShot=True, interval=PAUSE_MS)
        self._pause.timeout.connect(self._on_pause)
        worker.urgent.connect(self._give_way)

    def wait(self) -> None:
        """Begin after a pause, unless the job is at work."""
        if not self.lane.busy:
            self._pause.start()

    @Slot()
    def _on_pause(self) -> None:
        if not self._worker.busy():
            self._begin()

    @Slot()
    def _give_way(self) -> None:
        self._pause.stop()
        self.lane.drop()
