"""Python's garbage, collected in the UI thread alone.

A collection runs in whichever thread allocates. In the worker it may free Qt objects that belong to
the UI thread, which ends the program; so automatic collection is off while a window is open, and a
timer collects instead. References that form no cycle are freed at once as always. What was there
before a run is left out while it goes on: a collection would look at all of it, twenty milliseconds
each time that the worker waits for.
"""

from __future__ import annotations

import gc
from collections.abc import Callable

from PySide6.QtCore import QObject, QTimer, Slot

from gui.style import theme as themes

INTERVAL_MS = 1000
BURST = 50_000
"""Objects of one interval from which on they are modules that were imported, not garbage: to look
at those of torch takes 70 to 180 ms. They are put among the old ones, which takes none."""


class Collector(QObject):
    """Takes over collection until :meth:`release`.

    Args:
        idle: whether nothing runs; only then is the oldest generation collected, which takes long.
        parent: lives as long.
    """

    def __init__(self, *, idle: Callable[[], bool], parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._idle = idle
        self._automatic, self._frozen = gc.isenabled(), False
        gc.disable()
        self._timer = QTimer(self, interval=INTERVAL_MS)
        self._timer.timeout.connect(self.collect)
        self._timer.start()
        themes.registry.changed.connect(self.wait)

    @Slot()
    def wait(self) -> None:
        """Another theme, or talk mode, is to stand at once: collect a whole interval later."""
        if self._timer.isActive():
            self._timer.start()

    @Slot()
    def collect(self) -> int:
        """Collect the oldest generation that is due; how many objects were unreachable."""
        if gc.get_count()[0] > BURST:
            gc.freeze()
            if not self._frozen:
                gc.unfreeze()
        self._freeze(busy=not self._idle())
        due = [n > limit for n, limit in zip(gc.get_count(), gc.get_threshold(), strict=True)]
        if due[2] and self._idle():
            return gc.collect(2)
        if due[1]:
            return gc.collect(1)
        return gc.collect(0) if due[0] else 0

    def release(self) -> None:
        """Give collection back to Python, if it was Python's before."""
        self._timer.stop()
        themes.registry.changed.disconnect(self.wait)
        self._freeze(busy=False)
        if self._automatic:
            gc.enable()

    def _freeze(self, *, busy: bool) -> None:
        if busy and not self._frozen:
            gc.collect(1)  # or what is garbage already would stay as long as the run
            gc.freeze()
        elif self._frozen and not busy:
            gc.unfreeze()
        self._frozen = busy
