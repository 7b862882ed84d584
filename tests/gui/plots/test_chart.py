"""Charts: pens for every screen and theme, and the cost of a frame."""

from __future__ import annotations

import time
from typing import Any

import pytest
from PySide6.QtCore import QEvent
from PySide6.QtGui import QColor, QFontMetricsF
from PySide6.QtWidgets import QApplication

from engine.figures.curves import Curve, CurveFigure
from gui.plots.ball import BallPlot
from gui.plots.bounds import BoundsPlot
from gui.plots.chart import text_size, tinted
from gui.plots.curves import CurvePlot
from gui.plots.votes import VotesPlot
from gui.style import theme as themes
from gui.style.stylesheet import apply_theme
from gui.style.theme import THEMES

FRAMES = 40
MOST_MS = 60.0
"""Measured at 4 (votes), 7 (bounds) and 15 (region) ms; a slow shared machine gets its share."""


@pytest.fixture
def curve():
    def make(**changes: Any) -> CurveFigure:
        facts = {"title": "T", "subtitle": "", "x_name": "x", "y_name": "y"}
        line = Curve(name="c", points=((0.0, 1.0), (1.0, 2.0)))
        return CurveFigure(**{**facts, **changes}, curves=(line,))

    return make


@pytest.mark.parametrize("name", THEMES)
def test_curves_take_up_another_theme(name: str, shown, bounds, qapp) -> None:
    plot = shown(BoundsPlot())
    plot.show_figure(bounds())
    theme = apply_theme(qapp, name)
    assert plot.claimed.opts["pen"].color() == QColor(theme.accent)
    assert plot.canvas.backgroundBrush().color() == QColor(theme.surface)
    middle = plot.grab().toImage().pixelColor(4, 150)
    assert middle.name().upper() == theme.surface


def test_pens_grow_in_talk_mode(shown, qapp) -> None:
    plot = shown(BoundsPlot())
    before = plot.claimed.opts["pen"].widthF()
    apply_theme(qapp, "light", scale=1.6)
    assert plot.claimed.opts["pen"].widthF() == pytest.approx(1.6 * before)


def test_pens_follow_the_screen_s_resolution(shown, monkeypatch) -> None:
    plot = shown(BoundsPlot())
    before = plot.claimed.opts["pen"].widthF()
    monkeypatch.setattr(plot, "devicePixelRatioF", lambda: 2.0)
    QApplication.sendEvent(plot, QEvent(QEvent.Type.DevicePixelRatioChange))
    assert plot.claimed.opts["pen"].widthF() == pytest.approx(2 * before)


def test_text_sizes_hold_the_painted_text(shown, bounds) -> None:
    plot = shown(BoundsPlot())
    plot.show_figure(bounds())
    width, height = text_size(plot.lower_label)
    painted = plot.lower_label.textItem.boundingRect()
    assert width >= painted.width() - 1 and height >= painted.height() - 1


def test_tints_keep_the_colour() -> None:
    color = tinted(themes.current().accent, 0.5)
    assert color.name().upper() == themes.current().accent
    assert color.alphaF() == pytest.approx(0.5, abs=0.01)


@pytest.mark.parametrize("kind", [VotesPlot, BoundsPlot, BallPlot])
def test_a_frame_is_cheap_and_adds_no_item(kind: Any, shown, request) -> None:
    make = {VotesPlot: "votes", BoundsPlot: "bounds", BallPlot: "slices"}[kind]
    figure = request.getfixturevalue(make)()
    plot = shown(kind(), 480, 400)
    plot.show_figure(figure)
    items, start = len(plot.plot.items), time.process_time()
    for _ in range(FRAMES):
        plot.show_figure(figure)
        plot.canvas.viewport().repaint()
    spent = (time.process_time() - start) / FRAMES * 1000
    assert len(plot.plot.items) == items
    assert spent < MOST_MS


def test_the_name_of_an_axis_is_never_longer_than_the_axis(shown, curve) -> None:
    plot = shown(CurvePlot("Curves"), 230, 240)
    long = "a quantity with a name that has rather many words"
    plot.show_figure(curve(x_name=long))
    QApplication.processEvents()
    axis = plot.plot.getAxis("bottom")
    width = QFontMetricsF(axis.label.font()).horizontalAdvance(axis.labelText)
    assert axis.labelText.endswith("…") and width <= plot.view.width()
    plot.show_figure(curve(x_name="l2 distance, standard deviations of the columns"))
    QApplication.processEvents()
    assert axis.labelText == "l2 distance"  # no words are cut that a comma can leave out
    plot.resize(230, 200)
    plot.show_figure(curve(y_name="certified accuracy"))
    QApplication.processEvents()
    # nor what kind of it, which stands elsewhere too
    assert plot.plot.getAxis("left").labelText == "accuracy"
    for name, shorter in (
        ("share correct and certified", "correct and certified"),
        ("share of inputs that are certified", "share"),
    ):
        plot.show_figure(curve(y_name=name))
        plot.resize(230, 240)
        QApplication.processEvents()
        assert plot.plot.getAxis("left").labelText == shorter
    plot.show_figure(curve(x_name=long))
    plot.resize(900, 300)
    QApplication.processEvents()
    assert axis.labelText == long
    plot.show_figure(curve(x_name="a quantity"))
    assert axis.labelText == "a quantity"


def test_another_name_stands_in_the_middle_of_its_axis_too(shown, curve) -> None:
    plot = shown(CurvePlot("Curves"), 400, 240)
    axis = plot.plot.getAxis("bottom")
    for name in ("short", "a quantity with a longer name"):
        plot.show_figure(curve(x_name=name))
        QApplication.processEvents()
        middle = axis.label.pos().x() + axis.label.boundingRect().width() / 2
        assert middle == pytest.approx(axis.size().width() / 2, abs=1.5)


def test_ticks_stay_plain_numbers_in_another_theme(shown, curve, qapp) -> None:
    plot = shown(CurvePlot("Curves"))
    plot.show_figure(curve())
    plot.view.setRange(xRange=(-0.5, 0.5), padding=0)
    apply_theme(qapp, "dark", scale=1.6)
    assert plot.plot.getAxis("bottom").autoSIPrefixScale == 1.0


def test_what_had_not_moved_by_a_pixel_is_drawn_where_it_is_once_the_plot_is_larger(
    shown, slices, bounds
) -> None:
    disc, curves = shown(BallPlot()), shown(BoundsPlot())
    before, after = (
        one.model_copy(update={"points": one.points[-1:]})
        for one in (bounds(p=0.9), bounds(p=0.90001))
    )
    for _ in range(20):
        curves.show_figure(before)  # until its range is at rest
    curves.show_figure(after)
    for radius in (0.5, 0.5001):
        disc.show_figure(slices(radius=radius))
    assert disc.ball.path().boundingRect().width() == pytest.approx(1.0, abs=1e-9)
    assert curves.claimed.getData()[1].tolist() == [p.p_lower for p in before.points]
    for plot in (disc, curves):
        plot.resize(900, 800)
    QApplication.processEvents()
    assert disc.ball.path().boundingRect().width() == pytest.approx(1.0002, abs=1e-9)
    assert curves.claimed.getData()[1].tolist() == [p.p_lower for p in after.points]
