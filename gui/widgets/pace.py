"""What follows a run at the pace of a reader: a number cannot be read fifteen times a second."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QObject, QTimer, Slot

READING_MS = 250


class Pace(QObject):
    """Calls at once when asked to, then once an interval at most, and a last time at its end.

    Args:
        call: what is to be done.
        parent: lives as long.
    """

    def __init__(self, call: Callable[[], object], parent: QObject) -> None:
        super().__init__(parent)
        self._call, self._asked = call, False
        self._pause = QTimer(self, singleShot=True, interval=READING_MS)
        self._pause.timeout.connect(self._again)

    @Slot()
    def ask(self) -> None:
        """Call now, or when the interval that began with the last call is over."""
        if self._pause.isActive():
            self._asked = True
            return
        self._pause.start()
        self._call()

    @Slot()
    def _again(self) -> None:
        if self._asked:
            self._asked = False
            self.ask()
