"""What does it mean, for texts and pairs: words that noise and an attack touch, images beside."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from gui.plots.perturbation_slider import ChangingPlot, change_caption
from gui.widgets.image import ImageView
from gui.widgets.words import WordsView

if TYPE_CHECKING:
    from engine.figures import Wording, WordsFigure
    from engine.regions import Perturbation

_SMALLEST, _SIDE = 30, 110
"""Sides of the images beside the words, smallest and largest."""


class Line(QWidget):
    """A text with its image, where it has one.

    Attributes:
        image, words: the two parts.
    """

    def __init__(self, *, ink: str = "accent") -> None:
        super().__init__()
        self.image, self.words = ImageView(), WordsView(ink=ink)
        self.image.setMinimumSize(_SMALLEST, _SMALLEST)
        self.image.setMaximumWidth(_SIDE)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(8)
        row.addWidget(self.image, 1)
        row.addWidget(self.words, 5)

    def show_wording(self, wording: Wording, caption: str, *, detail: str = "") -> None:
        """Show a text, and its image if there is one."""
        self.image.setVisible(wording.image is not None)
        self.image.show_pixels(wording.image, "", detail=caption)
        self.words.show_words(wording, caption, detail=detail)


class WordsPlot(ChangingPlot["WordsFigure"]):
    """The words without noise, noisy samples of them, and a change of a certified size.

    Attributes:
        original, perturbed: the input, and the input changed.
        noisy: the noisy samples.
    """

    stem: ClassVar[str] = "words"

    def make_body(self) -> QWidget:
        """One line below the other; those of noisy samples are made as they come."""
        body = super().make_body()
        self.original, self.perturbed = Line(), Line(ink="runner_up")
        self.noisy: list[Line] = []
        self._column = QVBoxLayout(self.images)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(4)
        for line in (self.original, self.perturbed):
            self._column.addWidget(line, 1)
        return body

    def draw(self, figure: WordsFigure) -> None:
        """All lines with their captions."""
        while len(self.noisy) < len(figure.samples):
            line = Line()
            self.noisy.append(line)
            self._column.insertWidget(len(self.noisy), line, 1)
        self.original.show_wording(figure.original, f"without noise: {figure.original.answer}")
        for i, line in enumerate(self.noisy):
            line.setVisible(i < len(figure.samples))
        for line, sample in zip(self.noisy, figure.samples, strict=False):
            detail = f"One noisy sample; the base model answers {sample.answer}."
            told = f" ({sample.told()})" if sample.told() else ""
            line.show_wording(sample, f"noisy: {sample.answer}{told}", detail=detail)
        self.perturbed.hide()
        self.offer_changes()
        self.tell_noise(figure.noise_in_words)

    def summary(self) -> str:
        """The captions in words."""
        figure = self.figure
        if figure is None:
            return ""
        answers = ", ".join(sample.answer for sample in figure.samples)
        words = f"The text '{figure.original.text()}', and noisy samples that the base model calls"
        changed = self.perturbed.words.caption if not self.perturbed.isHidden() else ""
        return f"{words} {answers}; {changed}." if changed else f"{words} {answers}."

    def show_change(self, change: Perturbation) -> None:
        """Show an attack of this size, certified or not."""
        figure = self.figure
        changed = figure.changed(change) if figure is not None else None
        if figure is None or figure.attack is None or changed is None:
            return
        self.slider.follow(change)
        caption = change_caption(figure.region, change, changed.answer)
        detail = figure.attack.how + ("; shown clipped to [0, 1]" if changed.clipped else "")
        self.perturbed.show_wording(changed, caption, detail=detail)
        self.perturbed.show()
