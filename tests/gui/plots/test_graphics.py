from __future__ import annotations

import os
import subprocess
import sys

import pyqtgraph

from gui.plots.bounds import BoundsPlot
from gui.plots.graphics import pg
from gui.plots.votes import VotesPlot


def test_it_is_pyqtgraph_and_hides_nothing_from_others() -> None:
    assert pg.PlotWidget is pyqtgraph.PlotWidget
    assert sys.modules.get("cuda.bindings", ...) is not None


def test_it_is_loaded_by_the_last_of_many_steps() -> None:
    code = (
        "import sys; from gui.plots.graphics import loaded_in_steps; steps = loaded_in_steps(); "
        "seen = ['pyqtgraph' in sys.modules for _ in steps]; "
        "assert len(seen) > 20 and not any(seen[:-1]) and seen[-1]"
    )
    kept = {**os.environ, "QT_QPA_PLATFORM": "offscreen"}
    subprocess.run([sys.executable, "-c", code], check=True, env=kept)


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
