"""Examples in boxes: one widget for each medium, laid out as there is room."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Literal

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QBrush, QColor, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QLayout, QWidget

from gui.style import theme as themes
from gui.widgets.graph_drawing import GraphView
from gui.widgets.image import ImageView
from gui.widgets.layouts import filled
from gui.widgets.mask import Mark
from gui.widgets.words import WordsView

if TYPE_CHECKING:
    from engine.figures.examples import Example
    from engine.figures.media import ImageMedium, WordsMedium

_WIDE = 2.0
"""Wider than this many heights, all examples stand in one row."""
_TALL = 1.4
"""Higher than this many widths, input and change stand above and below the samples."""
_A_ROW = 3
"""Samples of a row, below or between the large boxes."""
_STRIPE = 5
"""Pixels of the stripe in the colour of the class, before scaling."""
_LINE_GAP = 4
"""Pixels between lines of words."""
_SMALLEST, _SIDE = 30, 110
"""Sides of an image beside words, smallest and largest."""
_INPUT = "the input as the model takes it, before noise"
Shape = Literal["lines", "row", "block", "column"]


def _show_image(
    view: ImageView, image: ImageMedium, caption: str, detail: str, ink: str, chosen: int | None
) -> None:
    del chosen  # pixels have no class
    theme, gone = themes.current(), image.touch == "taken away"
    color = theme.muted if gone else getattr(theme, ink)
    mark = None if image.places is None else Mark(image.places, color, hatched=gone)
    view.show_pixels(image.pixels, caption, detail=detail, mark=mark, frames=image.frames)


def _show_words(
    view: WordsView, words: WordsMedium, caption: str, detail: str, ink: str, chosen: int | None
) -> None:
    del chosen
    noised = f" ({words.told()})" if words.told() and ink == "accent" else ""
    view.show_words(words, f"{caption}{noised}", detail, ink)


WIDGETS: dict[str, tuple[type[QWidget], Callable[..., None]]] = {
    "image": (ImageView, _show_image),
    "words": (WordsView, _show_words),
    "graph": (GraphView, GraphView.show_graph),
}
"""The widget for each medium, and how it is shown: caption, detail, ink and the chosen class."""


class Box(QWidget):
    """One example, its media side by side and the caption at the last of them.

    Attributes:
        example: what is shown; None before there is one.
        views: a widget for each medium.
        ink: the theme's token for what is pointed out.
        is_input: it shows the input itself.
    """

    def __init__(
        self, *, ink: str = "accent", is_input: bool = False, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.example: Example | None = None
        self.is_input = is_input
        self.views: list[Any] = []
        self.ink = ink
        self.stripe: tuple[str, Qt.BrushStyle] | None = None
        self._row = filled(QHBoxLayout(self), spacing=8)

    @property
    def caption(self) -> str:
        """Of the example."""
        return self.example.caption if self.example is not None else ""

    def show_example(
        self, example: Example, *, chosen: int | None = None, striped: bool = False
    ) -> None:
        """Show another example.

        Args:
            example: to show.
            chosen: the class that the run has chosen.
            striped: below it the colour of its own class, once one is chosen.
        """
        kinds = [medium.kind for medium in example.media]
        if self.example is None or kinds != [medium.kind for medium in self.example.media]:
            self._rebuild(kinds)
        self.example = example
        for view, medium in zip(self.views, example.media, strict=True):
            last = view is self.views[-1]
            caption = example.caption if last else "noisy" if self._paired else ""
            detail = self._detail() if last else example.caption
            WIDGETS[medium.kind][1](view, medium, caption, detail, self.ink, chosen)
        self._mark_class(example.answered if striped and chosen is not None else None, chosen)

    def least(self) -> int:
        """Pixels of height that its media and the stripe need."""
        needs = (max(view.minimumSizeHint().height(), view.minimumHeight()) for view in self.views)
        return max(needs, default=0) + self._row.contentsMargins().bottom()

    def _detail(self) -> str:
        """What happened to it; of the input, to which nothing did, what it is."""
        note = self.example.note if self.example is not None else ""
        return "\n".join(filter(None, (_INPUT, note))) if self.is_input else note

    @property
    def _paired(self) -> bool:
        """Whether it shows an image beside what a denoiser makes of it."""
        return [type(view) for view in self.views] == [ImageView, ImageView]

    def paintEvent(self, event: QPaintEvent) -> None:
        """The stripe below it, in the colour and hatch that the class has in every plot."""
        super().paintEvent(event)
        if self.stripe is None:
            return
        color, pattern = self.stripe
        high, last = themes.current().px(_STRIPE), self.views[-1]
        seen = last.drawn() if isinstance(last, ImageView) else last.rect()
        seen.translate(last.pos())
        foot = QRectF(seen.left(), seen.bottom() + 3, seen.width(), high)
        painter, faint = QPainter(self), QColor(color)
        faint.setAlphaF(0.25)
        painter.fillRect(foot, faint)
        painter.fillRect(foot, QBrush(QColor(color), pattern))

    def _mark_class(self, answered: int | None, chosen: int | None) -> None:
        theme = themes.current()
        self.stripe = None
        if answered is not None and answered >= 0:
            own = answered == chosen
            self.stripe = (
                theme.class_color(answered, chosen=own),
                theme.class_pattern(answered, chosen=own),
            )
        elif answered is not None:
            self.stripe = (theme.muted, Qt.BrushStyle.DiagCrossPattern)
        foot = 0 if self.stripe is None else round(theme.px(_STRIPE)) + 4
        self._row.setContentsMargins(0, 0, 0, foot)
        self.update()

    def _rebuild(self, kinds: list[str]) -> None:
        for view in self.views:
            self._row.removeWidget(view)
            view.setParent(None)
            view.deleteLater()
        self.views = [WIDGETS[kind][0](parent=self) for kind in kinds]
        for view in self.views:
            beside = view is not self.views[-1] and not self._paired
            self._row.addWidget(view, 1 if beside or self._paired else 5)
            if beside:
                view.setMinimumSize(_SMALLEST, _SMALLEST)
                view.setMaximumWidth(_SIDE)


class Boxes(QWidget):
    """A box for each example: lines of words, or images in one row, two or three.

    Attributes:
        original, perturbed: the input, and the input changed.
        noisy: the noisy samples, made as they come.
        changed: the change in sight; None for none.
    """

    def __init__(self, *, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.original = Box(is_input=True, parent=self)
        self.perturbed = Box(ink="runner_up", parent=self)
        self.noisy: list[Box] = []
        self.changed: Example | None = None
        self._samples = 0
        self._chosen: int | None = None
        self._arranged: tuple[Shape, list[Box], list[Box]] | None = None
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setSizeConstraint(QLayout.SizeConstraint.SetNoConstraint)
        self._grid.setSpacing(8)

    def show_examples(
        self, original: Example, samples: tuple[Example, ...], chosen: int | None = None
    ) -> None:
        """Show the input and its noisy samples, these with the colours of their classes."""
        while len(self.noisy) < len(samples):
            self.noisy.append(Box(parent=self))
        self._chosen, self._samples = chosen, len(samples)
        self.original.show_example(original, chosen=chosen)
        for box, sample in zip(self.noisy, samples, strict=False):
            box.show_example(sample, chosen=chosen, striped=True)

    def show_changed(self, example: Example | None) -> None:
        """Show the changed input, or none; a change of a graph is drawn over the input."""
        self.changed = example
        if example is not None:
            self.perturbed.show_example(example, chosen=self._chosen)
        self.perturbed.setVisible(example is not None)
        self.original.setVisible(example is None or example.media[0].kind != "graph")
        self.arrange()

    def minimumSizeHint(self) -> QSize:
        """Of lines, room for one sample beside the input: others go where there is none."""
        least = super().minimumSizeHint()
        if self._arranged is None or self._arranged[0] != "lines":
            return least
        _, large, small = self._arranged
        return QSize(least.width(), sum(box.least() + _LINE_GAP for box in (*large, *small[:1])))

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Another size may want another arrangement."""
        super().resizeEvent(event)
        self.arrange()

    def arrange(self) -> None:
        """Place the boxes for the size and the media at hand."""
        large = [box for box in (self.original, self.perturbed) if not box.isHidden()]
        shape = self._shape()
        small = self.noisy[: self._room(large) if shape == "lines" else self._samples]
        for box in self.noisy:
            box.setVisible(box in small)
        wanted = (shape, large, small)
        if wanted == self._arranged or self.original.example is None:
            return
        self._arranged = wanted
        for box in (self.original, *self.noisy, self.perturbed):
            self._grid.removeWidget(box)
        for line in range(max(self._grid.rowCount(), self._grid.columnCount())):
            self._grid.setRowStretch(line, 0)
            self._grid.setColumnStretch(line, 0)
        if wanted[0] in ("row", "lines"):
            self._in_line(large, small, along=wanted[0] == "row")
        else:
            self._in_rows(large, small, stacked=wanted[0] == "column")

    def _room(self, large: list[Box]) -> int:
        """How many samples have room for a line of words each, below the large boxes' own."""
        if not self.noisy:
            return 0
        each = self.noisy[0].least() + _LINE_GAP
        others = sum(box.least() + _LINE_GAP for box in large)
        return max(1, min(self._samples, (self.height() + _LINE_GAP - others) // each))

    def _in_line(self, large: list[Box], small: list[Box], *, along: bool) -> None:
        """One after the other; a graph that stands for input and change is the larger one."""
        self._grid.setVerticalSpacing(8 if along else _LINE_GAP)
        for i, box in enumerate((large[0], *small, *large[1:])):
            self._grid.addWidget(box, *((0, i) if along else (i, 0)))
            stretch = 2 if box is self.perturbed and len(large) == 1 else 1
            (self._grid.setColumnStretch if along else self._grid.setRowStretch)(i, stretch)

    def _in_rows(self, large: list[Box], small: list[Box], *, stacked: bool) -> None:
        """Samples below the large boxes, or between them: of six columns a sample has two."""
        self._grid.setVerticalSpacing(8)
        wide, most = 6 if stacked or len(large) == 1 else 3, _A_ROW
        if small and len(small[0].views) > 1:  # an image beside another
            most = 2
        rows = -(-len(small) // most)
        for i, box in enumerate(large):
            row = (rows + 1) * i if stacked else 0
            self._grid.addWidget(box, row, 0 if stacked else 3 * i, 1, wide)
            self._grid.setRowStretch(row, 3)
        width = 6 // max(1, min(most, len(small)))
        for i, box in enumerate(small):
            row = 1 + i // most
            self._grid.addWidget(box, row, i % most * width, 1, width)
            self._grid.setRowStretch(row, 2)
        for column in range(6):
            self._grid.setColumnStretch(column, 1)

    def _shape(self) -> Shape:
        example = self.original.example
        if example is not None and any(medium.kind == "words" for medium in example.media):
            return "lines"
        if self.width() > _WIDE * self.height():
            return "row"
        return "column" if self.height() > _TALL * self.width() else "block"
