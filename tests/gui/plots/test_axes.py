"""Short labels on axes."""

from __future__ import annotations

import math

import pytest
from PySide6.QtGui import QFontMetricsF

from gui.plots.axes import CountAxis, style_axis
from gui.style import theme as themes
from gui.style.stylesheet import apply_theme


def test_ticks_are_counts_on_both_scales(qapp) -> None:
    axis = CountAxis("bottom")
    assert axis.tickStrings([0, 20_000], 1, 20_000) == ["0", "20k"]
    axis.setLogMode(True)
    assert axis.tickStrings([3, 5], 1, 1) == ["1k", "100k"]


def test_the_left_axis_is_wider_in_talk_mode(qapp) -> None:
    axis = CountAxis("left")
    style_axis(axis, themes.current())
    before = axis.minimumWidth()
    style_axis(axis, apply_theme(qapp, "light", scale=1.6))
    assert axis.minimumWidth() > before


@pytest.mark.walk
@pytest.mark.parametrize("width", [90, 150, 220, 300, 450, 700, 1600])
@pytest.mark.parametrize(("least", "most"), [(50, 20_000), (1, 1e9), (100, 200_000), (3000, 4000)])
def test_labels_of_a_logarithmic_axis_never_touch(qapp, width, least, most) -> None:
    axis = CountAxis("bottom")
    style_axis(axis, themes.current())
    axis.setLogMode(True)
    low, high = math.log10(least), math.log10(most)
    metrics = QFontMetricsF(axis.style["tickFont"])
    shown = [
        (x, text)
        for spacing, values in axis.tickValues(low, high, width)
        for x, text in zip(values, axis.tickStrings(values, 1, spacing), strict=True)
        if text
    ]
    assert shown and shown == sorted(shown)
    ends = [
        (at - half, at + half)
        for x, text in shown
        for at in [(x - low) / (high - low) * width]
        for half in [metrics.horizontalAdvance(text) / 2]
    ]
    assert all(end < start for (_, end), (start, _) in zip(ends, ends[1:], strict=False))


@pytest.mark.parametrize(("least", "most"), [(50, 60), (45, 46), (50, 100), (50, 130), (50, 1000)])
@pytest.mark.parametrize("width", [120, 220, 700])
def test_two_labels_at_least_are_painted(qapp, least, most, width) -> None:
    axis = CountAxis("bottom")
    style_axis(axis, themes.current())
    axis.setLogMode(True)
    low, high = math.log10(least), math.log10(most)
    ticks = axis.tickValues(low, high, width)[0][1]
    metrics, room = QFontMetricsF(axis.style["tickFont"]), axis.style["hideOverlappingLabels"]
    painted = 0
    for x, text in zip(ticks, axis.tickStrings(ticks, 1, 1), strict=True):
        at, half = (x - low) / (high - low) * width, metrics.horizontalAdvance(text) / 2
        painted += at - half >= -room and at + half <= width + room
    assert painted >= 2


@pytest.mark.parametrize("most", [4, 5, 7])
def test_between_whole_numbers_of_votes_there_are_no_others(qapp, most) -> None:
    axis = CountAxis("bottom")
    style_axis(axis, themes.current())
    axis.setLogMode(True)
    for width in (60, 300, 2000):
        ticks = axis.tickValues(math.log10(3), math.log10(most), width)[0][1]
        assert all("." not in text for text in axis.tickStrings(ticks, 1, 1)), width


@pytest.mark.parametrize(("least", "most"), [(51, 60), (3100, 3900), (121_000, 129_000), (2, 2.5)])
def test_a_range_between_round_numbers_has_labels_that_say_where_they_stand(
    qapp, least, most
) -> None:
    axis = CountAxis("bottom")
    style_axis(axis, themes.current())
    axis.setLogMode(True)
    ticks = axis.tickValues(math.log10(least), math.log10(most), 300)[0][1]
    assert len(ticks) >= (2 if most > 3 else 1)
    scales = {"k": 1000, "M": 1_000_000}
    for x, text in zip(ticks, axis.tickStrings(ticks, 1, 1), strict=True):
        value = float(text.rstrip("kM")) * scales.get(text[-1], 1)
        assert value == pytest.approx(10**x, rel=1e-9)


def test_a_wide_logarithmic_axis_says_more(qapp) -> None:
    axis = CountAxis("bottom")
    style_axis(axis, themes.current())
    axis.setLogMode(True)
    labels = [len(axis.tickValues(2, 5, width)[0][1]) for width in (60, 400, 4000)]
    assert labels[0] < labels[1] < labels[2] == 28


@pytest.mark.parametrize("most", [0.6, 1.0, 2.0, 7.0, 60.0])
def test_whole_numbers_have_no_ticks_between_them(qapp, most) -> None:
    axis = CountAxis("bottom")
    axis.set_whole(on=True)
    levels = axis.tickValues(0.0, most, 500)
    ticks = [float(x) for _, values in levels for x in values]
    assert ticks and all(tick == round(tick) for tick in ticks)
    axis.set_whole(on=False)
    between = [x for _, values in axis.tickValues(0.0, 1.0, 500) for x in values]
    assert any(x != round(x) for x in between)
