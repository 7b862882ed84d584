"""Four plots in two rows; where there is room for fewer, the others are a press away."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QKeySequence, QResizeEvent, QShortcut
from PySide6.QtWidgets import QGridLayout, QSizePolicy, QToolButton, QVBoxLayout, QWidget

from gui.style import theme as themes
from gui.widgets.buttons import quiet_button
from gui.widgets.layouts import divided, filled

HANDLE = 10
_BESIDE, _BELOW = 540, 490
"""Pixels from which on two plots stand beside, and two below one another; before scaling."""
_LEAST = 270, 300
"""Pixels of one plot and the row of names; before scaling."""
_MOST = 390, 500
"""Pixels that it asks for at most: in the largest type it is read in less than its share."""


class PlotGrid(QWidget):
    """Two rows of two plots, each with handles between them.

    Attributes:
        rows, upper, under: the splitters: of both rows, and of the plots in each.
        names: a button for each plot, where not all of them are in sight.
        bar: the row of these buttons.
        whole: gives all plots their room back, while one has all of it.

    Signals:
        chosen: a person brought this plot in sight.
        arranged: other plots may be in sight than before.

    Args:
        plots: the four, from the upper left one to the lower right one.
        names: what their buttons say.
    """

    chosen = Signal(int)
    arranged = Signal()

    def __init__(
        self, plots: Sequence[QWidget], names: Sequence[str], *, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        across, down = Qt.Orientation.Horizontal, Qt.Orientation.Vertical
        self.upper = divided(across, *plots[:2], sizes=(500, 500))
        self.under = divided(across, *plots[2:], sizes=(600, 400))
        self.rows = divided(down, self.upper, self.under, sizes=(420, 580))
        for splitter in (self.upper, self.under, self.rows):
            splitter.setHandleWidth(HANDLE)
        self._row, self._columns = 1, [0, 0]
        self._alone = self._staged = False
        self.names = [self._name(i, name) for i, name in enumerate(names)]
        self.whole = quiet_button("All plots", "Show all plots", "Give all plots their room back")
        self.whole.clicked.connect(self.share)
        self.bar = QWidget()
        self._bar = QGridLayout(self.bar)
        self._bar.setContentsMargins(0, 0, 0, 0)
        self._bar.setSpacing(4)
        self._bar.setColumnStretch(len(self.names), 1)
        self._lines = 0
        self.bar.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        filled(QVBoxLayout(self), self.bar, (self.rows, 1), spacing=4)
        self._keys = [QShortcut(QKeySequence(str(i + 1)), self) for i in range(len(names))]
        for i, key in enumerate(self._keys):
            key.activated.connect(partial(self._choose, i))
        themes.registry.follow(self.arrange)
        self.arrange()

    @property
    def staged(self) -> bool:
        """Whether one plot has the stage to itself."""
        return self._staged

    @property
    def shape(self) -> tuple[int, int]:
        """Rows and columns that are in sight."""
        return (1, 1) if self._alone or self._staged else self._room()

    def shows(self, place: int) -> bool:
        """Whether a plot is in sight."""
        row, column = divmod(place, 2)
        rows, columns = self.shape
        return (rows > 1 or row == self._row) and (columns > 1 or column == self._columns[row])

    def show_plot(self, place: int) -> None:
        """Bring a plot in sight, in place of another where there is no room for both."""
        self._row, column = divmod(place, 2)
        self._columns[self._row] = column
        self.arrange()

    def _choose(self, place: int, *_: object) -> None:
        self.show_plot(place)
        self.chosen.emit(place)

    def enlarge(self, place: int) -> None:
        """Give one plot the room of all four; the same one again gives it back."""
        self._alone = not (self._alone and self.shows(place))
        self.show_plot(place)

    def share(self) -> None:
        """Give all plots their room back."""
        self._alone = False
        self.arrange()

    def stage(self, place: int | None) -> None:
        """Put one plot on stage, without anything around it; None ends that."""
        self._staged = place is not None
        self.show_plot(self._row * 2 + self._columns[self._row] if place is None else place)

    def minimumSizeHint(self) -> QSize:
        """One plot: the others are a press away."""
        sides = (themes.current().px(side) for side in _LEAST)
        return QSize(*(min(round(side), most) for side, most in zip(sides, _MOST, strict=True)))

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Another size has room for more plots, or for fewer."""
        super().resizeEvent(event)
        self.arrange()

    def arrange(self) -> None:
        """Show what there is room for."""
        shown = [self.shows(place) for place in range(4)]
        for splitter, both in ((self.upper, shown[:2]), (self.under, shown[2:])):
            for i, seen in enumerate(both):
                cell = splitter.widget(i)
                if cell is not None:
                    cell.setVisible(seen)
            splitter.setVisible(any(both))
        self.rows.refresh()  # else its handle is there, and takes room, after the first paint alone
        for button, seen in zip(self.names, shown, strict=True):
            button.setChecked(seen)
        self._lay_names()
        self.bar.setVisible(not self._staged and not all(shown))
        self.whole.setVisible(self._alone and self._room() != (1, 1))
        for key in self._keys:
            key.setEnabled(not all(shown))
        self.arranged.emit()

    def _lay_names(self) -> None:
        """In one line, or in two where that has no room in large type."""
        spacing = self._bar.spacing()
        wanted = [button.sizeHint().width() + spacing for button in (*self.names, self.whole)]
        lines = 1 if sum(wanted) <= max(self.width(), self.minimumSizeHint().width()) else 2
        if lines == self._lines:
            return
        self._lines, across = lines, len(self.names) // lines
        for place, button in enumerate(self.names):
            self._bar.addWidget(button, place // across, place % across)
        self._bar.addWidget(self.whole, 0, len(self.names) + 1)

    def _room(self) -> tuple[int, int]:
        theme = themes.current()
        high, wide = self.height() >= theme.px(_BELOW), self.width() >= theme.px(_BESIDE)
        return 1 + high, 1 + wide

    def _name(self, place: int, name: str) -> QToolButton:
        button = quiet_button(name, f"Show: {name}", f"Show this plot ({place + 1})")
        button.setCheckable(True)
        button.clicked.connect(partial(self._choose, place))
        return button
