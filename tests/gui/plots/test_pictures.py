from __future__ import annotations

from engine.schemes import SCHEMES
from gui.plots.base import Plot
from gui.plots.pictures import PLOTS
from gui.plots.terms import TermsPlot


def test_every_picture_of_a_shipped_region_has_a_plot(qtbot) -> None:
    assert {kind.region_type.picture for kind in SCHEMES} <= set(PLOTS)
    assert PLOTS["terms"] is TermsPlot
    for make in PLOTS.values():
        plot = make()
        qtbot.addWidget(plot)
        assert isinstance(plot, Plot)
