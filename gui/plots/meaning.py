"""What does it mean: the input, noisy copies, and a change of exactly the certified size."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, Literal

from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QGridLayout, QWidget

from gui.plots.base import Plot
from gui.widgets.picture import PictureView

if TYPE_CHECKING:
    from engine.figures import MeaningFigure

_WIDE = 2.0
"""Wider than this many heights, all pictures stand in one row."""
_TALL = 1.4
"""Higher than this many widths, input and change stand above and below the copies."""
Shape = Literal["row", "block", "column"]
_STRETCHES: dict[Shape, tuple[int, int, int]] = {
    "row": (1, 0, 0),
    "block": (3, 2, 0),
    "column": (3, 2, 3),
}


class MeaningPlot(Plot["MeaningFigure"]):
    """What the numbers mean, as pictures; in one row, two or three, as there is room."""

    stem: ClassVar[str] = "meaning"

    def __init__(self) -> None:
        super().__init__("What does it mean")

    def make_body(self) -> QWidget:
        """The pictures; those of noisy copies are made as they come."""
        body = QWidget()
        self.original, self.perturbed = PictureView(parent=body), PictureView(parent=body)
        self.noisy: list[PictureView] = []
        self._shape: Shape | None = None
        self._grid = QGridLayout(body)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setSpacing(8)
        return body

    def draw(self, figure: MeaningFigure) -> None:
        """All pictures with their captions."""
        while len(self.noisy) < len(figure.noisy):
            self.noisy.append(PictureView(parent=self.body))
            self._shape = None
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
        noise = figure.noise_in_words
        self.set_subtitle(noise.partition(" (")[0], whole=noise)
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
        # six columns: a large picture takes three or all of them, one of three copies two
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


def _perturbed_words(figure: MeaningFigure) -> tuple[str, str]:
    from engine.rounding import round_down

    if figure.perturbed is None or figure.perturbed_norm is None:
        return "", ""
    detail = figure.perturbed_how
    if figure.perturbed_clipped:
        detail += "; shown clipped to [0, 1]"
    return f"changed by {round_down(figure.perturbed_norm, 3)}", detail
