"""The staircase: its line is the certificate, cut where it is cut, rounded down."""

from __future__ import annotations

import numpy as np
import pytest
from PySide6.QtCore import QPointF
from PySide6.QtWidgets import QApplication

from engine.core.rounding import round_down
from engine.regions import Staircase
from engine.schemes import parse_scheme
from gui.plots.staircase import StaircasePlot
from tests.factories import make_region_figure


def test_the_line_is_the_region(shown) -> None:
    plot, figure = shown(StaircasePlot(), 420, 360), make_region_figure("staircase")
    plot.show_figure(figure)
    x, y = plot.steps.getData()
    reach = figure.region.reach
    assert x.tolist() == pytest.approx(np.repeat(np.arange(len(reach) + 1) - 0.5, 2).tolist())
    assert y.tolist() == pytest.approx([0, *np.repeat(reach, 2), 0])


def test_steps_bear_their_strength_rounded_down(shown) -> None:
    plot, figure = shown(StaircasePlot(), 480, 380), make_region_figure("staircase")
    plot.show_figure(figure)
    QApplication.processEvents()
    texts = [text.toPlainText() for text in plot.strengths if text.isVisible()]
    assert texts == [round_down(reach, 3) for reach in figure.region.reach]
    assert [float(text) for text in texts] <= list(figure.region.reach)


def test_what_the_votes_to_come_could_reach_lies_above(shown) -> None:
    plot = shown(StaircasePlot())
    plot.show_figure(make_region_figure("staircase"))
    _, certified = plot.steps.getData()
    _, reachable = plot.within_reach.getData()
    assert reachable.max() > certified.max()
    plot.show_figure(make_region_figure("staircase", n=10_000))
    assert len(plot.within_reach.getData()[0]) == 0


def test_many_counts_share_columns(shown) -> None:
    scheme = parse_scheme({"key": "hierarchical-gaussian", "sigma": 0.25, "p": 0.995})
    plot = shown(StaircasePlot())
    plot.show_figure(make_region_figure("staircase", scheme=scheme))
    region, counts = plot.figure.region, plot.figure.needs.counts
    _, y = plot.steps.getData()
    for j in range(len(y) // 2 - 1):
        assert y[2 * j + 1] == region.strength(counts[j])
    assert not any(text.isVisible() for text in plot.strengths)


def test_an_image_beside_words_starts_at_no_word(shown) -> None:
    """``first`` 0: hybrid smoothing certifies the image alone in the first column."""
    figure = make_region_figure("staircase")
    utmost = figure.needs.utmost
    facts = {"first": 0, "things": "words", "count_term": "entities"}
    needs = type(figure.needs)(
        figure.needs.scheme,
        figure.needs.ceiling,
        Staircase(**{**utmost.model_dump(), **facts}),
        (0, 1, 2, 3),
        figure.needs.top,
        figure.needs.strengths,
        figure.needs.required[:, :4],
    )
    region = Staircase(**{**figure.region.model_dump(), **facts})
    plot = shown(StaircasePlot(), 420, 360)
    plot.show_figure(figure.model_copy(update={"needs": needs, "region": region}))
    assert plot.steps.getData()[1][1] == region.reach[0]
    assert plot.plot.getAxis("bottom").labelText == "changed words"
    assert plot.change_at(QPointF(0.0, 0.1))["entities"] == 0.0


def test_words_for_screen_readers(shown) -> None:
    plot = shown(StaircasePlot())
    plot.show_figure(make_region_figure("staircase"))
    assert plot.summary().startswith("Certified: 1 pixel: 0.387, 3 pixels: ")
    assert plot.plot.getAxis("left").labelText == "epsilon (l2 norm)"
