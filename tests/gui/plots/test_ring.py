"""The ring of a range of angles: what is certified, given up and open lies where the angles are."""

from __future__ import annotations

import math

import pytest
from PySide6.QtCore import QPointF, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from engine.figures.regions import RegionFigure
from engine.regions.required_probability import required_map
from engine.schemes.rotation import Rotation
from gui.plots.ring import INNER, OUTER, RingPlot
from gui.style import theme as themes

MIDDLE = (INNER + OUTER) / 2


def figure(degrees: float = 90.0, *, region: bool = True) -> RegionFigure:
    scheme = Rotation(degrees=degrees)
    found = None
    if region:
        found = scheme.swept(
            -degrees, degrees / 3, anchors=(-60.0, -30.0, 0.0, 15.0), failed=((30.0, 31.0),)
        )
    asked = tuple(scheme.parse_at(f"rotation={angle}") for angle in (-45, 80))
    return RegionFigure(needs=required_map(scheme), region=found, asked=asked, run=True)


@pytest.fixture
def plot(shown) -> RingPlot:
    found = shown(RingPlot(), 420, 420)
    found.show_figure(figure())
    QApplication.processEvents()
    return found


def at(angle: float, radius: float = MIDDLE) -> QPointF:
    """Counter-clockwise from the top, as the image turns."""
    turn = math.radians(angle)
    return QPointF(-radius * math.sin(turn), radius * math.cos(turn))


@pytest.mark.parametrize(
    ("angle", "where"), [(-89, "inside"), (0, "inside"), (29, "inside"), (30.5, "failed"),
                         (60, "open"), (100, "")]
)  # fmt: skip
def test_every_angle_is_certified_given_up_or_open(plot, angle, where) -> None:
    items = {"inside": plot.inside, "failed": plot.failed, "open": plot.open}
    held = {name for name, item in items.items() if item.path().contains(at(angle))}
    assert held == ({where, "open"} if where else set())
    assert not any(item.path().contains(at(angle, 0.3)) for item in items.values())


def test_a_cell_too_narrow_to_see_is_drawn_all_the_same(plot) -> None:
    narrow = plot.figure.region.model_copy(update={"failed": ((30.0, 30.001),)})
    plot.show_figure(plot.figure.model_copy(update={"region": narrow}))
    assert plot.failed.path().contains(at(30.8))


def test_each_anchor_has_a_mark_and_each_end_its_value(plot) -> None:
    x, _ = plot.anchors.getData()
    assert len(x) == 2 * 4
    assert [text.toPlainText() for text in plot.values] == ["\N{MINUS SIGN}90.0°", "+30.0°"]
    assert plot.headline.toPlainText() == "rests on 4 anchors"
    assert {"anchors", "given up", "open"} <= {entry.text for entry in plot.legend.entries}


def test_what_was_asked_is_filled_where_it_is_certified(plot) -> None:
    theme, points = themes.current(), plot.asked_marks.points()
    fills = [point.brush().color().name().upper() for point in points]
    assert fills == [theme.certified.upper(), theme.surface.upper()]
    places = [(point.pos().x(), point.pos().y()) for point in points]
    expected = [(at(angle).x(), at(angle).y()) for angle in (-45, 80)]
    assert places == [pytest.approx(one) for one in expected]


def test_pointing_and_arrows_choose_an_angle(plot) -> None:
    change = plot.change_at(at(25.0))
    assert change["rotation"] == pytest.approx(25.0)
    assert plot.change_at(QPointF(0.0, 0.0)) is None
    plot.choose(change)
    assert "certified" in plot.answer.text()
    QTest.keyClick(plot, Qt.Key.Key_Right)
    assert plot.chosen["rotation"] == pytest.approx(25.0 + 95.4 / 40)


def test_a_narrow_range_is_spread_as_on_a_gauge(plot) -> None:
    plot.show_figure(figure(7.0))
    assert plot.open.path().contains(at(69)) and not plot.open.path().contains(at(71))
    assert plot.change_at(at(35.0))["rotation"] == pytest.approx(3.5)


def test_without_a_region_the_range_is_open_and_says_so(plot) -> None:
    plot.show_figure(figure(region=False))
    assert plot.inside.path().isEmpty() and plot.failed.path().isEmpty()
    assert plot.open.path().contains(at(-80)) and plot.nothing.isVisible()
    assert not any(text.isVisible() for text in plot.values)


def test_ends_that_would_overlap_share_one_label(plot) -> None:
    narrow = plot.figure.region.model_copy(update={"lower": -0.65, "upper": 0.95})
    plot.show_figure(plot.figure.model_copy(update={"region": narrow}))
    QApplication.processEvents()
    first, second = plot.values
    assert first.isVisible() and first.toPlainText() == "\N{MINUS SIGN}0.6° to +0.9°"
    assert not second.isVisible()
    plot.show_figure(figure())
    QApplication.processEvents()
    assert [text.toPlainText() for text in plot.values] == ["\N{MINUS SIGN}90.0°", "+30.0°"]
    assert all(text.isVisible() for text in plot.values)
