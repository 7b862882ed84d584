"""Strips: what is certified of a term ends where the region ends, on both sides of 0."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QPointF
from PySide6.QtWidgets import QApplication

from engine.core.rounding import round_down
from engine.figures.regions import RegionFigure
from engine.regions.required_probability import required_map
from engine.regions.terms import TermsMap
from engine.schemes import Scaling, parse_scheme
from gui.plots.terms import TermsPlot
from gui.style import theme as themes
from tests.factories import make_region_figure
from tests.schemes import Brightness


def brightness(**facts):
    return make_region_figure("interval", scheme=Brightness(sigma=0.25), **facts)


@pytest.fixture
def plot(shown) -> TermsPlot:
    found = shown(TermsPlot(), 460, 360)
    found.show_figure(brightness(share=0.9))
    QApplication.processEvents()
    return found


def test_the_interval_is_the_region_s(plot) -> None:
    (strip,), (axis,), region = plot.strips, plot.figure.needs.axes, plot.figure.region
    x, _ = strip.inside.getData()
    assert x.tolist() == [axis.share(region.lower), axis.share(region.upper)]
    x, _ = strip.ends.getData()
    assert set(x) == {axis.share(region.lower), axis.share(region.upper)}
    assert strip.inside.isVisible()


def test_both_ends_bear_their_value_rounded_towards_zero(plot) -> None:
    (strip,), region = plot.strips, plot.figure.region
    low, high = (round_down(abs(end), 3) for end in (region.lower, region.upper))
    assert [text.toPlainText() for text in strip.values] == [f"−{low}", high]
    assert all(text.isVisible() for text in strip.values)
    assert strip.name.toPlainText() == "brightness"  # its unit says the same


def test_ends_that_are_close_do_not_overlap(shown) -> None:
    plot = shown(TermsPlot(), 230, 300)
    plot.show_figure(brightness(share=0.6, n=2000))
    QApplication.processEvents()
    plot.label()
    first, second = (text.sceneBoundingRect() for text in plot.strips[0].values)
    assert first.right() <= second.left() + 1


def test_what_the_votes_to_come_could_reach_lies_further_out(plot) -> None:
    (strip,) = plot.strips
    reach, ends = strip.reach.getData()[0], strip.ends.getData()[0]
    assert min(reach) < min(ends) and max(reach) > max(ends)
    plot.show_figure(brightness(n=10_000))
    assert not len(strip.reach.getData()[0])


def test_a_provisional_bound_is_dotted_and_no_claim(plot) -> None:
    plot.show_figure(brightness(bound="clopper-pearson"))
    (strip,) = plot.strips
    assert len(strip.provisional.getData()[0]) and not strip.inside.isVisible()
    assert not any(text.isVisible() for text in strip.values)


def test_what_was_asked_is_marked_and_filled_where_certified(plot) -> None:
    asked = ({"brightness": -0.1}, {"brightness": 0.33})
    plot.show_figure(plot.figure.model_copy(update={"asked": asked}))
    (axis,), points = plot.figure.needs.axes, plot.asked_marks.points()
    assert [point.pos().x() for point in points] == [axis.share(-0.1), axis.share(0.33)]
    theme = themes.current()
    fills = [point.brush().color().name().upper() for point in points]
    assert fills == [theme.certified.upper(), theme.surface.upper()]
    assert "asked for (filled: certified)" in [entry.text for entry in plot.legend.entries]


def test_a_chosen_change_is_signed_and_told(plot) -> None:
    plot.choose({"brightness": -0.1})
    assert plot.answer.text() == "brightness -0.100: certified"
    assert plot.change_at(QPointF(0.0, 0.5))["brightness"] < 0


def test_terms_have_strips_of_their_own_with_counts_and_sizes(shown) -> None:
    """Even a scheme that has a picture of its own can be drawn term by term."""
    scheme = parse_scheme({"key": "sparse", "p_plus": 0.05, "p_minus": 0.8})
    figure = make_region_figure("cells", scheme=scheme)
    needs = TermsMap.of(scheme, 0.99, figure.needs.utmost)
    plot = shown(TermsPlot(), 460, 400)
    plot.show_figure(figure.model_copy(update={"needs": needs}))
    QApplication.processEvents()
    assert len(plot.strips) == 2
    most = figure.region.most()
    assert [strip.values[1].toPlainText() for strip in plot.strips] == [f"{n}" for n in most]
    assert not any(strip.values[0].isVisible() for strip in plot.strips)
    upper, lower = plot.change_at(QPointF(0.3, 1.5)), plot.change_at(QPointF(0.3, 0.5))
    assert upper["additions"] > 0 == upper["deletions"]
    assert lower["deletions"] > 0 == lower["additions"]


def test_words_for_screen_readers(plot) -> None:
    region = plot.figure.region
    assert plot.summary() == f"Certified: {region.headline()} ({region.note()})."


def test_what_was_given_up_is_seen_however_narrow(shown) -> None:
    scheme = Scaling(scale=0.2)
    region = scheme.swept(-0.1, 0.15, failed=((-0.1001, -0.1), (0.15, 0.1501)))
    plot = shown(TermsPlot(), 460, 360)
    plot.show_figure(RegionFigure(needs=required_map(scheme), region=region, run=True))
    x, _ = plot.strips[0].failed.getData()
    (axis,) = plot.figure.needs.axes
    assert x[2] - x[0] == pytest.approx(0.02) and x[6] - x[4] == pytest.approx(0.02)
    assert x[2] == pytest.approx(axis.share(-0.1)) and x[4] == pytest.approx(axis.share(0.15))
