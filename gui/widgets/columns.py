"""Columns as wide as their texts where there is room; where there is not, the long ones give."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QEvent, QObject, QTimer, Slot
from PySide6.QtWidgets import QTableView

MARGIN = 14
"""Pixels beside a text, where nothing else is said."""
_LOOKED_AT = 200
"""Rows whose texts are measured."""


class FittedColumns(QObject):
    """Keeps the columns of a table fitted to its texts and its width.

    A column that somebody has dragged ends that: from then on widths are theirs. The last column
    takes what is left.

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
        wanted = self.wanted()
        floors = [*self._least, *[0] * count][:count]
        least = [min(want, floor or want) for want, floor in zip(wanted, floors, strict=True)]
        self._fitting = True
        room = self._table.viewport().width()
        for column, width in enumerate(shared(wanted, least, room)):
            if not self._table.isColumnHidden(column):
                self._table.setColumnWidth(column, width)
        self._fitting = False

    def wanted(self) -> list[int]:
        """The width of every column in which its texts are read whole."""
        table, header = self._table, self._table.horizontalHeader()
        return [
            0
            if table.isColumnHidden(column)
            else max(table.sizeHintForColumn(column), header.sectionSizeHint(column)) + self._margin
            for column in range(table.model().columnCount())
        ]

    @Slot()
    def _hold(self) -> None:
        """Other columns come with sizes that nobody has given them."""
        self._fitting = True

    @Slot(int, int, int)
    def _on_resized(self, column: int, before: int, after: int) -> None:
        by_hand = not self._fitting and column != self._table.model().columnCount() - 1
        self._dragged = self._dragged or (by_hand and self._table.isVisible())


def shared(wanted: Sequence[int], least: Sequence[int], room: int) -> list[int]:
    """Widths within ``room``, as far as the least ones allow: all give the same part of the rest.

    >>> shared([100, 300, 100], [100, 100, 60], 500)
    [100, 300, 100]
    >>> shared([100, 300, 100], [100, 100, 60], 380)
    [100, 200, 80]
    """
    missing, can_give = sum(wanted) - room, sum(wanted) - sum(least)
    part = min(1.0, max(0, missing) / can_give) if can_give else 0.0
    return [int(w - part * (w - floor)) for w, floor in zip(wanted, least, strict=True)]
