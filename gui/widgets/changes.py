"""A slider through changes of a certified size."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtCore import QSignalBlocker, Qt, Signal, Slot
from PySide6.QtWidgets import QHBoxLayout, QLabel, QSlider, QWidget

from gui.style.theme import set_role

Change = dict[str, float]


class ChangeSlider(QWidget):
    """From few changed things to many; hidden where there is no choice.

    Signals:
        chosen: a change, in the scheme's terms.
    """

    chosen = Signal(object)

    def __init__(self, *, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.changes: tuple[Change, ...] = ()
        self._words: Callable[[Change], str] = str
        self.title = QLabel("changed:")
        set_role(self.title, "small")
        self.slider = QSlider(Qt.Orientation.Horizontal)
        self.slider.setPageStep(1)
        self.slider.setMinimumHeight(20)
        self.slider.setAccessibleName("Size of the change that is shown")
        self.slider.setToolTip("How much is changed: the largest certified perturbations")
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.addWidget(self.title)
        row.addWidget(self.slider, 1)
        self.slider.valueChanged.connect(self._choose)

    def offer(self, changes: Sequence[Change], words: Callable[[Change], str]) -> None:
        """Changes to choose from; the one in the middle is where it starts."""
        self._words = words
        if tuple(changes) != self.changes:
            self.changes = tuple(changes)
            with QSignalBlocker(self.slider):
                self.slider.setRange(0, max(0, len(changes) - 1))
                self.slider.setValue(len(changes) // 2)
        self.setVisible(len(self.changes) > 1)

    def change(self) -> Change | None:
        """Where the slider stands."""
        return self.changes[self.slider.value()] if self.changes else None

    def follow(self, change: Change) -> None:
        """Go to a change that was chosen elsewhere, or to the nearest; nobody is told."""
        if not self.changes:
            return
        away = [sum(abs(one[term] - change.get(term, 0.0)) for term in one) for one in self.changes]
        with QSignalBlocker(self.slider):
            self.slider.setValue(away.index(min(away)))

    @Slot()
    def _choose(self) -> None:
        change = self.change()
        if change is not None:
            self.slider.setAccessibleDescription(self._words(change))
            self.chosen.emit(change)
