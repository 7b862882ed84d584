"""Examples: the input, noisy samples of it, and the input after a certified perturbation."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import QLabel, QVBoxLayout, QWidget

from gui.plots.base import Plot
from gui.plots.example_boxes import Boxes
from gui.plots.example_table import ExampleTable
from gui.style.theme import set_role
from gui.widgets.changes import ChangeSlider
from gui.widgets.layouts import filled
from gui.widgets.tips import set_tip

if TYPE_CHECKING:
    from engine.figures.examples import Example, ExamplesFigure
    from engine.regions import Perturbation

_LISTED = 6
"""Touched nodes that are listed below a graph; the others are counted, and in the tooltip."""
_WHOSE = (
    "classes on this card are the base model's, one for each sample; what is certified is about "
    "all of its classes under the noise together"
)


class ExamplesPlot(Plot["ExamplesFigure"]):
    """Images, words, rows or graphs, and a slider through the largest certified changes.

    Attributes:
        boxes, table: the two ways to show examples: one box for each, or one column for each.
        listed: what a change does to each node of a graph, or its size where a table shows it.
        slider: hidden where there is no choice.

    Signals:
        asked: a change was chosen, in the scheme's terms.
    """

    asked = Signal(object)
    stem: ClassVar[str] = "examples"

    def __init__(self) -> None:
        super().__init__("Examples")

    def make_body(self) -> QWidget:
        """Both ways to show examples, of which one is in sight, and the slider below."""
        body = QWidget()
        self.boxes, self.table = Boxes(parent=body), ExampleTable(parent=body)
        self.listed = QLabel()
        self.listed.setWordWrap(True)
        set_role(self.listed, "small")
        self.slider = ChangeSlider()
        self.slider.chosen.connect(self._choose)
        parts = ((self.boxes, 1), (self.table, 1), self.listed, self.slider)
        filled(QVBoxLayout(body), *parts, spacing=6)
        self.listed.hide()
        self.slider.hide()
        return body

    @property
    def view(self) -> Boxes | ExampleTable:
        """The one that is in sight."""
        figure = self.figure
        tabled = figure is not None and figure.original.media[0].kind == "cells"
        return self.table if tabled else self.boxes

    @property
    def change(self) -> Perturbation | None:
        """The change the slider stands at; None where there is none."""
        return self.slider.change() if self.figure is not None else None

    def draw(self, figure: ExamplesFigure) -> None:
        """All examples with their captions."""
        self.boxes.setVisible(self.view is self.boxes)
        self.table.setVisible(self.view is self.table)
        if self.view is self.boxes:
            self.boxes.show_examples(figure.original, figure.samples, figure.center_class)
        else:
            self.table.show_examples(figure.original, figure.samples)
        region = figure.region
        words = region.describe if region is not None else str
        self.slider.offer(figure.changes if figure.attack is not None else (), words)
        change = self.change
        if change is not None and figure.changed(change) is not None:
            self.show_change(change)
        else:  # nor before a change is shown: a box that comes back lies over others for a moment
            self._show_changed(None)
        short = figure.noise_in_words.partition(" (")[0]
        first = "the first counted" if figure.counted else "base model's classes"
        self.set_subtitle(f"{first} · {short}", whole=f"{figure.noise_in_words}; {_WHOSE}")

    def show_change(self, change: Perturbation) -> None:
        """Show what a change looks like on this input, certified or not."""
        changed = self.figure.changed(change) if self.figure is not None else None
        if changed is not None:
            self.slider.follow(change)
            self._show_changed(changed)

    def summary(self) -> str:
        """The examples in words."""
        figure = self.figure
        if figure is None:
            return ""
        answer = figure.original.answer
        called = f", which the base model calls {answer}" if answer else ""
        told = (
            f"{one.answer} ({one.told()})" if one.told() else one.answer for one in figure.samples
        )
        words = [f"{figure.original.spoken()}{called}, and noisy samples: {', '.join(told)}"]
        if self.view.changed is not None:
            words.append(self.view.changed.caption)
        if self.listed.text() and self.listed.text() != words[-1]:
            words.append(self.listed.text())
        return f"{'; '.join(words)}."

    def _show_changed(self, changed: Example | None) -> None:
        self.view.show_changed(changed)
        listed = changed.listed(_LISTED) if changed is not None else ""
        if changed is not None and self.view is self.table:
            listed = changed.caption
        self.listed.setText(listed)
        set_tip(self.listed, changed.note if changed is not None else "")
        self.listed.setVisible(bool(listed))

    @Slot(object)
    def _choose(self, change: Perturbation) -> None:
        self.show_change(change)
        self.asked.emit(change)
