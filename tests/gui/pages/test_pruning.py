"""The real window prunes the shipped detector on few steps."""

from __future__ import annotations

import json

import pytest
from PySide6.QtCore import Qt

from engine.pruning.records import MEANT, TITLES, Summary
from gui.controllers.session import Session
from gui.shell.window import Window

FEW = {"seeds": 1, "cuts": 2, "steps": 2, "last_steps": 2, "images": 1, "cells": 4}
MORE = {"examples": 64, "tested": 20}


@pytest.fixture
def window(qtbot, preferences, make):
    session = Session(preferences=preferences)
    window = Window(session)
    window.painted.connect(session.start)
    window.show()
    qtbot.waitUntil(lambda: session.worker.is_warm, timeout=600_000)
    window.commands["prune"].trigger()
    page = window.pages.pruning
    for field in page.setup.fields:
        if field.spec.name in FEW | MORE:
            field.set_value((FEW | MORE)[field.spec.name])
    for method, box in page.setup.boxes.items():
        box.setChecked(method in ("usn", "magnitude"))
    yield window
    make.destroy(window)


def test_without_a_pruned_network_no_scores_can_be_chosen(window):
    window.pages.show_page(window.pages.pruning)
    assert not window.pages.pruning.cut.isEnabled()


def summaries():
    figures = {"weights": 61_234.0, "accuracy": 0.973, "lowest": 0.969, "highest": 0.976}
    figures |= {"certified": 18.3, "violated": 3.7, "open": 18.0, "seconds": 1.234}
    figures |= {"unstable": 1_234.0, "smaller": 2.1, "faster": 2.6, "lost": -0.012}
    return [Summary(method=method, seeds=3, **figures) for method in TITLES]


@pytest.mark.parametrize("size", [(1024, 768), (960, 540), (1280, 800)])
def test_the_table_does_not_scroll_sideways(window, qtbot, size):
    page = window.pages.pruning
    window.resize(*size)
    page.model.show_rows(summaries())
    assert page.setup.isVisible()
    page.sides.choose(1)
    bar = page.table.horizontalScrollBar()
    qtbot.waitUntil(lambda: page.table.columnWidth(3) >= page.table.sizeHintForColumn(3))
    qtbot.waitUntil(lambda: page.table.isVisible() and bar.maximum() == 0)


def test_what_hinders_is_said_beside_the_form_too(window):
    page = window.pages.pruning
    window.resize(1024, 768)
    for box in page.setup.boxes.values():
        box.setChecked(False)
    page.begin()
    assert page.setup.isVisible() and page.complaint.isVisible()


def test_every_column_says_what_it_means(window):
    model, across = window.pages.pruning.model, Qt.Orientation.Horizontal
    for column in range(model.columnCount()):
        tip = model.headerData(column, across, Qt.ItemDataRole.ToolTipRole)
        assert tip == MEANT[model.header[column]]


@pytest.mark.thorough
def test_the_table_fills_and_scores_are_shown_by_network_and_cut(window, qtbot, tmp_path):
    page = window.pages.pruning
    assert page.start.isEnabled() and not page.end.isEnabled() and not page.save.isEnabled()
    page.start.click()
    assert page.going and page.end.isEnabled() and not page.setup.isEnabled()
    qtbot.waitUntil(lambda: not page.going, timeout=600_000)
    assert [one.method for one in page.model.rows] == ["unpruned", "tuned", "usn", "magnitude"]
    assert page.cut.count() == 4 and page.chart.figure.title == "Scores before cut 1 of 2"
    assert "reconstructed from the abstract" in page.verdict.text()
    page.table.selectRow(3)
    assert page.cut.currentText() == "magnitude, seed 0, cut 1"
    page.cut.setCurrentIndex(3)
    assert page.chart.figure.subtitle.startswith("magnitude, seed 0")
    assert page.chart.figure.title == "Scores before cut 2 of 2"
    from gui.jobs.pruning_jobs import written

    table = json.loads(written(page.shown, tmp_path / "t.json").read_text())
    assert len(table["rows"]) == 4 and page.doing.text() == ""
    for box in page.setup.boxes.values():
        box.setChecked(False)
    page.start.click()
    assert page.complaint.text() == "Choose at least one score." and not page.going


def test_stop_keeps_the_rows_so_far_and_another_model_is_refused(window, qtbot, tmp_path):
    page = window.pages.pruning
    page.start.click()
    qtbot.waitUntil(lambda: page.shown is not None and bool(page.shown.rows), timeout=600_000)
    page.stop()
    qtbot.waitUntil(lambda: not page.going, timeout=600_000)
    assert page.model.rows and page.save.isEnabled()
    keeping = window.session.keeping
    assert keeping.tables == {"pruning": page.shown}  # asked about on closing, until it is saved
    page.save.menu().actions()[0].trigger()
    window.asker.current.fileSelected.emit(str(tmp_path / "p.csv"))
    window.asker.current.close()
    qtbot.waitUntil(lambda: not keeping.tables, timeout=600_000)
    assert (tmp_path / "p.csv").exists()
    page.setup.model.setText("demo:digits-0.25")
    page.start.click()
    qtbot.waitUntil(lambda: bool(page.complaint.text()), timeout=600_000)
    assert "the lab prunes detectors of the architecture keypoint_cnn" in page.complaint.text()
