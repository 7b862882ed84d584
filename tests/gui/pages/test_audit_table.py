from __future__ import annotations

import time
from dataclasses import replace

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QStyleOptionViewItem

from engine.procedures.set_standing import SetRow
from gui.pages.audit_table import AuditTable

FRAMES, LEAST_RATE = 120, 30


def rows(count: int) -> list[SetRow]:
    return [
        SetRow(
            place=place,
            spec=f"digits:{place}",
            name=f"digits:{place}",
            outcome="wrong" if place % 7 == 0 else "correct",
            run_id=f"r{place}",
            label=str(place % 10),
            predicted=str(place % 10),
            certified="R = 0.512",
            size=0.512,
            n=10_000,
            seconds=0.1,
        )
        for place in range(count)
    ]


@pytest.fixture
def asked():
    """Specs of which images were asked for, in turns."""
    return []


@pytest.fixture
def table(qtbot, asked):
    def draw(specs, side, tell):
        asked.append(tuple(specs))
        image = np.full((1, side, side), 0.5, dtype=np.float32)
        tell({spec: None if spec == "digits:3" else image for spec in specs})

    table = AuditTable(draw)
    qtbot.addWidget(table)
    table.resize(800, 400)
    table.show()
    return table


def test_images_are_asked_for_as_they_come_in_sight_and_each_once(table, asked, qtbot):
    table.show_rows(found := rows(500), 500)
    qtbot.waitUntil(lambda: bool(asked))
    table.view.viewport().repaint()
    qtbot.wait(80)
    seen = [spec for turn in asked for spec in turn]
    assert "digits:0" in seen and "digits:499" not in seen and len(seen) == len(set(seen)) < 40
    table.view.scrollToBottom()
    qtbot.waitUntil(lambda: any("digits:499" in turn for turn in asked))
    before = len(asked)
    table.view.scrollToTop()
    table.view.viewport().repaint()
    qtbot.wait(80)
    assert len(asked) == before  # they are kept
    table.show_rows(list(found), 500)  # another set
    qtbot.waitUntil(lambda: len(asked) > before)


def test_a_filter_says_how_many_it_leaves(table):
    table.show_rows(rows(70), 70)
    assert table.told.text() == "70 inputs"
    table.outcome.setCurrentText("wrong")
    assert table.told.text() == "10 of 70 inputs"
    table.filter.setText("digits:63")
    assert table.told.text() == "1 of 70 inputs" and table.model.rowCount() == 1


def test_the_chosen_row_is_told_and_no_row_too(table, qtbot):
    table.show_rows(rows(5), 5)
    heard = []
    table.chosen.connect(heard.append)
    table.view.selectRow(2)
    assert table.row.spec == "digits:2"
    table.view.clearSelection()
    assert [one and one.spec for one in heard] == ["digits:2", None]


def test_whoever_looks_at_the_end_sees_new_rows_come(table, qtbot):
    table.show_rows(found := rows(90), 60)
    bar = table.view.verticalScrollBar()
    qtbot.waitUntil(lambda: bar.maximum() > 0)
    table.show_rows(found, 70)
    assert bar.value() == 0
    table.view.scrollToBottom()
    table.show_rows(found, 90)
    qtbot.waitUntil(lambda: bar.value() == bar.maximum())


@pytest.mark.bench
def test_ten_thousand_rows_scroll_at_thirty_frames_a_second(table, qtbot):
    """Sorted too, with images that come while they are scrolled past; in processor time."""
    table.show_rows(rows(10_000), 10_000)
    bar = table.view.verticalScrollBar()
    qtbot.waitUntil(lambda: bar.maximum() > 0)
    for column in (-1, 0, 4):
        table.model.sort(column)
        began = time.process_time()
        for frame in range(FRAMES):
            bar.setValue(frame * bar.maximum() // FRAMES)
            table.view.viewport().repaint()
            QApplication.processEvents()
        rate = FRAMES / (time.process_time() - began)
        assert rate > LEAST_RATE, f"{rate:.0f} frames a second, sorted by column {column}"


def test_names_that_grow_longer_find_room(table) -> None:
    first, *others = rows(40)
    longer = [replace(row, name=f"a longer name {row.place}") for row in others]
    found = [first, *longer]
    table.show_rows(found, 1)
    before = table.view.columnWidth(0)
    table.show_rows(found, 40)
    assert table.view.columnWidth(0) > before + 40


def test_names_of_files_are_cut_at_the_beginning_which_they_share(table):
    table.show_rows(rows(2), 2)
    option, index = QStyleOptionViewItem(), table.model.index(0, 0)
    table.view.itemDelegateForColumn(0).initStyleOption(option, index)
    assert option.textElideMode == Qt.TextElideMode.ElideLeft
