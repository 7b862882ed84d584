"""Scene, law and sliders of the playground."""

from __future__ import annotations

import math
from collections.abc import Callable

from PySide6.QtCore import Slot
from PySide6.QtWidgets import QCheckBox, QComboBox, QGridLayout, QHBoxLayout, QLabel, QWidget

from engine.core.rounding import exact
from engine.playground.laws import LAWS
from engine.playground.scenes import SCENES
from gui.playground.experiment import Experiment
from gui.widgets.layouts import alignment_of, filled, labelled
from gui.widgets.level import LevelSlider

OWN, SHIFTED = "points of my own", "a small image, shifted"
_BOUNDS = ("anytime", "clopper-pearson", "live")
"""Those that bound one class: the two-class ones are for the window's runs."""
_COUNTS = (*(m * 10**e for e in range(1, 6) for m in (1, 2, 5)), 10**6)
_ALPHAS = (0.2, 0.1, 0.05, 0.02, 0.01, 0.005, 0.002, 0.001, 1e-4, 1e-5, 1e-6)
_PACES = {"1 vote": 1, "10 votes": 10, "100 votes": 100, "1,000 votes": 1000}


class Slide(QWidget):
    """A slider over some values, and the one it stands at."""

    def __init__(
        self, name: str, values: tuple[float, ...], now: float, put: Callable[[float], object]
    ) -> None:
        super().__init__()
        self.values, self._put = values, put
        self.slider = LevelSlider(0, len(values) - 1, 1, name=name)
        self.said = QLabel()
        widest = max(self.fontMetrics().horizontalAdvance(_said(value)) for value in values)
        self.said.setMinimumWidth(widest + 6)
        filled(QHBoxLayout(self), (self.slider, 1), self.said, spacing=8)
        self.slider.chosen.connect(self._on_chosen)
        self.follow(now)

    def follow(self, value: float) -> None:
        """Stand at the nearest value; nobody is told."""
        nearest = min(self.values, key=lambda one: abs(math.log(one / value)))
        self.slider.follow(self.values.index(nearest))
        self.said.setText(_said(nearest))

    @Slot(float)
    def _on_chosen(self, place: float) -> None:
        value = self.values[round(place)]
        self.said.setText(_said(value))
        self._put(value)


class Controls(QWidget):
    """What an experiment is made of: scene, noise and norm, sigma, n0, n, alpha, bound, pace."""

    def __init__(self, experiment: Experiment) -> None:
        super().__init__()
        self._experiment = one = experiment
        plan = one.plan
        self.scene = _choice("Points", (*SCENES, SHIFTED, OWN))
        self.law = _choice("Noise", tuple(law.title for law in LAWS))
        self.bound = _choice("Bound", _BOUNDS)
        self.pace = _choice("Votes a frame", tuple(_PACES))
        self.pace.setCurrentIndex(self.pace.count() - 1)
        sigmas = tuple(round(0.05 * step, 2) for step in range(1, 41))
        self.sigma = Slide("sigma", sigmas, plan.sigma, lambda value: one.declare(sigma=value))
        self.n0 = Slide("n0", _COUNTS[:9], plan.n0, lambda value: one.declare(n0=int(value)))
        self.n = Slide("n", _COUNTS, plan.n, lambda value: one.declare(n=int(value)))
        self.alpha = Slide("alpha", _ALPHAS, plan.alpha, lambda value: one.declare(alpha=value))
        self.exact = QCheckBox("exact g and its level lines")
        self.exact.setChecked(True)
        self.adversary = QCheckBox("adversary: the mouse pushes")
        self.hold = QCheckBox("hold the votes")
        self._lay_out()
        self.law.currentIndexChanged.connect(self._on_law)
        self.bound.currentTextChanged.connect(lambda key: one.declare(bound=key))
        self.pace.currentTextChanged.connect(self._on_pace)
        self.hold.toggled.connect(lambda on: one.hold(on=on))

    def follow(self) -> None:
        """Show the plan that the experiment has."""
        plan = self._experiment.plan
        for slide, value in ((self.sigma, plan.sigma), (self.n0, plan.n0), (self.n, plan.n)):
            slide.follow(value)
        self.alpha.follow(plan.alpha)
        self.law.setEnabled(self._experiment.shifted is None)
        for box, text in ((self.bound, plan.bound), (self.law, plan.law.title)):
            box.blockSignals(True)
            box.setCurrentText(text)
            box.blockSignals(False)

    def _lay_out(self) -> None:
        rows = (
            ("sigma", self.sigma),
            ("n", self.n),
            ("alpha", self.alpha),
            ("points", self.scene),
            ("noise", self.law),
            ("n0", self.n0),
            ("bound", self.bound),
            ("a frame", self.pace),
        )
        grid = QGridLayout(self)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setHorizontalSpacing(8)
        grid.setVerticalSpacing(4)
        for place, (title, editor) in enumerate(rows):
            focus = editor.slider if isinstance(editor, Slide) else editor
            grid.addWidget(labelled(title, focus), place, 0)
            grid.addWidget(editor, place, 1)
        for more, box in enumerate((self.exact, self.adversary, self.hold)):
            grid.addWidget(box, len(rows) + more, 0, 1, 2, alignment_of(box))
        grid.setColumnStretch(1, 1)

    @Slot(int)
    def _on_law(self, place: int) -> None:
        self._experiment.declare(law=LAWS[place])

    @Slot(str)
    def _on_pace(self, text: str) -> None:
        self._experiment.pace = _PACES[text]


def _choice(name: str, texts: tuple[str, ...]) -> QComboBox:
    box = QComboBox()
    box.addItems(texts)
    box.setAccessibleName(name)
    return box


def _said(value: float) -> str:
    return f"{value:,}" if value >= 10 else exact(value)
