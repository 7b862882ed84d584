from __future__ import annotations

import pytest
from PySide6.QtCore import QPointF
from PySide6.QtWidgets import QApplication

from engine.comparison.landscape import accuracy_figure, landscape
from engine.schemes.attacker import Attacker
from gui.plots.chart import text_size
from gui.plots.comparison_accuracy import AccuracyPlot
from tests.engine.comparison.test_landscape import MANY
from tests.engine.comparison.test_records import tradeoff

LAND = landscape(MANY)


@pytest.fixture
def plot(shown) -> AccuracyPlot:
    plot = shown(AccuracyPlot(), 520, 400)
    plot.show_figure(accuracy_figure(LAND, Attacker(entities=1, epsilon=0.45)))
    return plot


def places(plot: AccuracyPlot) -> list[tuple[float, float]]:
    return [tuple(float(axis[0]) for axis in marks.getData()) for marks in plot.marks]


def test_a_mark_for_every_candidate_moves_with_the_attacker(plot) -> None:
    assert places(plot) == [(1 / 3, 1 / 3), (2 / 3, 2 / 3), (2 / 3, 2 / 3)]
    plot.show_figure(accuracy_figure(LAND, Attacker(entities=2, epsilon=0.45)))
    assert places(plot) == [(1 / 3, 1 / 3), (2 / 3, 2 / 3), (2 / 3, 0.0)]


def test_values_under_the_mouse(plot) -> None:
    spot = plot.view.mapViewToScene(QPointF(1 / 3, 1 / 3))
    told = "Gaussian, m0: 33 % (1 of 3; 0 to 91) right, 33 % (1 of 3; 0 to 91) certified"
    assert [plot.told(i) for i in plot._near(spot)] == [told]
    assert plot._near(plot.view.mapViewToScene(QPointF(0.9, 0.1))) == []


def test_it_says_how_far_it_is_and_speaks(plot) -> None:
    assert plot.subtitle.text().startswith("3 of 3 inputs")
    assert "66 % (2 of 3; 9 to 100) right" in plot.summary()


def test_before_the_first_answer_there_is_no_mark(shown) -> None:
    plot = shown(AccuracyPlot(), 400, 300)
    plot.show_figure(accuracy_figure(landscape(tradeoff((), ())), Attacker()))
    assert all(len(marks.getData()[0]) == 0 for marks in plot.marks)
    assert plot._near(QPointF(0, 0)) == []


def test_a_name_stays_beside_its_mark_and_is_cut_where_it_has_no_room(shown) -> None:
    plot = shown(AccuracyPlot(), 380, 400)
    figure = accuracy_figure(LAND, Attacker(entities=1, epsilon=0.45))
    longer = tuple(f"{name}, behind a denoiser, trained without noise" for name in figure.names)
    plot.show_figure(figure.model_copy(update={"names": longer}))
    QApplication.processEvents()
    plot.label()
    frame = plot.pixel_frame()
    for text in plot.names:
        wide, _ = text_size(text)
        assert text.toPlainText().endswith("…") and wide < frame.w
    plot.resize(1400, 400)
    QApplication.processEvents()
    plot.label()
    assert [text.toPlainText() for text in plot.names] == list(longer)
