"""Columns as wide as their texts where there is room; where there is not, the long ones give."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QEvent, QObject, Qt, QTimer, Slot
from PySide6.QtWidgets import QTableView

MARGIN = 14
"""Pixels beside a text, where nothing else is said."""
_CLOSE = 4
"""The same where there is too little room; cells have a margin of their own."""
_BESIDE_NAME = 2
"""Pixels beside the name of a column, which has room of its own around it."""
_LOOKED_AT = 200
"""Rows whose texts are measured."""


class FittedColumns(QObject):
    """Keeps the columns of a table fitted to its texts and its width.

    A column that somebody has dragged ends that: from then on widths are theirs. The last column
    takes what is left; where that is one of numbers, columns of words share it.

    Args:
        table: the view; its model is set.
        least: for each of the first columns, the width below which texts are no longer shortened;
            0 where they never are.
        margin: pixels beside a text.
        follows: widths change with rows and texts that come; else with the view alone, and when
            somebody calls :meth:`fit`: in a table that grows all the time they would never rest.
    """

    def __init__(
        self,
        table: QTableView,
        least: Sequence[int] = (),
        *,
        margin: int = MARGIN,
        follows: bool = True,
    ) -> None:
        super().__init__(table)
        self._table, self._least, self._margin = table, tuple(least), margin
        self._fitting = self._dragged = False
        header, model = table.horizontalHeader(), table.model()
        header.setResizeContentsPrecision(_LOOKED_AT)
        self._soon = QTimer(self, singleShot=True, interval=0)
        self._soon.timeout.connect(self.fit)
        model.modelAboutToBeReset.connect(self._hold)
        model.modelReset.connect(self._soon.start)
        for signal in (model.dataChanged, model.rowsInserted) if follows else ():
            signal.connect(self._soon.start)
        header.sectionResized.connect(self._on_resized)
        table.viewport().installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Another width of the view."""
        if event.type() == QEvent.Type.Resize:
            self._soon.start()
        return super().eventFilter(watched, event)

    @Slot()
    def fit(self) -> None:
        """Give every column its width."""
        count = self._table.model().columnCount()
        self._fitting = False
        if self._dragged or count < 2:
            return
        room = self._table.viewport().width()
        wanted = self.wanted()
        if sum(wanted) > room:  # columns stand closer before a text is shortened
            wanted = self.wanted(min(_CLOSE, self._margin))
        floors = [*self._least, *[0] * count][:count]
        least = [min(want, floor or want) for want, floor in zip(wanted, floors, strict=True)]
        self._fitting = True
        widths = shared(wanted, least, room)
        if self._counts(count - 1):  # a number at the far edge would stand apart from its row
            words = [bool(w) and not self._counts(column) for column, w in enumerate(widths)]
            widths = spread(widths, words, room)
        for column, width in enumerate(widths):
            if not self._table.isColumnHidden(column):
                self._table.setColumnWidth(column, width)
        self._fitting = False

    def wanted(self, margin: int | None = None) -> list[int]:
        """The width of every column in which its texts are read whole."""
        beside = self._margin if margin is None else margin
        table, header = self._table, self._table.horizontalHeader()
        return [
            0
            if table.isColumnHidden(column)
            else max(
                table.sizeHintForColumn(column) + beside,
                header.sectionSizeHint(column) + _BESIDE_NAME,
            )
            for column in range(table.model().columnCount())
        ]

    def _counts(self, column: int) -> bool:
        """Whether a column is one of numbers: they end at one line."""
        model = self._table.model()
        if not model.rowCount():
            return False
        found = model.data(model.index(0, column), Qt.ItemDataRole.TextAlignmentRole)
        return found is not None and bool(
            Qt.AlignmentFlag(int(found)) & Qt.AlignmentFlag.AlignRight
        )

    @Slot()
    def _hold(self) -> None:
        """Other columns come with sizes that nobody has given them."""
        self._fitting = True

    @Slot(int, int, int)
    def _on_resized(self, column: int, before: int, after: int) -> None:
        by_hand = not self._fitting and column != self._table.model().columnCount() - 1
        self._dragged = self._dragged or (by_hand and self._table.isVisible())


def shared(wanted: Sequence[int], least: Sequence[int], room: int) -> list[int]:
    """Widths within ``room``, as far as the least ones allow: the widest give first.

    So the fewest texts are shortened: one long text does not cost a short one its last letters.

    >>> shared([100, 300, 100], [100, 100, 60], 500)
    [100, 300, 100]
    >>> shared([100, 300, 150], [100, 100, 60], 380)
    [100, 140, 140]
    """
    if sum(wanted) <= room:
        return list(wanted)
    low, high = 0, max(wanted)
    while low < high:  # the largest width that no column needs to go beyond
        middle = (low + high + 1) // 2
        fits = sum(_capped(wanted, least, middle)) <= room
        low, high = (middle, high) if fits else (low, middle - 1)
    return _capped(wanted, least, low)


def _capped(wanted: Sequence[int], least: Sequence[int], most: int) -> list[int]:
    return [max(floor, min(want, most)) for want, floor in zip(wanted, least, strict=True)]


def spread(widths: Sequence[int], words: Sequence[bool], room: int) -> list[int]:
    """Widths that take all of ``room``: what is left goes to columns of words, a wide one the most.

    Numbers stay as wide as they need.

    >>> spread([100, 300, 50], [True, True, False], 850)
    [200, 600, 50]
    >>> spread([100, 300, 50], [True, True, False], 400)
    [100, 300, 50]
    """
    left, of = room - sum(widths), sum(w for w, wordy in zip(widths, words, strict=True) if wordy)
    if left <= 0 or not of:
        return list(widths)
    return [w + left * w // of if wordy else w for w, wordy in zip(widths, words, strict=True)]
