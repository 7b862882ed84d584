"""Two parts of a page, one below or beside the other; in little room, one of them at a time."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QEvent, QObject, Qt, Signal, Slot
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QButtonGroup, QHBoxLayout, QToolButton, QVBoxLayout, QWidget

from gui.style import theme as themes
from gui.widgets.buttons import quiet_button
from gui.widgets.layouts import divided, filled

LOW, NARROW = 560, 1200
"""Pixels of a window's height and width, before scaling: Full HD at 200 % has 960 by 540."""


class Halves(QWidget):
    """Two parts; two buttons choose between them in a window lower than :data:`LOW`.

    Both at once would make the whole page scroll there, around tables that scroll themselves.

    Args:
        names: of the upper and the lower part, on the buttons.
        parts: both.
        sizes: their first heights.
        beside: the parts are side by side, and one at a time in a window below :data:`NARROW`: for
            a table that would scroll sideways there.

    Attributes:
        buttons: that choose; out of sight where both parts are seen.
        both: holds the parts.
        small: whether the window has no room for both.
        alone: the part that is seen by itself; None where both are, or there is only one.

    Signals:
        turned: another part is in sight.
    """

    turned = Signal()

    def __init__(
        self,
        names: tuple[str, str],
        parts: tuple[QWidget, QWidget],
        *,
        sizes: Sequence[int],
        beside: bool = False,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._parts, self._offered, self.small = parts, True, False
        self._beside = beside
        self.alone: int | None = None
        self._window: QWidget | None = None
        self._bar, self._group = QWidget(), QButtonGroup(self)
        self.buttons: list[QToolButton] = []
        for place, name in enumerate(names):
            button = quiet_button(name, name)
            button.setCheckable(True)
            button.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
            self._group.addButton(button, place)
            self.buttons.append(button)
        self.buttons[0].setChecked(True)
        self._group.idToggled.connect(self._arrange)
        line = filled(QHBoxLayout(self._bar), *self.buttons, spacing=6)
        line.addStretch(1)
        along = Qt.Orientation.Horizontal if beside else Qt.Orientation.Vertical
        self.both = divided(along, *parts, sizes=sizes)
        filled(QVBoxLayout(self), self._bar, (self.both, 1), spacing=4)
        themes.registry.follow(self.measure)
        self._arrange()

    def choose(self, place: int) -> None:
        """Bring a part in sight: 0 for the upper or left one."""
        self.buttons[place].setChecked(True)

    def offer(self, *, lower: bool) -> None:
        """Whether there is something in the lower or right part."""
        self._offered = lower
        self._arrange()

    def showEvent(self, event: QShowEvent) -> None:
        """Follow the window that it is in."""
        super().showEvent(event)
        if self._window is not self.window():
            if self._window is not None:
                self._window.removeEventFilter(self)
            self._window = self.window()
            self._window.installEventFilter(self)
        self.measure()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """The window has another size."""
        if event.type() == QEvent.Type.Resize and watched is self._window:
            self.measure()
        return False

    @Slot()
    def measure(self) -> None:
        """Ask whether both have room, in the type in force."""
        window, px = self.window(), themes.current().px
        small = window.width() < px(NARROW) if self._beside else window.height() < px(LOW)
        if small is not self.small:
            self.small = small
            self._arrange()

    @Slot()
    def _arrange(self) -> None:
        self.alone = self._group.checkedId() if self.small and self._offered else None
        self._bar.setVisible(self.alone is not None)
        self._parts[0].setVisible(self.alone != 1)
        self._parts[1].setVisible(self._offered and self.alone != 0)
        self.turned.emit()
