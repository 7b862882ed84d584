"""How late the event loop is: the measure of a window that stays usable."""

from __future__ import annotations

import time
from dataclasses import dataclass

from PySide6.QtCore import QObject, Qt, QTimer, Slot

_BEAT_MS = 10


@dataclass(frozen=True)
class Lateness:
    """Milliseconds by which a 10 ms heartbeat came too late.

    Attributes:
        median, p95, p99, worst: of all beats.
        beats: how many there were.
    """

    median: float
    p95: float
    p99: float
    worst: float
    beats: int


class Heartbeat(QObject):
    """A timer in the UI thread that notes how late each of its beats is."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._late: list[float] = []
        self._due = 0.0
        self._timer = QTimer(self)
        self._timer.setTimerType(Qt.TimerType.PreciseTimer)
        self._timer.setSingleShot(True)
        self._timer.timeout.connect(self._beat)

    def start(self) -> None:
        """Begin a new measurement."""
        self._late.clear()
        self._schedule()

    def stop(self) -> Lateness:
        """End it.

        Returns:
            The figures; all zero if there was no beat.
        """
        self._timer.stop()
        late = sorted(self._late) or [0.0]

        def quantile(q: float) -> float:
            return late[min(len(late) - 1, int(q * len(late)))]

        return Lateness(quantile(0.5), quantile(0.95), quantile(0.99), late[-1], len(self._late))

    def _schedule(self) -> None:
        self._due = time.perf_counter() + _BEAT_MS / 1000
        self._timer.start(_BEAT_MS)

    @Slot()
    def _beat(self) -> None:
        self._late.append(max(0.0, (time.perf_counter() - self._due) * 1000))
        self._schedule()


def measure_lateness(seconds: float) -> Lateness:
    """Run the event loop for ``seconds`` and say how late it was.

    Call it in the UI thread while a run is going.
    """
    from PySide6.QtCore import QEventLoop

    heart, loop = Heartbeat(), QEventLoop()
    QTimer.singleShot(int(seconds * 1000), loop.quit)
    heart.start()
    loop.exec()
    return heart.stop()
