"""What does it mean: the input, noisy copies, and a change of exactly the certified size."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QGridLayout, QWidget

from gui.plots.base import Plot
from gui.widgets.picture import PictureView

if TYPE_CHECKING:
    from engine.figures import MeaningFigure

_WIDE = 2.0
"""Wider than this many heights, all pictures stand in one row."""


class MeaningPlot(Plot["MeaningFigure"]):
    """What the numbers mean, as pictures; in one row where there is width for it, else in two."""

    stem: ClassVar[str] = "meaning"

    def __init__(self) -> None:
        super().__init__("What does it mean")

    def make_body(self) -> QWidget:
        """The pictures; those of noisy copies are made as they come."""
        body = QWidget()
        self.original, self.perturbed = PictureView(parent=body), PictureView(parent=body)
        self.noisy: list[PictureView] = []
        self._wide: bool | None = None
        self._grid = QGridLayout(body)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setSpacing(8)
        return body

    def draw(self, figure: MeaningFigure) -> None:
        """All pictures with their captions."""
        while len(self.noisy) < len(figure.noisy):
            self.noisy.append(PictureView(parent=self.body))
            self._wide = None
        self.original.show_pixels(figure.original, "the input")
        for i, view in enumerate(self.noisy):
            view.setVisible(i < len(figure.noisy))
        copies = zip(self.noisy, figure.noisy, figure.noisy_answers, strict=False)
        for view, pixels, answer in copies:
            detail = f"One noisy copy; the base model answers {answer}."
            view.show_pixels(pixels, f"noisy: {answer}", detail=detail)
        caption, detail = _perturbed_words(figure)
        self.perturbed.setVisible(figure.perturbed is not None)
        self.perturbed.show_pixels(figure.perturbed, caption, detail=detail)
        self.set_subtitle(figure.noise_in_words)
        self._arrange()

    def summary(self) -> str:
        """The captions in words."""
        figure = self.figure
        if figure is None:
            return ""
        answers = ", ".join(figure.noisy_answers)
        words = f"The input, and noisy copies that the base model calls {answers}"
        changed = _perturbed_words(figure)[0]
        return f"{words}; the input {changed}." if changed else f"{words}."

    def resizeEvent(self, event: QResizeEvent) -> None:
        """One row when wide, two when not."""
        super().resizeEvent(event)
        if self.figure is not None:
            self._arrange()

    def _arrange(self) -> None:
        wide = self.width() > _WIDE * self.height()
        if wide == self._wide:
            return
        self._wide = wide
        views = [self.original, *self.noisy, self.perturbed]
        for view in views:
            self._grid.removeWidget(view)
        self._grid.setRowStretch(0, 3)
        self._grid.setRowStretch(1, 0 if wide else 2)
        if wide:
            for column, view in enumerate(views):
                self._grid.addWidget(view, 0, column)
            return
        # six columns: two pictures of three columns above, three of two below
        half, third = 3, 6 // max(1, len(self.noisy))
        self._grid.addWidget(self.original, 0, 0, 1, half)
        self._grid.addWidget(self.perturbed, 0, half, 1, half)
        for i, view in enumerate(self.noisy):
            self._grid.addWidget(view, 1, i * third, 1, third)


def _perturbed_words(figure: MeaningFigure) -> tuple[str, str]:
    from engine.rounding import round_down

    if figure.perturbed is None or figure.perturbed_norm is None:
        return "", ""
    detail = figure.perturbed_how
    if figure.perturbed_clipped:
        detail += "; shown clipped to [0, 1]"
    return f"changed by {round_down(figure.perturbed_norm, 3)}", detail
