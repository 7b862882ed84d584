"""What plots of a changed input share: a slider through changes of the largest certified sizes."""

from __future__ import annotations

from abc import abstractmethod
from typing import TYPE_CHECKING, Any, TypeVar

from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import QVBoxLayout, QWidget

from gui.plots.base import Plot
from gui.widgets.changes import ChangeSlider

if TYPE_CHECKING:
    from engine.regions import Perturbation

F = TypeVar("F")
_WHOSE = (
    "answers on this card are the base model's, one for each copy; what is certified is what it "
    "answers most often under noise"
)


class ChangingPlot(Plot[F]):
    """A card with a slider below, where what was certified is no ball.

    Attributes:
        images: what stands above the slider.

    Signals:
        asked: a change was chosen, in the scheme's terms.
    """

    asked = Signal(object)

    def __init__(self) -> None:
        super().__init__("What does it mean")

    def make_body(self) -> QWidget:
        """Room for images, and the slider."""
        body, self.images = QWidget(), QWidget()
        column = QVBoxLayout(body)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(6)
        column.addWidget(self.images, 1)
        self.slider = ChangeSlider()
        self.slider.hide()
        self.slider.chosen.connect(self._choose)
        column.addWidget(self.slider)
        return body

    @abstractmethod
    def show_change(self, change: Perturbation) -> None:
        """Show what a change looks like on this input, certified or not."""

    @property
    def change(self) -> Perturbation | None:
        """The size of change the slider stands at; None where there is no slider."""
        figure: Any = self.figure
        return self.slider.change() if figure is not None and figure.attack is not None else None

    def offer_changes(self) -> None:
        """Have the slider go through what is certified, and show where it stands."""
        from engine.figures import described, sizes

        figure: Any = self.figure
        region = figure.region if figure is not None and figure.attack is not None else None
        words = (lambda change: described(region, change)) if region is not None else str
        self.slider.offer(sizes(region), words)
        change = self.slider.change()
        if change is not None:
            self.show_change(change)

    def tell_noise(self, noise: str) -> None:
        """Say whose answers these are, and under what noise, in the subtitle."""
        short = noise.partition(" (")[0]
        self.set_subtitle(f"base model's answers · {short}", whole=f"{noise}; {_WHOSE}")

    @Slot(object)
    def _choose(self, change: Perturbation) -> None:
        self.show_change(change)
        self.asked.emit(change)


def change_caption(region: Any, change: Perturbation, answer: str = "") -> str:
    """``changed: 2 pixels`` for a certified change, else ``not certified: 9 pixels``.

    With an answer it comes first: ``changed: safe (2 words)``.
    """
    from engine.figures import described

    words = described(region, change)
    told = f"{answer} ({words})" if answer else words
    return f"changed: {told}" if region.contains(change) else f"not certified: {told}"
