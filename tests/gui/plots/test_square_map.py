"""The stage keeps the map square and inside, the legend beside or below."""

from __future__ import annotations

import pytest
from PySide6.QtWidgets import QApplication

from gui.plots.ball import BallPlot
from gui.style.stylesheet import apply_theme


@pytest.mark.parametrize("size", [(700, 300), (500, 400), (340, 340), (300, 600), (240, 220)])
@pytest.mark.parametrize("scale", [1.0, 1.6])
def test_map_and_legend_share_the_room(shown, slices, qapp, size, scale) -> None:
    apply_theme(qapp, "light", scale=scale)
    plot = shown(BallPlot(), round(size[0] * scale), round(size[1] * scale))
    plot.show_figure(slices())
    QApplication.processEvents()
    stage, canvas, legend = plot.stage.rect(), plot.canvas.geometry(), plot.legend.geometry()
    assert stage.contains(canvas)
    assert stage.contains(legend)
    assert not canvas.intersects(legend)
    view = plot.view.sceneBoundingRect()
    assert view.width() == pytest.approx(view.height(), abs=3)


def test_the_legend_is_beside_a_wide_map_and_below_a_high_one(shown, slices) -> None:
    plot = shown(BallPlot(), 700, 300)
    plot.show_figure(slices())
    QApplication.processEvents()
    assert plot.legend.geometry().left() > plot.canvas.geometry().right()
    assert not plot.legend.flowing
    plot.resize(300, 600)
    QApplication.processEvents()
    assert plot.legend.geometry().top() > plot.canvas.geometry().bottom()
    assert plot.legend.flowing
