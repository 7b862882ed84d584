"""The attacker of a comparison, described by two sliders and said in a sentence."""

from __future__ import annotations

from PySide6.QtCore import QSignalBlocker, Qt, Signal, Slot
from PySide6.QtWidgets import (
    QDoubleSpinBox,
    QGridLayout,
    QSlider,
    QSpinBox,
    QVBoxLayout,
    QWidget,
)

from engine.comparison import Attacker
from engine.regions import Norm
from gui.widgets.counts import indented
from gui.widgets.layouts import filled, labelled
from gui.widgets.section import words

MOST_PIXELS, MOST_EPSILON = 64, 100.0
_SLIDER_PIXELS, _SLIDER_EPSILON, _STEP = 16, 200, 0.01
_FIRST = Attacker(entities=2, epsilon=0.4)


class AttackerSliders(QWidget):
    """At most so many pixels, together at most so strong.

    Signals:
        changed: the attacker is another one.
    """

    changed = Signal()

    def __init__(self, *, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.pixels = indented(QSpinBox(minimum=1, maximum=MOST_PIXELS, value=_FIRST.entities))
        self.epsilon = indented(
            QDoubleSpinBox(decimals=3, minimum=0.001, maximum=MOST_EPSILON, singleStep=0.05)
        )
        self.epsilon.setValue(_FIRST.epsilon)
        self.pixel_slider = _slider("Changed pixels, slider", 1, _SLIDER_PIXELS)
        self.epsilon_slider = _slider("epsilon, slider", 1, _SLIDER_EPSILON)
        self.pixels.setAccessibleName("Changed pixels, at most")
        self.epsilon.setAccessibleName("epsilon: l2 norm of the whole change, at most")
        self.sentence = words()
        self.sentence.give_way()
        self._norm: Norm = _FIRST.norm
        self._lay_out()
        self._follow()
        self.pixels.valueChanged.connect(self._edited)
        self.epsilon.valueChanged.connect(self._edited)
        self.pixel_slider.valueChanged.connect(self.pixels.setValue)
        self.epsilon_slider.valueChanged.connect(self._slid)

    @property
    def attacker(self) -> Attacker:
        """As described."""
        return Attacker(entities=self.pixels.value(), epsilon=self.epsilon.value(), norm=self._norm)

    def limit(self, norm: Norm) -> None:
        """Measure the whole change in another norm."""
        self._norm = norm
        self.epsilon.setAccessibleName(f"epsilon: {norm} norm of the whole change, at most")
        self._edited()

    @Slot(int, float)
    def put(self, entities: int, epsilon: float) -> None:
        """Describe another one."""
        with QSignalBlocker(self.pixels), QSignalBlocker(self.epsilon):
            self.pixels.setValue(entities)
            self.epsilon.setValue(epsilon)
        self._edited()

    def _lay_out(self) -> None:
        grid = QGridLayout()
        grid.setHorizontalSpacing(8)
        grid.setVerticalSpacing(4)
        rows = (
            ("&pixels, at most", self.pixels, self.pixel_slider),
            ("&epsilon, at most", self.epsilon, self.epsilon_slider),
        )
        for place, (title, editor, slider) in enumerate(rows):
            parts = (labelled(title, editor), slider, editor)
            for at, widget in enumerate(parts, start=3 * place):
                grid.addWidget(widget, 0, at)
            grid.setColumnStretch(3 * place + 1, 1)
        filled(QVBoxLayout(self), self.sentence, grid, spacing=4)

    def _follow(self) -> None:
        with QSignalBlocker(self.pixel_slider), QSignalBlocker(self.epsilon_slider):
            self.pixel_slider.setValue(self.pixels.value())
            self.epsilon_slider.setValue(round(self.epsilon.value() / _STEP))
        self.sentence.setText(f"The attacker {self.attacker.words()} (pixels in [0,1]).")

    @Slot()
    def _edited(self) -> None:
        self._follow()
        self.changed.emit()

    @Slot(int)
    def _slid(self, hundredths: int) -> None:
        self.epsilon.setValue(hundredths * _STEP)


def _slider(name: str, least: int, most: int) -> QSlider:
    slider = QSlider(Qt.Orientation.Horizontal)
    slider.setRange(least, most)
    slider.setAccessibleName(name)
    slider.setMinimumWidth(70)
    return slider
