from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QLabel, QWidget

from engine.evidence.settings import CertifySettings
from gui.pages.run_comparison import RunComparison
from gui.plots.curves import CurvePlot
from gui.results.record import RecordView
from gui.widgets.alone import Alone
from gui.widgets.layouts import divided, filled
from gui.widgets.page import Page


@pytest.fixture
def page(qtbot):
    page = Page("Page")
    qtbot.addWidget(page)
    page.resize(900, 600)
    page.show()
    return page


@pytest.fixture(params=["split", "beside"])
def plots(page, request):
    """Two plots that share the room of a page, each with a way to have all of it."""
    first, second = CurvePlot("First"), CurvePlot("Second")
    if request.param == "split":
        page.content.addWidget(divided(Qt.Orientation.Horizontal, first, second), 1)
    else:
        row = QWidget()
        filled(QHBoxLayout(row), (first, 1), (second, 1))
        page.content.addWidget(row, 1)
    for plot in (first, second):
        plot.enlarged.connect(Alone(plot).toggle)
    return first, second


def test_a_double_click_gives_all_the_room_and_another_gives_it_back(page, plots, qtbot):
    first, second = plots
    qtbot.waitUntil(lambda: first.width() > 200 and second.width() > 200)
    place, small = first.parentWidget(), first.geometry()
    qtbot.mouseDClick(first, Qt.MouseButton.LeftButton)
    assert first.parentWidget() is page and first.width() > 1.8 * small.width()
    assert first.y() > page.header.geometry().bottom()  # the way back stays in sight
    page.resize(1200, 700)
    qtbot.waitUntil(lambda: first.width() > 1100)
    page.resize(900, 600)
    qtbot.mouseDClick(first, Qt.MouseButton.LeftButton)
    assert first.parentWidget() is place
    qtbot.waitUntil(lambda: first.geometry() == small)
    assert first.isVisible() and second.isVisible()


def test_escape_gives_the_room_back_before_it_leaves_the_page(page, plots, qtbot):
    first, _ = plots
    place, left = first.parentWidget(), []
    page.left.connect(lambda: left.append(1))
    first.enlarged.emit()
    qtbot.keyClick(first, Qt.Key.Key_Escape)
    assert first.parentWidget() is place and not left
    qtbot.keyClick(first, Qt.Key.Key_Escape)
    assert left


def test_what_is_hidden_gives_the_room_back(page, plots, qtbot):
    first, second = plots
    place = first.parentWidget()
    first.enlarged.emit()
    page.hide()
    assert first.parentWidget() is place
    page.show()
    first.enlarged.emit()
    place.hide()  # what it stood in has something else to show
    assert first.parentWidget() is place and not first.isVisible()
    place.show()
    second.enlarged.emit()
    second.hide()
    assert second.parentWidget() is place and second.isHidden() and first.isVisible()


def test_without_a_page_nothing_happens(qtbot):
    plot = QLabel()
    qtbot.addWidget(plot)
    alone = Alone(plot)
    alone.toggle()
    assert not alone.on


def test_plots_of_records_and_of_compared_runs_have_it(page, make, qtbot):
    record, together = RecordView(), RunComparison()
    done = make.evidence(CertifySettings(n=2000, seed=1))
    for view in (record, together):
        page.content.addWidget(view, 1)
    record.show_evidence(done, "Run 1")
    qtbot.waitUntil(lambda: record.plots.isVisible())
    record.region.plot.enlarged.emit()
    assert record.region.parentWidget() is page
    record.show_text("Run 2", "Reading…")  # nothing of the run before stays in sight
    assert not record.region.isVisible()
    together.show_runs([("Run 1", done), ("Run 2", done)])
    together.bounds.enlarged.emit()
    assert together.bounds.parentWidget() is page
