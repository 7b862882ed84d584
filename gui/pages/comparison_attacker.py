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
from gui.style import theme as themes
from gui.widgets.counts import indented
from gui.widgets.layouts import filled, labelled
from gui.widgets.section import words

MOST_PIXELS, MOST_EPSILON = 64, 100.0
_SLIDER_PIXELS, _SLIDER_EPSILON, _STEP = 16, 200, 0.01
_FIRST = Attacker(entities=2, epsilon=0.4)
_LARGE = 1.8
"""The scale of type beyond which sliders stand below one another."""


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
        self._grid = QGridLayout()
        self._grid.setHorizontalSpacing(8)
        self._grid.setVerticalSpacing(4)
        self._rows = [
            (labelled(title, editor), slider, editor)
            for title, editor, slider in (
                ("&pixels, at most", self.pixels, self.pixel_slider),
                ("&epsilon, at most", self.epsilon, self.epsilon_slider),
            )
        ]
        filled(QVBoxLayout(self), self.sentence, self._grid, spacing=4)
        themes.registry.follow(self._place)
        self._place()

    def _place(self) -> None:
        """Both beside one another; one below the other in type so large that it needs the room."""
        below = themes.current().scale > _LARGE
        for place, parts in enumerate(self._rows):
            for at, widget in enumerate(parts):
                row, column = (place, at) if below else (0, 3 * place + at)
                self._grid.addWidget(widget, row, column)
            self._grid.setColumnStretch(3 * place + 1, 0 if below and place else 1)

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
