from __future__ import annotations

import json

import pytest
from PySide6.QtWidgets import QWidget

from gui.pages.logs import LogsPage
from gui.widgets.file_dialogs import FileAsker

HEADER = "idx\tlabel\tpredict\tradius\tcorrect\ttime\n"
GOOD = "0\t3\t3\t0.378\t1\t1\n20\t7\t7\t0.3\t1\t1\n40\t1\t1\t0.978\t1\t1\n"
POOR = "0\t3\t3\t0.478\t1\t1\n20\t7\t-1\t0.0\t0\t1\n40\t1\t1\t0.278\t1\t1\n"


@pytest.fixture
def page(session, qtbot):
    page = LogsPage(session, FileAsker(QWidget()))
    qtbot.addWidget(page)
    page.resize(1000, 640)
    page.show()
    return page


@pytest.fixture
def logs(tmp_path):
    paths = [tmp_path / "sigma_0.25", tmp_path / "sigma_0.50"]
    for path, rows in zip(paths, (GOOD, POOR), strict=True):
        path.write_text(HEADER + rows)
    return paths


@pytest.fixture
def opened(page, logs, qtbot):
    page.open(logs)
    qtbot.waitUntil(lambda: page.shown is not None)
    return page


def test_curves_table_and_what_is_wrong(opened, qtbot):
    assert [curve.name for curve in opened.chart.figure.curves] == ["sigma_0.25", "sigma_0.50"]
    assert opened.model.rowCount() == 2 and opened.chosen.place == 0
    assert "1 radii, the largest 0.978, are above 0.9529" in opened.faults.text()
    assert "2 logs · as written" in opened.subtitle.text()
    opened.table.selectRow(1)
    assert opened.differences.rows[0][0] == "at 0" and opened.refer.isEnabled()
    opened.refer.click()
    qtbot.waitUntil(lambda: opened.model.rows[0].name == "sigma_0.50")
    assert opened.chosen.name == "sigma_0.50" and not opened.refer.isEnabled()


@pytest.mark.thorough
def test_what_is_typed_is_asked_and_what_cannot_be_said(opened, qtbot):
    opened.n.setText("10000000")
    qtbot.waitUntil(lambda: "n = 10,000,000" in opened.subtitle.text())
    assert opened.faults.text() == "Nothing in the log speaks against it."
    opened.radii.setText("0.3")
    qtbot.waitUntil(lambda: opened.model.header[-1] == "0.3")
    opened.alpha.setText("7")
    qtbot.waitUntil(lambda: opened.complaint.isVisible())
    assert opened.complaint.text() == "'alpha' must be between 0 and 1 (it was 7)."
    assert opened.model.rowCount() == 2  # of before


def test_a_file_that_is_none_is_let_go_and_the_others_stay(opened, tmp_path, qtbot, logs):
    other = tmp_path / "other.tsv"
    other.write_text("a\tb\n1\t2\n")
    opened.open([other])
    qtbot.waitUntil(lambda: opened.complaint.isVisible())
    assert "other.tsv is no log" in opened.complaint.text()
    assert opened.paths == tuple(logs) and opened.model.rowCount() == 2
    opened.close_all()
    assert opened.shown is None and opened.model.rowCount() == 0 and not opened.save.isEnabled()


def test_logs_without_radii_have_no_curve(page, tmp_path, qtbot):
    path = tmp_path / "p.tsv"
    path.write_text("idx\tlabel\tpredict\n0\t1\t1\n")
    page.open([path])
    qtbot.waitUntil(lambda: page.shown is not None)
    assert page.chart.figure is None and "predictions alone" in page.chart.waiting.text()


def test_it_is_saved(opened, qtbot, tmp_path):
    opened.save.menu().actions()[1].trigger()
    with qtbot.waitSignal(opened._session.exports.exported):
        opened._asker.current.fileSelected.emit(str(tmp_path / "l.json"))
    opened._asker.current.close()
    assert len(json.loads((tmp_path / "l.json").read_text())["files"]) == 2
