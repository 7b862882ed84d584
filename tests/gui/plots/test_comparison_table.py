from __future__ import annotations

import pytest
from PySide6.QtGui import QColor

from engine.comparison.landscape import landscape, share_figure
from engine.schemes.attacker import Attacker
from gui.plots.comparison_table import SharePlot, luminance, readable
from tests.engine.comparison.test_landscape import MANY

LAND = landscape(MANY)


@pytest.fixture
def plot(shown) -> SharePlot:
    plot = shown(SharePlot(), 640, 460)
    plot.show_figure(share_figure(LAND, Attacker(entities=2, epsilon=0.3)))
    return plot


def test_a_table_for_each_and_none_over_another(plot) -> None:
    panels = plot.tables.panels()
    assert len(panels) == 3
    assert not any(a.intersects(b) for i, a in enumerate(panels) for b in panels[:i])
    inside = plot.tables.rect().toRectF()
    assert all(inside.contains(panel) for panel in panels)


def test_cells_fill_their_panel_from_the_bottom(plot) -> None:
    panel = plot.tables.panels()[0]
    low, high = plot.tables.cell(panel, 0, 0), plot.tables.cell(panel, 1, 0)
    assert low.top() == pytest.approx(high.bottom()) and panel.contains(low)


def test_hovering_tells_a_cell_in_words(plot) -> None:
    panel = plot.tables.panels()[1]
    words = plot.tables.told(plot.tables.cell(panel, 0, 1).center())
    epsilon = plot.figure.epsilons[0]
    assert words == (
        f"Gaussian, m1: 66 % certified for up to 2 pixels, together at most {epsilon:g}"
    )
    assert plot.tables.told(panel.topLeft()) == ""


def test_it_is_painted_and_said(plot) -> None:
    image = plot.tables.grab().toImage()
    panel = plot.tables.panels()[1]
    strong = plot.tables.cell(panel, 0, 0).topLeft().toPoint()
    assert image.pixelColor(strong.x() + 3, strong.y() + 3) != QColor("white")
    assert plot.summary().startswith("Certified accuracy, percent, for Gaussian, m0")


def test_ink_is_the_one_that_reads() -> None:
    black, white = QColor("black"), QColor("white")
    assert readable(QColor("navy"), black, white) == white
    assert readable(QColor("yellow"), black, white) == black
    assert luminance(white) == pytest.approx(1.0) and luminance(black) == 0.0


def test_a_limit_stands_to_the_last_digit(shown) -> None:
    plot = shown(SharePlot(), 640, 460)
    plot.show_figure(share_figure(LAND, Attacker(entities=2, epsilon=0.29999999)))
    said = {
        words
        for row in range(len(plot.figure.epsilons))
        if (words := plot.tables.told(plot.tables.cell(plot.tables.panels()[0], row, 0).center()))
    }
    assert any(words.endswith("together at most 0.29999999") for words in said)
