"""A slider over a range of decimal numbers."""

from __future__ import annotations

from PySide6.QtCore import QSignalBlocker, Qt, Signal, Slot
from PySide6.QtGui import QWheelEvent
from PySide6.QtWidgets import QSlider

_PAGES = 10
"""Page up and page down move by this part of the range."""


class LevelSlider(QSlider):
    """From a lowest to a highest number in even steps; arrow keys move it by one step.

    A number beyond its ends leaves it at an end. The wheel scrolls the form it stands in.

    Signals:
        chosen: a number, by mouse or keyboard.
    """

    chosen = Signal(float)

    def __init__(self, low: float, high: float, step: float, *, name: str) -> None:
        super().__init__(Qt.Orientation.Horizontal)
        self._low, self._step = low, step
        self.setRange(0, round((high - low) / step))
        self.setPageStep(max(1, self.maximum() // _PAGES))
        self.setAccessibleName(f"{name}, slider")
        self.setMinimumWidth(40)
        self.valueChanged.connect(self._choose)

    def level(self) -> float:
        """Where it stands, in as many decimals as its steps have."""
        return round(self._low + self.value() * self._step, 10)

    def follow(self, level: float) -> None:
        """Go to the nearest step; nobody is told."""
        place = (level - self._low) / self._step
        with QSignalBlocker(self):
            self.setValue(round(max(self.minimum(), min(self.maximum(), place))))

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Leave it to the form."""
        event.ignore()

    @Slot()
    def _choose(self) -> None:
        self.chosen.emit(self.level())
