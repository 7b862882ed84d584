"""Bars: as high as their numbers, never invisible, hatched where told."""

from __future__ import annotations

import pyqtgraph as pg
import pytest
from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QApplication

from gui.plots.bars import Bars, BarStyle

PLAIN = BarStyle("#0068A8", "#0068A8")


@pytest.fixture
def stage(qtbot):
    widget = pg.PlotWidget(background="#FFFFFF")
    qtbot.addWidget(widget)
    widget.resize(300, 200)
    widget.hideAxis("left")
    widget.hideAxis("bottom")
    widget.setRange(xRange=(-1, 3), yRange=(0, 1), padding=0)
    bars = Bars()
    widget.addItem(bars)
    widget.show()
    return widget, bars


def grabbed(widget: pg.PlotWidget) -> QImage:
    QApplication.processEvents()
    return widget.grab().toImage()


def column(widget: pg.PlotWidget, x: float) -> list[str]:
    """Colours from the top of the widget down at a data coordinate."""
    image = grabbed(widget)
    at = widget.getPlotItem().getViewBox().mapViewToScene(QPointF(x, 0)).x()
    return [image.pixelColor(int(at), y).name().upper() for y in range(image.height())]


def test_the_painted_height_is_the_number(stage) -> None:
    widget, bars = stage
    bars.set_bars([0, 1], [0.5, 0.25], width=0.5, styles=[PLAIN, PLAIN])
    height = widget.getPlotItem().getViewBox().sceneBoundingRect().height()
    assert column(widget, 0).count("#0068A8") == pytest.approx(height / 2, abs=2)
    assert column(widget, 1).count("#0068A8") == pytest.approx(height / 4, abs=2)
    assert bars.heights == (0.5, 0.25)


def test_one_vote_in_a_million_is_visible_and_none_is_not(stage) -> None:
    widget, bars = stage
    bars.set_bars([0, 1], [1e-6, 0.0], width=0.5, styles=[PLAIN, PLAIN])
    assert "#0068A8" in column(widget, 0)
    assert "#0068A8" not in column(widget, 1)


def test_a_hatched_bar_shows_more_than_one_colour(stage) -> None:
    widget, bars = stage
    hatched = BarStyle("#0068A8", "#0068A8", Qt.BrushStyle.BDiagPattern)
    bars.set_bars([0, 1], [0.9, 0.9], width=0.5, styles=[PLAIN, hatched])
    assert len(set(column(widget, 0)[40:180])) == 1
    assert len(set(column(widget, 1)[40:180])) > 1


def test_the_bounds_hold_all_bars(stage) -> None:
    _, bars = stage
    assert bars.boundingRect().isEmpty()
    bars.set_bars([0, 2], [0.5, 0.75], width=0.5, styles=[PLAIN, PLAIN])
    rect = bars.boundingRect()
    assert rect.left() <= -0.25 and rect.right() >= 2.25 and rect.height() == 0.75


def test_new_data_keeps_the_item(stage) -> None:
    widget, bars = stage
    before = len(widget.getPlotItem().items)
    for height in (0.1, 0.2, 0.3):
        bars.set_bars([0], [height], width=0.5, styles=[PLAIN])
    assert len(widget.getPlotItem().items) == before
    assert bars.heights == (0.3,)
