from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QLabel

from gui.widgets.facts import FactsTable


def texts(table):
    grid = table._grid
    return [
        tuple(grid.itemAtPosition(row, column).widget().text() for column in (0, 1))
        for row in range(grid.count() // 2)
    ]


def test_texts_change_in_place(qtbot):
    table = FactsTable()
    qtbot.addWidget(table)
    table.show_rows([("n", "10"), ("k", "9")])
    first = table._grid.itemAtPosition(0, 1).widget()
    table.show_rows([("n", "20"), ("k", "18")])
    assert table._grid.itemAtPosition(0, 1).widget() is first
    assert texts(table) == [("n", "20"), ("k", "18")]


def test_other_names_make_other_rows(qtbot):
    table = FactsTable()
    qtbot.addWidget(table)
    table.show_rows([("n", "10"), ("k", "9")])
    table.show_rows([("seed", "1")])
    assert texts(table) == [("seed", "1")]
    table.show_rows([])
    assert table.isHidden()


def test_a_long_name_leaves_its_value_room(qtbot):
    table = FactsTable()
    qtbot.addWidget(table)
    name = "entities=1,epsilon=0.1, population, 99.9 % confidence"
    table.show_rows([("rows", "60"), (name, "at least 86.20 %")])
    table.resize(280, 200)
    table.show()
    titles = [table._grid.itemAtPosition(row, 0).widget() for row in range(2)]
    line = titles[0].fontMetrics().height()
    assert titles[0].height() < 2 * line < titles[1].height() + line
    value = table._grid.itemAtPosition(1, 1).widget()
    assert value.width() >= 100


def test_a_long_name_keeps_to_its_line_where_values_leave_room(qtbot):
    table = FactsTable()
    qtbot.addWidget(table)
    name = "population, if the rows are a random draw, 99.9 % confidence"
    table.show_rows([(name, "at least 31.52 %"), ("at radius=0.25", "100.00 % · ≥ 31.52 %")])
    table.show()
    cells = [table._grid.itemAtPosition(row, row).widget() for row in range(2)]
    advances = [cell.fontMetrics().horizontalAdvance(cell.text()) for cell in cells]
    for beside, whole in ((30, True), (-60, False)):
        table.resize(sum(advances) + beside, 200)
        QApplication.processEvents()
        QApplication.processEvents()
        assert (cells[0].width() >= advances[0]) is whole, table.width()
        assert cells[1].width() >= advances[1]  # the name gives, not the value


def test_no_word_is_cut_at_the_least_width(qtbot):
    table = FactsTable()
    qtbot.addWidget(table)
    table.show_rows([("n = 3,000: chance to certify", "0.999"), ("noise", "Gaussian, sigma 0.25")])
    table.show()
    table.resize(table.minimumSizeHint())
    QApplication.processEvents()
    for row in range(2):
        for column in range(2):
            label = table._grid.itemAtPosition(row, column).widget()
            advance = label.fontMetrics().horizontalAdvance
            assert label.width() >= max(advance(word) for word in label.text().split())


def test_a_short_name_keeps_to_its_line_where_there_is_room(qtbot):
    table = FactsTable()
    qtbot.addWidget(table)
    table.show_rows([("n = 3,000: chance to certify", "0.999")])
    table.resize(320, 60)
    table.show()
    QApplication.processEvents()
    title = table._grid.itemAtPosition(0, 0).widget()
    assert title.width() >= title.fontMetrics().horizontalAdvance(title.text())


def test_a_short_value_keeps_to_its_line_beside_any_name(qtbot):
    table = FactsTable()
    qtbot.addWidget(table)
    table.show_rows([("votes for all 3 keypoints within 1 cell", "61,210 of 61,440")])
    table.show()
    table.resize(table.minimumSizeHint())
    QApplication.processEvents()
    value = table._grid.itemAtPosition(0, 1).widget()
    assert value.width() >= value.fontMetrics().horizontalAdvance(value.text())


def test_no_line_ends_between_a_number_and_its_sign_or_unit(qtbot):
    table = FactsTable()
    qtbot.addWidget(table)
    table.show_rows([("at radius=0.5", "66.66 % · 66.66 % · ≥ 9.29 %")])
    ((_, shown),) = texts(table)
    assert shown.split(" ") == ["66.66\xa0%", "·", "66.66\xa0%", "·", "≥\xa09.29\xa0%"]
    assert table.rows == [("at radius=0.5", "66.66 % · 66.66 % · ≥ 9.29 %")]


def test_values_that_pass_are_not_selected(qtbot):
    table = FactsTable()
    qtbot.addWidget(table)
    selectable = Qt.TextInteractionFlag.TextSelectableByMouse
    for passing in (False, True, False):
        table.show_rows([("votes", "1 of 2")], passing=passing)
        value = table.findChildren(QLabel)[-1]
        assert bool(value.textInteractionFlags() & selectable) is not passing
