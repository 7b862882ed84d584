"""Plots in a row or a column; where there is room for fewer, the others are a press away."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial

from PySide6.QtCore import Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QToolButton, QVBoxLayout, QWidget

from gui.style import theme as themes
from gui.widgets.buttons import quiet_button
from gui.widgets.layouts import divided, filled

_WIDE = 260
"""Pixels of width that a plot needs for its labels, beside others; before scaling."""
_HIGH = 200
"""Pixels of height that it needs, below others: lower bars have no room for their counts."""


class PlotRow(QWidget):
    """Plots beside or below one another, as many as have room.

    Attributes:
        splitter: with the plots.
        names: a button for each plot, where not all of them are in sight.

    Args:
        plots: by what their buttons say. Of those that have no room the first ones are shown.
        first: names of plots that are shown before the others where not all have room.
    """

    def __init__(
        self,
        plots: Mapping[str, QWidget],
        *,
        first: tuple[str, ...] = (),
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._plots = dict(plots)
        self._offered = set(plots)
        self._shown: list[str] = []
        self._chosen = [*first, *(name for name in plots if name not in first)]
        self.splitter = divided(Qt.Orientation.Vertical, *plots.values())
        self.names = {name: self._button(name) for name in plots}
        self._bar = QWidget()
        filled(QHBoxLayout(self._bar), *self.names.values(), (QWidget(), 1), spacing=4)
        filled(QVBoxLayout(self), self._bar, (self.splitter, 1), spacing=4)
        themes.registry.follow(self.arrange)
        self.arrange()

    def offer(self, name: str, *, there: bool) -> None:
        """Whether there is anything to see in a plot."""
        (self._offered.add if there else self._offered.discard)(name)
        self.arrange()

    def lay(self, orientation: Qt.Orientation) -> None:
        """Beside one another, or one below the other."""
        self.splitter.setOrientation(orientation)
        self.arrange()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Another size has room for more plots, or for fewer."""
        super().resizeEvent(event)
        self.arrange()

    def arrange(self) -> None:
        """Show what there is room for, the plots that were chosen last first."""
        there = [name for name in self._chosen if name in self._offered]
        shown = there[: self._room()]
        if shown != self._shown:  # what a person dragged stays until others are shown
            self._shown = shown
            self.splitter.setSizes([_WIDE] * len(self._plots))
        for name, plot in self._plots.items():
            plot.setVisible(name in shown)
            self.names[name].setVisible(name in there)
            self.names[name].setChecked(name in shown)
        self._bar.setVisible(len(shown) < len(there))

    def _room(self) -> int:
        down = self.splitter.orientation() == Qt.Orientation.Vertical
        length, needed = (self.height(), _HIGH) if down else (self.width(), _WIDE)
        return max(1, int(length / themes.current().px(needed)))

    def _choose(self, name: str, *_: object) -> None:
        self._chosen.remove(name)
        self._chosen.insert(0, name)
        self.arrange()

    def _button(self, name: str) -> QToolButton:
        button = quiet_button(name, f"Show: {name}", "Show this plot")
        button.setCheckable(True)
        button.clicked.connect(partial(self._choose, name))
        return button
