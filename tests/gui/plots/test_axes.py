"""Short labels on axes."""

from __future__ import annotations

import pytest

from gui import theme as themes
from gui.plots.axes import CountAxis, compact, style_axis
from gui.theme import apply_theme


@pytest.mark.parametrize(
    ("count", "text"),
    [(0, "0"), (500, "500"), (1000, "1k"), (2500, "2.5k"), (1.5e6, "1.5M"), (1e9, "1G")],
)
def test_counts_are_short(count: float, text: str) -> None:
    assert compact(count) == text


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
