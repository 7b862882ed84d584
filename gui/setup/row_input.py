"""A row of a table: its cells, and what each column is taken for."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtWidgets import (
    QComboBox,
    QTableWidget,
    QTableWidgetItem,
    QVBoxLayout,
)

from engine.core.text import visible
from gui.controllers.loading import Loading
from gui.setup.input_view import InputView, place_of
from gui.widgets.buttons import quiet_button
from gui.widgets.columns import FittedColumns
from gui.widgets.layouts import filled
from gui.widgets.section import say, words
from gui.widgets.text_table_model import plain
from gui.widgets.tips import set_tip

if TYPE_CHECKING:
    from engine.inputs.table import TableInput

_COLUMNS = ("Column", "Value", "Is")
_LONGEST, _LINE = 260, 30
"""Pixels of the table at most, and of a row of it."""
_WIDEST = (90, 70)
"""Pixels of a name and of a value that are always seen."""


class RowInputView(InputView):
    """Name, value and type of every column; another type opens the row again, read so."""

    def __init__(self, loading: Loading) -> None:
        super().__init__(loading)
        self._shown: TableInput | None = None
        self.name, self.facts = words(role="title"), words(role="small")
        self.table = plain(QTableWidget(0, len(_COLUMNS)), "Cells of the row", line=_LINE)
        self.table.setHorizontalHeaderLabels(_COLUMNS)
        header = self.table.horizontalHeader()
        header.setMinimumSectionSize(40)
        header.setStretchLastSection(True)
        FittedColumns(self.table, _WIDEST, margin=0)
        tip = "The model does not name its columns; in another order the row is another input"
        self.order = quiet_button("Columns are in the model's order", "Take this order", tip)
        self.order.clicked.connect(self._take_order)
        filled(QVBoxLayout(self), self.name, self.facts, self.table, self.order, spacing=4)

    def refresh(self) -> None:
        """The cells of the open row."""
        given = self.loading.given
        if given is None or given.kind != "table":
            return
        self.order.setVisible(not given.table.columns and self._unnamed())
        if given is self._shown:
            return
        self._shown = given
        self.name.setText(given.name)
        label = f"label {given.label_name or given.label}" if given.label is not None else ""
        say(self.facts, "\n".join(filter(None, (label, place_of(self.loading)))))
        cells = given.cells
        self.table.setRowCount(len(cells))
        for row, (name, value) in enumerate(cells.items()):
            for place, text in enumerate((name, value)):
                item = QTableWidgetItem(visible(text))
                set_tip(item, text)
                self.table.setItem(row, place, item)
            self.table.setCellWidget(row, 2, self._types(given, name))
        widths = zip(
            (self.table.sizeHintForColumn(place) for place in (0, 1)), _WIDEST, strict=True
        )
        bar = self.table.verticalScrollBar().sizeHint().width()
        types = self.table.sizeHintForColumn(2) + 2 * self.table.frameWidth() + bar
        self.table.setMinimumWidth(sum(min(width, most) for width, most in widths) + types)
        high = self.table.horizontalHeader().sizeHint().height() + 4
        self.table.setFixedHeight(min(_LONGEST, high + _LINE * len(cells)))

    def _unnamed(self) -> bool:
        """Whether the model reads columns without saying which."""
        from engine.inputs.coding import Columns

        classifier = self.loading.classifier
        coding = classifier.coding if classifier is not None else None
        return isinstance(coding, Columns) and not coding.names

    def _take_order(self) -> None:
        from engine.inputs.rows import in_table_order

        given = self.loading.given
        if given is not None:
            row = [in_table_order(spec) for spec in self.loading.specs]
            self.loading.open_input(in_table_order(given.source), row)

    def _types(self, given: TableInput, name: str) -> QComboBox:
        from engine.inputs.table import TYPES

        box = QComboBox()
        box.addItems(TYPES)
        box.setCurrentText(given.table.type_of(name))
        box.setAccessibleName(f"{name} is")
        box.textActivated.connect(partial(self._ask, name))
        return box

    def _ask(self, name: str, kind: str) -> None:
        from engine.inputs.rows import saying

        if self._shown is not None:
            table = self._shown.table
            types = {**{column: table.type_of(column) for column in table.header}, name: kind}
            said = ",".join(f"{column}:{one}" for column, one in types.items())
            self.wanted.emit(saying(self._shown.source, "types", said))
