"""Names and values, two columns; texts change in place, so that nothing flickers while it runs."""

from __future__ import annotations

from typing import ClassVar

from PySide6.QtCore import QEvent, QSize, Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QGridLayout, QWidget

from engine.core.glossary import meaning
from gui.style import theme as themes
from gui.style.theme import set_role
from gui.widgets.layouts import emptied
from gui.widgets.section import Words

Rows = list[tuple[str, str]]
"""Names and values."""
_LONG = 30
"""Letters from which on a name takes several lines, so that its value has room."""
_BETWEEN = 10
"""Pixels between names and values."""
_WIDEST = 150
"""Pixels, before scaling: no longer word asks for room."""
_HELD = "\xa0"
_SHORT = 18
"""Letters of a value that keeps to its line, as ``291,043 of 303,104`` does."""


class _Cell(Words):
    """A name or a value: it breaks its lines between words, never within one."""

    whole: ClassVar[int] = 0
    """Letters of a text that is not broken at all."""

    def minimumSizeHint(self) -> QSize:
        """The longest word, or a short text as a whole, up to a limit."""
        metrics, text = self.fontMetrics(), self.text()
        parts = [text] if len(text) <= self.whole else text.split()
        widest = max(map(metrics.horizontalAdvance, parts), default=0)
        return QSize(min(widest + 2, round(themes.current().px(_WIDEST))), metrics.height())


class _Value(_Cell):
    """A short value is read in one line, whatever its name needs."""

    whole: ClassVar[int] = _SHORT


class _Name(_Cell):
    """A short name keeps to its line where that has room, a long one where values leave it.

    Attributes:
        room: pixels that values leave.
    """

    room = 0

    def sizeHint(self) -> QSize:
        """One line; for a long name as Qt would break it, or wider where there is room."""
        metrics = self.fontMetrics()
        whole = metrics.horizontalAdvance(self.text()) + 2
        if len(self.text()) > _LONG:
            broken = super().sizeHint()
            if broken.width() > self.room:
                return broken
            whole = min(whole, self.room)
        return QSize(whole, metrics.height())


class FactsTable(QWidget):
    """A table of facts.

    Attributes:
        rows: what is shown.
    """

    def __init__(self, *, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.rows: Rows = []
        self._values: list[_Value] = []
        self._names: list[_Name] = []
        self._widest = 0
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setColumnStretch(1, 1)
        self._grid.setHorizontalSpacing(_BETWEEN)
        self._grid.setVerticalSpacing(4)

    def show_rows(self, rows: Rows, *, passing: bool = False) -> None:
        """Change texts; rows are made anew only where their names differ.

        Args:
            rows: names and values.
            passing: other values come before anybody could select these.
        """
        if [name for name, _ in rows] != [name for name, _ in self.rows]:
            self._rebuild(rows)
        self.rows = rows
        self.setVisible(bool(rows))
        for index, (_, value) in enumerate(rows):
            self._values[index].set_selectable(on=not passing)
            self._values[index].setText(_kept_together(value))
        self._give_names_room()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Another width has other room for long names."""
        super().resizeEvent(event)
        self._give_names_room()

    def changeEvent(self, event: QEvent) -> None:
        """Other type has other widths."""
        super().changeEvent(event)
        if event.type() in (QEvent.Type.FontChange, QEvent.Type.StyleChange):
            self._widest = 0
            self._give_names_room()

    def _give_names_room(self) -> None:
        """What the widest value leaves, of all that passed so far: else names would move."""
        if not any(len(name.text()) > _LONG for name in self._names):
            return
        for value in self._values:
            wide = value.fontMetrics().horizontalAdvance(value.text())
            self._widest = max(self._widest, wide)
        room = self.width() - _BETWEEN - self._widest - 2
        for name in self._names:
            if name.room != room:
                name.room = room
                name.updateGeometry()

    def _rebuild(self, rows: Rows) -> None:
        emptied(self._grid)
        self._values, self._names, self._widest = [], [], 0
        for index, (name, _) in enumerate(rows):
            value, title = _Value(""), _Name(name)
            self._values.append(value)
            self._names.append(title)
            value.setAlignment(Qt.AlignmentFlag.AlignRight)
            value.setAccessibleName(name)
            title.setToolTip(meaning(name))
            value.setToolTip(meaning(name))
            set_role(title, "muted")
            self._grid.addWidget(title, index, 0, Qt.AlignmentFlag.AlignTop)
            self._grid.addWidget(value, index, 1)


def _kept_together(value: str) -> str:
    r"""A number with its sign and unit, which no line break may part.

    >>> _kept_together("66.66 % or more")
    '66.66\xa0% or more'
    """
    for sign in ("\u2265", "\u2264"):
        value = value.replace(f"{sign} ", f"{sign}{_HELD}")
    return value.replace(" %", f"{_HELD}%")
