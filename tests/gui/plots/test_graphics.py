from __future__ import annotations

import sys

import pyqtgraph

from gui.plots.bounds import BoundsPlot
from gui.plots.graphics import pg
from gui.plots.votes import VotesPlot


def test_it_is_pyqtgraph_and_hides_nothing_from_others() -> None:
    assert pg.PlotWidget is pyqtgraph.PlotWidget
    assert sys.modules.get("cuda.bindings", ...) is not None


def test_a_plot_has_no_body_before_it_is_needed(qapp, qtbot, votes, bounds) -> None:
    for plot, figure in ((VotesPlot(), votes()), (BoundsPlot(), bounds())):
        qtbot.addWidget(plot)
        plot.show()
        plot.wait("Later.")
        plot.retheme()
        assert not plot.is_made and plot.waiting.isVisible()
        plot.show_figure(figure)
        assert plot.is_made and plot.body.isVisible() and not plot.waiting.isVisible()
        assert not hasattr(plot, "nothing_of_this_name")
    linear = BoundsPlot()
    qtbot.addWidget(linear)
    linear.log_action.setChecked(False)
    linear.show_figure(bounds())
    assert linear.planned.value() == 100_000
