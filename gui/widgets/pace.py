"""What follows a run at the pace of a reader: a number cannot be read fifteen times a second."""

from __future__ import annotations

import time
from collections.abc import Callable

from PySide6.QtCore import QObject, QTimer, Slot

READING_MS = 250
_SHARE, _SLOWEST_MS = 0.008, 400
"""Where a call takes more of a core than this part, the interval is longer; but no longer than
one still sees numbers run."""


class Pace(QObject):
    """Calls at once when asked to, then once an interval at most, and a last time at its end.

    Args:
        call: what is to be done.
        parent: lives as long.
    """

    def __init__(self, call: Callable[[], object], parent: QObject) -> None:
        super().__init__(parent)
        self._call, self._asked, self._ms = call, False, READING_MS
        self._pause = QTimer(self, singleShot=True)
        self._pause.timeout.connect(self._again)

    @Slot()
    def ask(self) -> None:
        """Call now, or when the interval that began with the last call is over."""
        if self._pause.isActive():
            self._asked = True
            return
        self._pause.start(self._ms)
        began = time.thread_time()
        self._call()
        self._ms = interval_ms(time.thread_time() - began)

    @Slot()
    def _again(self) -> None:
        if self._asked:
            self._asked = False
            self.ask()


def interval_ms(
    seconds: float,
    share: float = _SHARE,
    least: float = READING_MS,
    most: float = _SLOWEST_MS,
) -> int:
    """Between two calls, each of which takes some seconds, for no more than a share of the time.

    Args:
        seconds: of one call.
        share: of a core, or of the clock.
        least, most: milliseconds.

    >>> interval_ms(0.001), interval_ms(0.0024), interval_ms(0.01)
    (250, 300, 400)
    """
    return round(min(max(least, 1000 * seconds / share), most))
