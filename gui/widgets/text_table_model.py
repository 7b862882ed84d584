"""A plain table of texts for a view; only what is visible is ever asked for."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from types import MappingProxyType
from typing import Any, Generic, TypeVar

from PySide6.QtCore import (
    QAbstractItemModel,
    QAbstractTableModel,
    QModelIndex,
    QPersistentModelIndex,
    Qt,
)
from PySide6.QtGui import QColor
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QTableView

from engine.core.glossary import meaning
from engine.core.text import visible
from gui.widgets.tips import plain_tip

Index = QModelIndex | QPersistentModelIndex
R = TypeVar("R")


class RowsModel(QAbstractTableModel, Generic[R]):
    """Rows of any kind.

    Args:
        header: names of the columns.
        texts: the texts of a row, one per column.
        color: the ink of a row's cell; None for the usual.
        tips: what columns mean whose names are no terms of a run, or other ones here.
    """

    def __init__(
        self,
        header: Sequence[str],
        texts: Callable[[R], Sequence[str]],
        color: Callable[[R, int], str | None] = lambda row, column: None,
        *,
        tips: Mapping[str, str] = MappingProxyType({}),
    ) -> None:
        super().__init__()
        self.header = tuple(header)
        self.rows: Sequence[R] = ()
        self._texts, self._color, self._tips = texts, color, tips

    def show_rows(self, rows: Sequence[R], header: Sequence[str] | None = None) -> None:
        """Show these rows; those of a sequence that makes them are asked for as they are seen."""
        self.beginResetModel()
        self.rows = tuple(rows) if isinstance(rows, list) else rows
        self.header = tuple(header or self.header)
        self.endResetModel()

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        """How many rows."""
        return 0 if parent.isValid() else len(self.rows)

    def columnCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        """How many columns."""
        return 0 if parent.isValid() else len(self.header)

    def headerData(
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> Any:
        """Names of the columns, and what they mean."""
        if orientation != Qt.Orientation.Horizontal:
            return None
        if role == Qt.ItemDataRole.DisplayRole:
            return self.header[section]
        if role != Qt.ItemDataRole.ToolTipRole:
            return None
        return self._tips.get(self.header[section]) or meaning(self.header[section])

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """Text, whole text as a tip, ink."""
        row, column = self.rows[index.row()], index.column()
        if role == Qt.ItemDataRole.DisplayRole:
            return visible(self._texts(row)[column])
        if role == Qt.ItemDataRole.ToolTipRole:
            return plain_tip(self._texts(row)[column])
        if role == Qt.ItemDataRole.ForegroundRole and (ink := self._color(row, column)):
            return QColor(ink)
        return None


T = TypeVar("T", bound=QTableView)


def plain(table: T, name: str, *, line: int = 26) -> T:
    """A table to read: no grid, no row numbers, every row one line of so many pixels."""
    table.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
    table.setTabKeyNavigation(False)
    table.setWordWrap(False)
    table.setShowGrid(False)
    table.setAccessibleName(name)
    rows = table.verticalHeader()
    rows.hide()
    rows.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
    rows.setDefaultSectionSize(line)
    middle = Qt.AlignmentFlag.AlignVCenter  # as of columns with an alignment of their own
    table.horizontalHeader().setDefaultAlignment(Qt.AlignmentFlag.AlignLeft | middle)
    return table


def plain_table(model: QAbstractItemModel, name: str, widths: Sequence[int]) -> QTableView:
    """A view of whole rows, without grid or row numbers; the last column takes what is left.

    The view owns its model, so that both end in the window's thread.
    """
    table = plain(QTableView(), name)
    model.setParent(table)
    table.setModel(model)
    table.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
    table.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
    table.horizontalHeader().setStretchLastSection(True)
    for column, width in enumerate(widths):
        table.setColumnWidth(column, width)
    table.setMinimumHeight(110)
    return table
