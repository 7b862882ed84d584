from __future__ import annotations

import pytest
from PySide6.QtGui import QColor
from PySide6.QtWidgets import QApplication

from gui.plots.row_examples import _CHANGED, _FIRST_NOISY, _FRAMED, _ROW, RowsPlot
from gui.style import theme as themes
from tests.factories import make_rows_figure


@pytest.fixture
def plot(shown):
    plot = shown(RowsPlot(), 520, 340)
    plot.show_figure(make_rows_figure())
    return plot


def column(plot, place):
    return [plot.table.item(line, place).text() for line in range(plot.table.rowCount())]


def head(plot, place):
    return plot.table.horizontalHeaderItem(place).text()


def test_the_copies_stand_side_by_side_with_their_answers(plot):
    assert column(plot, 0) == ["hours", "oil", "sound", "pressure"]
    assert column(plot, _ROW) == ["4000", "dark", "quiet", "5.00"]
    assert column(plot, _FIRST_NOISY) == ["▲ 4500", "dark", "whistle", "▼ 4.90"]
    assert head(plot, _FIRST_NOISY) == "noisy\nworn"
    assert head(plot, _FIRST_NOISY + 1) == "noisy\nsound"
    assert plot.table.columnCount() == _FIRST_NOISY + 3


def test_touched_cells_differ_by_colour_and_by_a_second_cue(plot):
    theme, table = themes.current(), plot.table
    raised, same, replaced, _ = (table.item(line, _FIRST_NOISY) for line in range(4))
    assert raised.foreground().color() == QColor(theme.accent)
    assert same.foreground().color() == QColor(theme.text) and same.data(_FRAMED) is None
    assert replaced.data(_FRAMED) == "accent"
    assert raised.toolTip() == "hours: 4500 (+500), raised"


def test_the_change_has_its_own_colour_and_its_size(plot):
    assert plot.caption.text() == "changed: sound (1 field, l2 norm 0.499)"
    assert column(plot, _CHANGED)[2] == "rattle"
    assert plot.table.item(2, _CHANGED).data(_FRAMED) == "runner_up"
    plot.slider.slider.setValue(0)
    assert plot.caption.text() == "changed: worn (0 fields, l2 norm 0.999)"
    assert plot.table.item(2, _CHANGED).data(_FRAMED) is None
    plot.show_change({"words": 2.0, "epsilon": 0.1})
    assert plot.caption.text() == "not certified: 2 fields, l2 norm 0.100"
    assert "greedy" in plot.caption.toolTip()


def test_an_abstention_has_no_change(plot):
    plot.show_figure(make_rows_figure(region=None, answers=(), samples=()))
    assert plot.table.isColumnHidden(_CHANGED) and not plot.caption.isVisible()
    assert plot.table.columnCount() == _FIRST_NOISY
    plot.show_figure(make_rows_figure())
    assert not plot.table.isColumnHidden(_CHANGED)


def test_every_word_has_room_or_is_scrolled_to(plot):
    QApplication.processEvents()
    metrics = plot.table.fontMetrics()
    for place in range(plot.table.columnCount()):
        for text in column(plot, place):
            assert plot.table.columnWidth(place) > metrics.horizontalAdvance(text)
    plot.resize(240, 260)
    QApplication.processEvents()
    assert plot.table.horizontalScrollBar().maximum() > 0


def test_the_summary_is_in_words(plot, shown):
    assert shown(RowsPlot()).summary() == ""
    assert plot.summary() == (
        "The row, which the base model calls worn, and noisy samples: worn (2 numbers moved, 1 "
        "field replaced); sound (2 numbers moved); worn (nothing changed); changed: sound (1 "
        "field, l2 norm 0.499)."
    )


def test_frames_are_painted(plot):
    image = plot.table.viewport().grab().toImage()
    rect = plot.table.visualItemRect(plot.table.item(2, _CHANGED))
    ink = QColor(themes.current().runner_up)
    middle = rect.center().y()
    assert any(
        abs(image.pixelColor(x, middle).hue() - ink.hue()) < 8
        and image.pixelColor(x, middle).saturation() > 100
        for x in range(rect.left(), rect.left() + 4)
    )
