"""Counts: a bar is certified iff it ends below p_lower, and the line is p_lower."""

from __future__ import annotations

import math

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication

from gui.plots.count import CountPlot
from gui.style import theme as themes
from tests.factories import make_region_figure


def test_bars_are_as_high_as_what_they_take(shown) -> None:
    plot = shown(CountPlot())
    plot.show_figure(make_region_figure("count"))
    for r, height in enumerate(plot.bars.heights[:-1]):
        delta = 1 - math.comb(64 - r, 6) / math.comb(64, 6)
        assert height == pytest.approx(0.5 + delta)
    assert plot.bars.heights[-1] == 1.0


@pytest.mark.parametrize("share", [0.7, 0.9, 0.99])
def test_certified_bars_end_below_the_line(shown, share) -> None:
    plot, figure = shown(CountPlot()), make_region_figure("count", share=share)
    plot.show_figure(figure)
    assert plot.now.value() == figure.standing.p_lower
    green = themes.current().certified
    for r, (style, height) in enumerate(zip(plot.bars._styles, plot.bars.heights, strict=True)):
        assert (style.color == green) == (r <= figure.region.most)
        assert (height < plot.now.value()) == (r <= figure.region.most)


def test_bars_differ_by_more_than_colour(shown) -> None:
    plot = shown(CountPlot())
    plot.show_figure(make_region_figure("count", share=0.8))
    looks = {(style.pattern, style.outline) for style in plot.bars._styles}
    assert len(looks) >= 3
    assert plot.bars._styles[-1].pattern == Qt.BrushStyle.BDiagPattern


def test_the_line_bears_p_lower_rounded_down(shown) -> None:
    plot, figure = shown(CountPlot(), 460, 360), make_region_figure("count")
    plot.show_figure(figure)
    QApplication.processEvents()
    assert plot.now_label.isVisible()
    shown_value = float(plot.now_label.toPlainText().removeprefix("p_lower = "))
    assert figure.standing.p_lower - 1e-4 < shown_value <= figure.standing.p_lower
    plot.show_figure(make_region_figure("count", bound="clopper-pearson"))
    assert plot.now_label.toPlainText().endswith(" provisional")


def test_words_for_screen_readers(shown) -> None:
    plot, figure = shown(CountPlot()), make_region_figure("count")
    plot.show_figure(figure)
    assert plot.summary() == (f"Certified: {figure.region.headline()} {figure.region.note()}.")


def test_the_legend_shows_bars_as_they_are_and_names_the_dashed_line(shown) -> None:
    plot, figure = shown(CountPlot(), 460, 360), make_region_figure("count", share=0.8)
    plot.show_figure(figure)
    looks = {(style.color, style.pattern) for style in plot.bars._styles}
    bars = [entry for entry in plot.legend.entries if entry.mark == "bar"]
    assert {(entry.color, entry.pattern) for entry in bars} == looks
    lines = [entry.text for entry in plot.legend.entries if entry.mark == "dash"]
    expected = ["the votes to come could reach"] if figure.standing.unfinished else []
    assert lines == expected and plot.reach.isVisible() == bool(expected)
