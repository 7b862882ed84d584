"""How wide the columns are wished at each size of the window, whatever a smaller one has room for.

A small screen squeezes them, and so does a page beside them: what they are then is no wish for a
larger one.
"""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress

from PySide6.QtCore import QByteArray, QEvent, QObject, Slot
from PySide6.QtWidgets import QSplitter

from gui.controllers.preferences import Preferences

NAME = "shares"
"""Of what is remembered."""
_SAME = 0.15
"""Windows whose widths differ by less, of the wider one, are of one size."""


class Shares(QObject):
    """Gives parts of a splitter the widths that somebody dragged them to, at about that size.

    At a size at which nobody dragged, they share the room as at the nearest that is known: one at
    which somebody did, or the first.

    Args:
        splitter: whose parts share its width.
        first: their widths in the first window.
        preferences: where what was dragged is remembered; None remembers nothing.
    """

    def __init__(
        self, splitter: QSplitter, first: Sequence[int], preferences: Preferences | None
    ) -> None:
        super().__init__(splitter)
        self._splitter, self._preferences = splitter, preferences
        self._first = list(first)
        self._dragged: list[list[int]] = []
        saved = preferences.state(NAME) if preferences is not None else None
        for sizes in _read(saved, len(self._first)):
            self._wish(sizes)
        splitter.installEventFilter(self)
        splitter.splitterMoved.connect(self._on_moved)
        self._share(sum(first))

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Share another width anew: what there was room for before is no wish."""
        if event.type() == QEvent.Type.Resize and watched is self._splitter:
            self._share(self._splitter.width())
        return False

    def _share(self, width: int) -> None:
        """While a part is hidden, the others are as wide as that leaves them."""
        if self._all_in_sight():
            known = self._dragged
            if not any(_of_one_size(sum(sizes), sum(self._first)) for sizes in known):
                known = [*known, self._first]
            self._splitter.setSizes(min(known, key=lambda sizes: abs(sum(sizes) - width)))

    @Slot()
    def _on_moved(self) -> None:
        if self._all_in_sight():
            self._wish(self._splitter.sizes())
            if self._preferences is not None:
                self._preferences.save_state(NAME, _written(self._dragged))

    def _wish(self, sizes: list[int]) -> None:
        """In place of what was dragged before at about this size."""
        others = [one for one in self._dragged if not _of_one_size(sum(one), sum(sizes))]
        self._dragged = [*others, sizes]

    def _all_in_sight(self) -> bool:
        parts = [self._splitter.widget(place) for place in range(self._splitter.count())]
        return not any(part is not None and part.isHidden() for part in parts)


def _of_one_size(one: int, other: int) -> bool:
    return abs(one - other) < _SAME * max(one, other)


def _written(wishes: Sequence[Sequence[int]]) -> QByteArray:
    return QByteArray(";".join(" ".join(map(str, sizes)) for sizes in wishes).encode())


def _read(saved: QByteArray | None, count: int) -> list[list[int]]:
    """What was written; nothing of what is not for so many parts."""
    found: list[list[int]] = []
    for text in bytes(saved.data()).split(b";") if saved is not None else ():
        with suppress(ValueError):
            sizes = [int(size) for size in text.split()]
            if len(sizes) == count and all(size > 0 for size in sizes):
                found.append(sizes)
    return found
