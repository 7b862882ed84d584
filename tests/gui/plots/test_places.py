from __future__ import annotations

import numpy as np
from PySide6.QtWidgets import QApplication

from engine.core.outputs import OutputInterval, Outputs
from engine.figures.places import PlacesFigure, places_figure
from gui.plots.places import PlacesPlot

OUTPUTS = Outputs(kind="keypoints", names=("nose",), unit="cells", grid=(8, 8))


def figure(low: float | None, high: float | None) -> PlacesFigure:
    intervals = [
        OutputInterval(name=name, lower=low, median=4.0, upper=high) for name in OUTPUTS.labels
    ]
    return places_figure(OUTPUTS, intervals, "claim", np.zeros((1, 32, 32), dtype=np.float32))


def test_frames_shrink_while_samples_come_in(shown) -> None:
    plot = shown(PlacesPlot(), 460, 320)
    plot.show_figure(figure(1.0, 7.0))
    wide = plot.view.grab().toImage()
    assert [(entry.text, entry.mark) for entry in plot.legend.entries] == [("nose", "line")]
    assert plot.rows.rows == [("nose x", "1 to 7"), ("nose y", "1 to 7")]
    plot.show_figure(figure(4.0, 4.0))
    QApplication.processEvents()
    assert plot.rows.rows == [("nose x", "4 to 4"), ("nose y", "4 to 4")]
    assert plot.view.grab().toImage() != wide
    assert plot.subtitle.text() == "2 of 2 outputs bounded, cells"


def test_words_for_screen_readers_and_an_open_interval(shown) -> None:
    plot = shown(PlacesPlot(), 460, 320)
    assert plot.summary() == ""
    plot.show_figure(figure(None, None))
    assert plot.summary() == ("0 of 2 outputs bounded, claim: nose x unbounded; nose y unbounded.")


def test_without_an_image_the_numbers_stand_alone(shown) -> None:
    plot = shown(PlacesPlot(), 460, 320)
    numbers = Outputs(kind="numbers", names=("age",))
    interval = OutputInterval(name="age", lower=1.0, median=2.0, upper=3.0)
    plot.show_figure(places_figure(numbers, [interval], "claim"))
    assert not plot.view.isVisible() and plot.rows.rows == [("age", "1 to 3")]
