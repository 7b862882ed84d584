from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QStandardItem, QStandardItemModel
from PySide6.QtWidgets import QApplication, QTableView

from gui.widgets.columns import MARGIN, FittedColumns, shared

LONG = "a setting that is described with a good many words, seed 3, alpha 0.001"


@pytest.fixture
def table(qtbot):
    view = QTableView()
    qtbot.addWidget(view)
    model = QStandardItemModel(0, 3, view)
    model.setHorizontalHeaderLabels(["Run", "Setting", "Note"])
    view.setModel(model)
    view.horizontalHeader().setStretchLastSection(True)
    FittedColumns(view, (0, 90))
    view.resize(900, 200)
    view.show()
    model.appendRow([QStandardItem(text) for text in ("1", LONG, "")])
    QApplication.processEvents()
    QApplication.processEvents()
    return view


def text_width(table):
    return table.fontMetrics().horizontalAdvance(LONG)


def settle():
    for _ in range(3):
        QApplication.processEvents()


def test_a_long_text_is_whole_where_there_is_room(table):
    assert table.columnWidth(1) >= text_width(table)


def test_it_gives_way_where_there_is_none_and_the_others_stay(table):
    run = table.columnWidth(0)
    table.resize(320, 200)
    settle()
    assert table.columnWidth(0) == run
    assert 90 <= table.columnWidth(1) < text_width(table)
    widths = [table.columnWidth(column) for column in range(3)]
    assert sum(widths) <= table.viewport().width(), widths


def test_a_dragged_column_keeps_its_width(table):
    table.horizontalHeader().resizeSection(1, 123)
    table.resize(700, 200)
    settle()
    assert table.columnWidth(1) == 123


def test_widths_never_fall_below_the_least():
    assert shared([100, 300], [80, 60], 10) == [80, 60]
    assert shared([100, 300], [100, 300], 10) == [100, 300]


def test_other_columns_are_fitted_anew(table):
    """The sizes with which they come were given by nobody."""
    model = table.model()
    model.beginResetModel()
    model.removeRows(0, model.rowCount())
    model.setHorizontalHeaderLabels(["Run", "Setting", "Note", "More", "Still more"])
    model.endResetModel()
    model.appendRow([QStandardItem(text) for text in ("1", LONG, "a", "b", "c")])
    settle()
    assert table.columnWidth(1) >= text_width(table) and table.columnWidth(2) < 80


def test_a_long_text_does_not_cost_a_short_one_its_last_letters():
    assert shared([430, 150, 60], [90, 70, 60], 460) == [250, 150, 60]


def test_a_number_in_the_last_column_leaves_its_room_to_words(table):
    """At the far edge it would stand apart from its row."""
    model = table.model()
    item = QStandardItem("0.8 s")
    item.setTextAlignment(Qt.AlignmentFlag.AlignRight)
    model.setItem(0, 2, item)
    table.resize(1600, 200)
    settle()
    assert table.columnWidth(2) <= 1 + table.sizeHintForColumn(2) + 40
    assert sum(table.columnWidth(column) for column in range(3)) == table.viewport().width()
    assert table.columnWidth(1) > table.columnWidth(0)


def test_the_name_of_a_column_has_no_room_that_its_texts_could_have(table):
    header = table.horizontalHeader()
    assert table.columnWidth(0) < header.sectionSizeHint(0) + MARGIN


def test_columns_stand_closer_before_a_text_is_shortened(table):
    table.model().setItem(0, 2, QStandardItem("a note of a few words"))
    hints = [table.sizeHintForColumn(column) for column in (1, 2)]
    beside = table.horizontalHeader().sectionSizeHint(0) + table.width() - table.viewport().width()
    table.resize(beside + sum(hints) + MARGIN, 200)
    settle()
    assert table.columnWidth(1) >= hints[0] >= text_width(table)
    assert table.columnWidth(2) >= hints[1]
