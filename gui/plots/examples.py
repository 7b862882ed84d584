"""What does it mean: the input, noisy samples, and a change of a certified size."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, Literal

from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QGridLayout, QWidget

from gui.plots.perturbation_slider import ChangingPlot, change_caption
from gui.style import theme as themes
from gui.widgets.image import ImageView
from gui.widgets.mask import Mark

if TYPE_CHECKING:
    from engine.figures import MeaningFigure
    from engine.regions import Perturbation

_WIDE = 2.0
"""Wider than this many heights, all images stand in one row."""
_TALL = 1.4
"""Higher than this many widths, input and change stand above and below the copies."""
Shape = Literal["row", "block", "column"]
_STRETCHES: dict[Shape, tuple[int, int, int]] = {
    "row": (1, 0, 0),
    "block": (3, 2, 0),
    "column": (3, 2, 3),
}


_MARKS = {"noised": "Outlined pixels were noised.", "taken away": "Hatched pixels were taken away."}


class MeaningPlot(ChangingPlot["MeaningFigure"]):
    """What the numbers mean, as images; in one row, two or three, as there is room.

    Where the region is no ball, a slider goes through changes of the largest certified sizes.
    """

    stem: ClassVar[str] = "meaning"

    def make_body(self) -> QWidget:
        """The images; those of noisy samples are made as they come."""
        body = super().make_body()
        self.original, self.perturbed = (ImageView(parent=self.images) for _ in range(2))
        self.noisy: list[ImageView] = []
        self._shape: Shape | None = None
        self._grid = QGridLayout(self.images)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setSpacing(8)
        return body

    def draw(self, figure: MeaningFigure) -> None:
        """All images with their captions."""
        while len(self.noisy) < len(figure.noisy):
            self.noisy.append(ImageView(parent=self.images))
            self._shape = None
        self.original.show_pixels(figure.original, "the input")
        for i, view in enumerate(self.noisy):
            view.setVisible(i < len(figure.noisy))
        copies = zip(self.noisy, figure.noisy, figure.noisy_answers, _marks(figure), strict=False)
        for view, pixels, answer, mark in copies:
            detail = f"One noisy sample; the base model answers {answer}."
            detail += f" {_MARKS[figure.noisy_mark]}" if mark else ""
            view.show_pixels(pixels, f"noisy: {answer}", detail=detail, mark=mark)
        if figure.attack is None:
            self.slider.hide()
            caption, detail = _perturbed_words(figure)
            self.perturbed.setVisible(figure.perturbed is not None)
            self.perturbed.show_pixels(figure.perturbed, caption, detail=detail)
        else:
            self.offer_changes()
            if self.slider.change() is None:
                self.perturbed.show_pixels(None, "")
                self.perturbed.hide()
        self.tell_noise(figure.noise_in_words)
        self._arrange()

    def summary(self) -> str:
        """The captions in words."""
        figure = self.figure
        if figure is None:
            return ""
        answers = ", ".join(figure.noisy_answers)
        words = f"The input, and noisy samples that the base model calls {answers}"
        changed = self.perturbed.caption if self.perturbed.image is not None else ""
        return f"{words}; the input {changed}." if changed else f"{words}."

    def show_change(self, change: Perturbation) -> None:
        """Show what a change looks like on this image, certified or not."""
        from engine.figures import applied

        figure = self.figure
        if figure is None or figure.attack is None or figure.region is None:
            return
        changed = applied(figure.attack, figure.region, change)
        self.perturbed.setVisible(changed is not None)
        if changed is None:
            return
        self.slider.follow(change)
        caption = change_caption(figure.region, change)
        detail = figure.attack.how + ("; shown clipped to [0, 1]" if changed.clipped else "")
        mark = Mark(changed.places, themes.current().runner_up)
        self.perturbed.show_pixels(changed.pixels, caption, detail=detail, mark=mark)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Another size may want another arrangement."""
        super().resizeEvent(event)
        if self.figure is not None:
            self._arrange()

    def _arrange(self) -> None:
        shape = self._best_shape()
        if shape == self._shape:
            return
        self._shape = shape
        for view in (self.original, *self.noisy, self.perturbed):
            self._grid.removeWidget(view)
        for row, stretch in enumerate(_STRETCHES[shape]):
            self._grid.setRowStretch(row, stretch)
        if shape == "row":
            for column, view in enumerate((self.original, *self.noisy, self.perturbed)):
                self._grid.addWidget(view, 0, column)
            return
        # six columns: a large image takes three or all of them, one of three copies two
        large = 3 if shape == "block" else 6
        self._grid.addWidget(self.original, 0, 0, 1, large)
        row, column = (0, 3) if shape == "block" else (2, 0)
        self._grid.addWidget(self.perturbed, row, column, 1, large)
        width = 6 // max(1, len(self.noisy))
        for i, view in enumerate(self.noisy):
            self._grid.addWidget(view, 1, i * width, 1, width)

    def _best_shape(self) -> Shape:
        if self.width() > _WIDE * self.height():
            return "row"
        return "column" if self.height() > _TALL * self.width() else "block"


def _marks(figure: MeaningFigure) -> list[Mark | None]:
    theme, gone = themes.current(), figure.noisy_mark == "taken away"
    if not figure.noisy_places:
        return [None] * len(figure.noisy)
    color = theme.muted if gone else theme.accent
    return [Mark(places, color, hatched=gone) for places in figure.noisy_places]


def _perturbed_words(figure: MeaningFigure) -> tuple[str, str]:
    from engine.core.rounding import round_down

    if figure.perturbed is None or figure.perturbed_norm is None:
        return "", ""
    detail = figure.perturbed_how
    if figure.perturbed_clipped:
        detail += "; shown clipped to [0, 1]"
    return f"changed by {round_down(figure.perturbed_norm, 3)}", detail
