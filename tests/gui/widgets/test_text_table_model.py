from __future__ import annotations

from PySide6.QtCore import Qt

from engine.core.glossary import meaning
from gui.widgets.text_table_model import RowsModel, plain_table


def test_texts_tips_and_ink(qapp):
    model = RowsModel(("a", "b"), lambda row: (str(row), str(-row)), lambda row, column: "#ff0000")
    model.show_rows((1, 2))
    assert (model.rowCount(), model.columnCount()) == (2, 2)
    assert model.index(1, 1).data() == "-2"
    assert model.index(1, 1).data(Qt.ItemDataRole.ToolTipRole) == "-2"
    assert model.index(0, 0).data(Qt.ItemDataRole.ForegroundRole).name() == "#ff0000"
    assert model.headerData(1, Qt.Orientation.Horizontal) == "b"


def test_another_header(qapp):
    model = RowsModel(("a",), lambda row: row)
    model.show_rows((("x", "y"),), ("one", "two"))
    assert model.headerData(1, Qt.Orientation.Horizontal) == "two"


def test_a_column_says_what_it_means_here(qapp):
    def tip(model):
        return model.headerData(0, Qt.Orientation.Horizontal, Qt.ItemDataRole.ToolTipRole)

    assert tip(RowsModel(("Count",), lambda row: row)) == meaning("count") != ""
    assert tip(RowsModel(("Count",), lambda row: row, tips={"Count": "Votes."})) == "Votes."


def test_the_view_has_a_name_and_whole_rows(qtbot):
    model = RowsModel(("a", "b"), lambda row: row)
    table = plain_table(model, "Things", (50,))
    qtbot.addWidget(table)
    assert table.accessibleName() == "Things"
    assert table.columnWidth(0) == 50
    assert table.horizontalHeader().defaultAlignment() & Qt.AlignmentFlag.AlignVCenter
