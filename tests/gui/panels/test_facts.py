from __future__ import annotations

from gui.panels.facts import FactsTable


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
    assert [title.wordWrap() for title in titles] == [False, True]
    value = table._grid.itemAtPosition(1, 1).widget()
    assert value.width() >= 100
