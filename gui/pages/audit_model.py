"""The rows of a set as a table that sorts and filters itself.

A proxy would ask for the keys of ten thousand rows a quarter of a million times when it sorts; here
each is asked for once. Rows come in batches, fifteen times a second at most.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QAbstractTableModel, QModelIndex, Qt, QTimer, Slot
from PySide6.QtGui import QColor

from engine.core.glossary import meaning
from engine.core.text import visible
from gui.style import theme as themes
from gui.widgets.flag_names import in_the_window
from gui.widgets.text_table_model import Index
from gui.widgets.tips import plain_tip

if TYPE_CHECKING:
    from engine.procedures.set_standing import SetRow

COLUMNS = (
    *("Input", "Label", "Prediction", "Outcome", "Certified", "Attacked", "Reason"),
    *("n", "Time"),
)
OUTCOME, ATTACKED, N = 3, 5, 7
OUTCOMES = ("correct", "wrong", "certified", "contradicted", "abstained", "no run")
_MARKS = {
    "correct": "✓",
    "wrong": "✗",
    "certified": "✓",
    "contradicted": "✗",
    "abstained": "–",
    "no run": "!",
}
_INKS = {
    "correct": "certified",
    "certified": "certified",
    "wrong": "danger",
    "contradicted": "danger",
    "abstained": "runner_up",
    "no run": "warning",
}
_SETTLE_MS = 1000
"""Rows that come while the table is sorted find their places once a second."""
_NUMBER = re.compile(r"(\d+)")
_ARROW = "\u2003\u2002"
"""Room for the arrow of a sorted column, behind its name."""
_RIGHT = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter


def texts(row: SetRow) -> tuple[str, ...]:
    """What the columns say of a row."""
    return (
        row.name,
        row.label,
        row.predicted,
        f"{_MARKS[row.outcome]} {row.outcome}",
        row.certified,
        row.attacked,
        row.cause,
        f"{row.n:,}" if row.n else "",
        f"{row.seconds:.2f} s" if row.run_id else "",
    )


def natural(text: str) -> list[tuple[int, str]]:
    """A key by which ``digits:9`` comes before ``digits:10``."""
    parts = _NUMBER.split(text.lower())
    return [(int(part), "") if part.isdigit() else (-1, part) for part in parts]


_KEYS: tuple[Callable[[SetRow], Any], ...] = (
    lambda row: natural(row.name),
    lambda row: natural(row.label),
    lambda row: natural(row.predicted),
    lambda row: OUTCOMES.index(row.outcome),
    lambda row: row.size,
    lambda row: natural(row.attacked),
    lambda row: row.cause,
    lambda row: row.n,
    lambda row: row.seconds,
)


class AuditModel(QAbstractTableModel):
    """Rows in the order in which they were decided, until a column is chosen to sort by.

    Attributes:
        attacked: whether an attack found something in any row.
        rows: all of them, as they were decided; ``total`` of the list are meant.
        shown: places of the rows that pass the filter, in the order of the table.
    """

    def __init__(self) -> None:
        super().__init__()
        self.shown: list[int] = []
        self.rows: Sequence[SetRow] = ()
        self.total, self.attacked = 0, False
        self._column, self._falls = -1, False
        self._text, self._outcome = "", ""
        self._settle = QTimer(self, singleShot=True, interval=_SETTLE_MS)
        self._settle.timeout.connect(self._arrange)

    def show_rows(self, rows: Sequence[SetRow], count: int) -> None:
        """Show the first ``count`` rows; to a list that was shown before, those since are added."""
        if rows is not self.rows or count < self.total:
            self.beginResetModel()
            self.rows, self.total, self.shown, self.attacked = rows, 0, [], False
            self.endResetModel()
        new = [place for place in range(self.total, count) if self._passes(rows[place])]
        self.attacked = self.attacked or any(row.attacked for row in rows[self.total : count])
        self.total = count
        if not new:
            return
        if self._column >= 0:
            if not self._settle.isActive():
                self._settle.start()
            return
        first = len(self.shown)
        self.beginInsertRows(QModelIndex(), first, first + len(new) - 1)
        self.shown += new
        self.endInsertRows()

    def row_at(self, index: Index) -> SetRow:
        """The row of an index."""
        return self.rows[self.shown[index.row()]]

    def place_of(self, row: SetRow) -> int:
        """Where a row stands in the table; -1 where it does not."""
        return self.shown.index(row.place) if row.place in self.shown else -1

    def filter(self, text: str, outcome: str = "") -> None:
        """Show rows that hold a text anywhere, of one outcome; empty ones let all pass."""
        self._text, self._outcome = text.lower().strip(), outcome
        self._arrange()

    def sort(self, column: int, order: Qt.SortOrder = Qt.SortOrder.AscendingOrder) -> None:
        """By a column; -1 is the order in which rows were decided."""
        self._column, self._falls = column, order == Qt.SortOrder.DescendingOrder
        self.headerDataChanged.emit(Qt.Orientation.Horizontal, 0, len(COLUMNS) - 1)
        self._arrange()

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        """How many rows pass."""
        return 0 if parent.isValid() else len(self.shown)

    def columnCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        """How many columns."""
        return 0 if parent.isValid() else len(COLUMNS)

    def headerData(
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> Any:
        """Names of the columns, and what they mean."""
        if orientation != Qt.Orientation.Horizontal:
            return None
        if role == Qt.ItemDataRole.TextAlignmentRole and section >= N:
            return _RIGHT
        if role == Qt.ItemDataRole.DisplayRole:
            # the arrow of a sorted column stands at the right, over the name of one of numbers
            return COLUMNS[section] + _ARROW * (section >= N and section == self._column)
        return meaning(COLUMNS[section]) if role == Qt.ItemDataRole.ToolTipRole else None

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """Text, the whole reason as a tip, ink."""
        row, column = self.row_at(index), index.column()
        if role == Qt.ItemDataRole.DisplayRole:
            return visible(texts(row)[column])
        if role == Qt.ItemDataRole.ToolTipRole:
            return plain_tip(in_the_window(row.reason) or texts(row)[column])
        if role == Qt.ItemDataRole.ForegroundRole and column == OUTCOME:
            return QColor(getattr(themes.current(), _INKS[row.outcome]))
        if role == Qt.ItemDataRole.TextAlignmentRole and column >= N:
            return _RIGHT
        return None

    @Slot()
    def _arrange(self) -> None:
        """Filter and sort all rows anew; selected ones stay selected."""
        self.layoutAboutToBeChanged.emit()
        before = self.persistentIndexList()
        kept = [self.shown[index.row()] for index in before]
        rows = self.rows
        self.shown = [place for place in range(self.total) if self._passes(rows[place])]
        if self._column >= 0:
            key = _KEYS[self._column]
            self.shown.sort(key=lambda place: key(rows[place]), reverse=self._falls)
        where = {place: row for row, place in enumerate(self.shown)} if before else {}
        after = [
            self.index(where[place], index.column()) if place in where else QModelIndex()
            for place, index in zip(kept, before, strict=True)
        ]
        self.changePersistentIndexList(before, after)
        self.layoutChanged.emit()

    def _passes(self, row: SetRow) -> bool:
        if self._outcome and row.outcome != self._outcome:
            return False
        text = self._text
        return not text or any(text in part.lower() for part in (*texts(row), row.reason))
