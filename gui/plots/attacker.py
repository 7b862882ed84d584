"""What an attacker of a certain size would do to this very image: a slider for each parameter."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import QPoint, QSignalBlocker, Qt, Signal, Slot
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QLabel, QSlider, QWidget

from gui.style.theme import set_role
from gui.widgets.image import ImageView
from gui.widgets.layouts import filled

if TYPE_CHECKING:
    from engine.figures.media import ImageMedium
    from engine.regions import Perturbation

SIDE, LENS, SMALL = 64, 92, 26
"""Pixels of the image beside the sliders, of the one under the pointer, and of those of a strip.

The first and the last are the least, and grow with the room."""
_SHARE, _GROWN = 0.2, 2.0
"""Of the height of the plot that the image takes, and how many times as large it becomes."""
STRIP = 7
"""Images from one end of a single parameter to the other."""
_STEPS = 200
_AWAY = 14
"""Pixels from the pointer to the image."""
_TITLE = "What would an attacker of this size do?"
Span = tuple[float, float]


class AttackerPanel(QWidget):
    """The image after the chosen change, beside sliders that choose one.

    Attributes:
        sliders: by term of a perturbation.
        strip: below the slider of a single term, the image from one of its ends to the other.

    Signals:
        chosen: a change, in the scheme's terms.
    """

    chosen = Signal(object)

    def __init__(self, *, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.sliders: dict[str, QSlider] = {}
        self._spans: dict[str, Span] = {}
        self._neutral: Perturbation = {}
        self.image = ImageView()
        self.title = QLabel(_TITLE)
        set_role(self.title, "small")
        self._grid = QGridLayout()
        self._grid.setHorizontalSpacing(6)
        self._grid.setVerticalSpacing(2)
        self._grid.addWidget(self.title, 0, 0, 1, 2)
        self.strip = [ImageView() for _ in range(STRIP)]
        self._below = QWidget()
        row = filled(QHBoxLayout(self._below), *((one, 1) for one in self.strip), spacing=4)
        row.setContentsMargins(0, 0, 0, 0)
        for one in self.strip:
            one.setMinimumSize(SMALL, SMALL)
        self.fit(0)
        self._grid.addWidget(self._below, 2, 1)
        self._below.hide()
        row = filled(QHBoxLayout(self), self.image, spacing=8)
        row.addLayout(self._grid, 1)
        self.hide()

    def fit(self, tall: int) -> None:
        """Images as large as a plot of this height has room for."""
        grown = min(max(_SHARE * tall / SIDE, 1.0), _GROWN)
        side, small = round(grown * SIDE), round(grown * SMALL)
        self.image.setFixedSize(side, side)
        for one in self.strip:
            one.setFixedHeight(small)

    def offer(self, spans: Mapping[str, Span], neutral: Perturbation) -> None:
        """Sliders for these terms, each from one end to the other; other terms are new sliders.

        Args:
            spans: the ends of each term.
            neutral: the value of each that changes nothing.
        """
        if list(spans) != list(self.sliders):
            for row in range(1, 1 + len(self.sliders)):
                for column in range(2):
                    item = self._grid.itemAtPosition(row, column)
                    if item is not None and (widget := item.widget()) is not None:
                        self._grid.removeWidget(widget)
                        widget.deleteLater()
            self.sliders = {}
            for row, term in enumerate(spans, start=1):
                self.sliders[term] = self._slider(term, row)
        if dict(spans) != self._spans or neutral != self._neutral:
            self._spans, self._neutral = dict(spans), neutral
            self.follow(neutral)

    def steps(self) -> list[Perturbation]:
        """From one end of the only term to the other; none where there are more terms."""
        if len(self._spans) != 1:
            return []
        ((term, (low, high)),) = self._spans.items()
        return [
            {**self._neutral, term: low + (high - low) * place / (STRIP - 1)}
            for place in range(STRIP)
        ]

    def show_strip(self, images: Sequence[ImageMedium | None]) -> None:
        """The images after :meth:`steps`; hidden where there are none."""
        self._below.setVisible(bool(images))
        for view, image in zip(self.strip, images, strict=False):
            view.show_pixels(None if image is None else image.pixels, "")

    def change(self) -> Perturbation:
        """Where the sliders stand; exactly no change where one stands nearest to that."""
        found = dict(self._neutral)
        for term, slider in self.sliders.items():
            if slider.value() != self._place(term, self._neutral[term]):
                low, high = self._spans[term]
                found[term] = round(low + (high - low) * slider.value() / _STEPS, 4)
        return found

    def follow(self, change: Perturbation) -> None:
        """Go to a change that was chosen elsewhere, or to the nearest; nobody is told."""
        for term, slider in self.sliders.items():
            with QSignalBlocker(slider):
                slider.setValue(self._place(term, change[term]))

    def show_image(self, image: ImageMedium | None, words: str) -> None:
        """The image after the change that ``words`` describe."""
        self.image.show_pixels(None if image is None else image.pixels, "", detail=words)
        self.image.setAccessibleName(f"The image after {words}")
        for slider in self.sliders.values():
            slider.setAccessibleDescription(words)

    def _slider(self, term: str, row: int) -> QSlider:
        name, slider = QLabel(term), QSlider(Qt.Orientation.Horizontal)
        set_role(name, "small")
        slider.setRange(0, _STEPS)
        slider.setMinimumHeight(18)
        slider.setAccessibleName(f"{_TITLE} {term}")
        slider.setToolTip(f"Changes this image by so much {term}, certified or not")
        slider.valueChanged.connect(self._choose)
        self._grid.addWidget(name, row, 0)
        self._grid.addWidget(slider, row, 1)
        return slider

    def _place(self, term: str, value: float) -> int:
        low, high = self._spans[term]
        return round(min(1.0, max(0.0, (value - low) / (high - low))) * _STEPS)

    @Slot()
    def _choose(self) -> None:
        self.chosen.emit(self.change())


class Lens(ImageView):
    """The image as an attacker would leave it, beside the pointer; a screen reader has the panel's.

    It lies over its parent and takes no part in its layout.
    """

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent=parent)
        self._over = parent
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.setFixedSize(LENS, LENS)
        self.hide()

    def point(self, at: QPoint, image: ImageMedium | None) -> None:
        """Stand beside a place of the parent, inside of it; hidden without an image."""
        self.setVisible(image is not None)
        if image is None:
            return
        self.show_pixels(image.pixels, "")
        room = self._over.rect()
        right = at.x() + _AWAY + LENS <= room.right()
        below = at.y() + _AWAY + LENS <= room.bottom()
        self.move(
            at.x() + _AWAY if right else max(0, at.x() - _AWAY - LENS),
            at.y() + _AWAY if below else max(0, at.y() - _AWAY - LENS),
        )
        self.raise_()
