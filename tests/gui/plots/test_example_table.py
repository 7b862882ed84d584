from __future__ import annotations

import pytest
from PySide6.QtGui import QColor
from PySide6.QtWidgets import QApplication

from gui.plots.example_table import CHANGED, FIRST_NOISY, FRAMED, ROW, ExampleTable
from gui.style import theme as themes
from tests.factories import make_row_examples


def show(table: ExampleTable, figure) -> None:
    table.show_examples(figure.original, figure.samples)
    table.show_changed(figure.middle())
    QApplication.processEvents()


@pytest.fixture
def table(qtbot):
    table = ExampleTable()
    qtbot.addWidget(table)
    table.resize(520, 340)
    table.show()
    show(table, make_row_examples())
    return table


def column(table, place):
    return [table.item(line, place).text() for line in range(table.rowCount())]


def head(table, place):
    return table.horizontalHeaderItem(place).text()


def test_the_samples_stand_side_by_side_with_their_answers(table):
    assert column(table, 0) == ["hours", "oil", "sound", "pressure"]
    assert column(table, ROW) == ["4000", "dark", "quiet", "5.00"]
    assert column(table, FIRST_NOISY) == ["▲ 4500", "dark", "whistle", "▼ 4.90"]
    assert head(table, FIRST_NOISY) == "noisy\nworn"
    assert head(table, FIRST_NOISY + 1) == "noisy\nsound"
    assert table.columnCount() == FIRST_NOISY + 3


def test_a_long_answer_leaves_room_for_the_samples(table):
    figure = make_row_examples()
    long = "the number within 25 of the reference, and many words more"
    samples = [one.model_copy(update={"answer": long}) for one in figure.samples]
    table.show_examples(figure.original.model_copy(update={"answer": long}), tuple(samples))
    table.show_changed(None)
    assert not table.isColumnHidden(FIRST_NOISY)
    assert head(table, ROW).startswith("row\nthe num") and head(table, ROW).endswith("…")


def test_no_answer_is_shortened_beside_free_room(table):
    figure = make_row_examples()
    long = "the number within 25 of the reference"
    samples = [one.model_copy(update={"answer": long}) for one in figure.samples[:1]]
    figure = figure.model_copy(
        update={
            "original": figure.original.model_copy(update={"answer": long}),
            "samples": tuple(samples),
        }
    )
    table.resize(1200, 340)
    show(table, figure)
    for place in (ROW, FIRST_NOISY):
        assert head(table, place).endswith(long) and fits(table, place)
    assert table.horizontalHeader().length() <= table.viewport().width()
    table.resize(420, 340)
    QApplication.processEvents()
    assert head(table, ROW).replace("\n", " ") == f"row {long}"  # in lines, as there is room below
    table.resize(420, 4 * table.rowHeight(0))
    QApplication.processEvents()
    assert head(table, ROW).endswith("…") and head(table, ROW).count("\n") == 1
    assert fits(table, ROW) and fits(table, CHANGED)


def fits(table, place):
    """Whether the heading of a column has room, within the padding of the style."""
    header = table.horizontalHeader()
    lines = head(table, place).split("\n")
    return max(map(header.fontMetrics().horizontalAdvance, lines)) + 8 <= table.columnWidth(place)


def test_touched_cells_differ_by_colour_and_by_a_second_cue(table):
    theme = themes.current()
    raised, same, replaced, _ = (table.item(line, FIRST_NOISY) for line in range(4))
    assert raised.foreground().color() == QColor(theme.accent)
    assert same.foreground().color() == QColor(theme.text) and same.data(FRAMED) is None
    assert replaced.data(FRAMED) == "accent"
    assert raised.toolTip() == "hours: 4500 (+500), raised"


def test_the_change_has_its_own_colour(table):
    assert column(table, CHANGED)[2] == "rattle"
    assert table.item(2, CHANGED).data(FRAMED) == "runner_up"
    table.show_changed(make_row_examples().changed({"words": 0.0, "epsilon": 0.5}))
    assert table.item(2, CHANGED).data(FRAMED) is None


def test_an_abstention_has_no_change(table):
    show(table, make_row_examples(region=None, answers=(), samples=()))
    assert table.isColumnHidden(CHANGED) and table.changed is None
    assert table.columnCount() == FIRST_NOISY
    show(table, make_row_examples())
    assert not table.isColumnHidden(CHANGED)


def test_samples_without_room_are_counted_and_nothing_is_scrolled_sideways(table):
    metrics = table.fontMetrics()
    for place in range(table.columnCount()):
        for text in column(table, place):
            assert table.columnWidth(place) > metrics.horizontalAdvance(text)
    assert head(table, 0) == ""
    table.resize(240, 260)
    QApplication.processEvents()
    assert table.horizontalScrollBar().maximum() == 0
    shown = [not table.isColumnHidden(place) for place in range(table.columnCount())]
    assert all(shown[:FIRST_NOISY]) and sum(shown) < len(shown)
    assert head(table, 0) == f"{shown.count(False)} noisy\nnot shown"
    assert "double click" in table.horizontalHeaderItem(0).toolTip()
    table.resize(520, 340)
    QApplication.processEvents()
    assert head(table, 0) == "" and not table.isColumnHidden(FIRST_NOISY + 2)


def test_frames_are_painted(table):
    image = table.viewport().grab().toImage()
    rect = table.visualItemRect(table.item(2, CHANGED))
    ink = QColor(themes.current().runner_up)
    middle = rect.center().y()
    assert any(
        abs(image.pixelColor(x, middle).hue() - ink.hue()) < 8
        and image.pixelColor(x, middle).saturation() > 100
        for x in range(rect.left(), rect.left() + 4)
    )


def test_names_are_shortened_before_values_are_scrolled_to(table):
    wide = table.columnWidth(0) + table.columnWidth(ROW)
    figure = make_row_examples(region=None, answers=())
    show(table, figure)
    table.resize(wide - 12, 260)
    QApplication.processEvents()
    assert table.horizontalScrollBar().maximum() == 0
    assert table.columnWidth(ROW) > table.fontMetrics().horizontalAdvance("quiet")
    assert table.item(0, 0).toolTip() == "hours"


def test_answers_are_shortened_further_where_no_sample_had_room(table):
    figure = make_row_examples()
    long = "the number within 25 of the reference"
    samples = tuple(one.model_copy(update={"answer": long}) for one in figure.samples)
    table.show_examples(figure.original.model_copy(update={"answer": long}), samples)
    table.show_changed(None)
    widths = []
    for width in (520, 230):
        table.resize(width, 340)
        QApplication.processEvents()
        assert not table.isColumnHidden(FIRST_NOISY)
        widths.append(len(head(table, ROW)))
    assert widths[1] < widths[0]
