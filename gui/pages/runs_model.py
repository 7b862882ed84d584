"""The runs of a case as a table; only what is visible is ever asked for."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QSortFilterProxyModel, Qt, Signal

from engine.core.fields import field_specs
from gui.widgets.local_time import local_time
from gui.widgets.text_table_model import Index, RowsModel
from gui.widgets.tips import plain_tip

if TYPE_CHECKING:
    from engine.case import RunRow
    from engine.evidence.evidence import Evidence

COLUMNS = ("Run", "Model", "Input", "Setting", "Outcome", "Certified", "n", "Date", "Note")
OUTCOME, NOTE = COLUMNS.index("Outcome"), COLUMNS.index("Note")
_NUMBER = re.compile(r"[\d,]*\d(\.\d+)?")
_NUMBERS = {COLUMNS.index(name) for name in ("Run", "n")}


class RunsModel(RowsModel["RunRow"]):
    """Rows of a case, newest first.

    Signals:
        noted: a row and the text that somebody typed for it.
    """

    noted = Signal(object, str)

    def __init__(self) -> None:
        super().__init__(COLUMNS, texts)

    def show_rows(self, rows: Sequence[RunRow], header: Sequence[str] | None = None) -> None:
        """Show these rows; where only their contents changed, the selection stays."""
        same = [row.id for row in rows] == [row.id for row in self.rows]
        if same and rows:
            self.rows = tuple(rows)
            self.dataChanged.emit(self.index(0, 0), self.index(len(rows) - 1, len(COLUMNS) - 1))
        else:
            super().show_rows(rows, header)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """A fact, as text, to sort by, or in full."""
        row, column = self.rows[index.row()], index.column()
        if role == Qt.ItemDataRole.EditRole:
            return texts(row)[column]
        if role == Qt.ItemDataRole.UserRole:
            return sort_keys(row)[column]
        if role == Qt.ItemDataRole.ToolTipRole and row.damage:
            return plain_tip(row.damage)
        if role == Qt.ItemDataRole.TextAlignmentRole and column in _NUMBERS:
            return Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
        return super().data(index, role)

    def setData(self, index: Index, value: Any, role: int = Qt.ItemDataRole.EditRole) -> bool:
        """A typed note."""
        row = self.rows[index.row()]
        if index.column() != NOTE or str(value) == row.note:
            return False
        self.noted.emit(row, str(value))
        return True

    def flags(self, index: Index) -> Qt.ItemFlag:
        """Notes can be edited."""
        flags = super().flags(index)
        return flags | Qt.ItemFlag.ItemIsEditable if index.column() == NOTE else flags


def filtered(model: RunsModel) -> QSortFilterProxyModel:
    """The model behind a filter over all columns, sorted by value and not by text."""
    proxy = QSortFilterProxyModel()
    proxy.setSourceModel(model)
    proxy.setFilterKeyColumn(-1)
    proxy.setFilterCaseSensitivity(Qt.CaseSensitivity.CaseInsensitive)
    proxy.setSortRole(Qt.ItemDataRole.UserRole)
    return proxy


def texts(row: RunRow) -> tuple[str, ...]:
    """What the columns say of a run."""
    settings = row.settings
    whole = settings.kind == "sweep" or row.counted == settings.n  # a sweep's n is of one anchor
    return (
        f"{'● ' if row.pinned else ''}{row.id}",
        row.model.name,
        row.input.name,
        setting(row),
        outcome(row),
        "" if row.contradicted else row.certified,
        f"{row.counted:,}" if whole else f"{row.counted:,} of {settings.n:,}",
        local_time(row.created),
        row.note,
    )


def sort_keys(row: RunRow) -> tuple[Any, ...]:
    """What the columns are sorted by."""
    shown = list(texts(row))
    shown[7] = row.created
    keys: list[Any] = [text.lower() for text in shown]
    keys[0], keys[5], keys[6] = row.id, _size(row), row.counted
    return tuple(keys)


def _size(row: RunRow) -> float:
    """How much is certified: the radius, else the first number of what is said of it."""
    if row.contradicted:
        return -1.0
    if row.radius is not None:
        return row.radius
    found = _NUMBER.search(row.certified)
    return float(found[0].replace(",", "")) if found else -1.0


def setting(row: RunRow) -> str:
    """What a run was declared with, in the words of the form."""
    settings, scheme = row.settings, row.settings.scheme
    level = "".join(
        f", {spec.title} {value}"
        for spec in field_specs(type(scheme))
        if (value := getattr(scheme, spec.name)) is not None
        and not (spec.advanced and value == spec.default)
    )
    if settings.kind == "exact":
        return f"{scheme.title}{level}"
    noise = f", {settings.noise}" if settings.law.has_modes else ""
    bound = f", {settings.bound}" if settings.bound else ""
    seed = "fresh seed" if settings.seed_origin == "drawn" else f"seed {settings.seed}"
    return f"{scheme.title}{level}{bound}{noise}, {seed}, alpha {settings.alpha}"


def outcome(row: RunRow) -> str:
    """What became of a run, in words."""
    if row.state == "damaged":
        return "damaged"
    if row.state == "counting":
        return "being counted"
    if row.state == "interrupted":
        return "interrupted, no result"
    word = "contradicted" if row.contradicted else row.outcome
    named = f"{word} '{row.class_name}'" if row.class_name else word
    return f"{named}, stopped" if row.state == "stopped" else named


def run_title(row: RunRow, found: Evidence | None = None) -> str:
    """How a run is named above its result: as the same try as in the statement there."""
    number, of = row.number, row.of
    if found is not None and found.tries_known_to:
        number, of = found.run_number or number, found.runs_counted or of
    again = f", try {number} of {of} on this model, input and attacker"
    return f"Run {row.id}{again if of > 1 else ''}"
