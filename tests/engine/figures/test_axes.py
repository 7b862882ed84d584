from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.figures.axes import Axis, linear_ticks, log_ticks, short_count, term_ticks
from engine.regions.terms import TermsMap
from tests.factories import make_region_figure


@pytest.mark.parametrize(
    ("count", "text"),
    [(0, "0"), (500, "500"), (1000, "1k"), (2500, "2.5k"), (1.5e6, "1.5M"), (1e9, "1G")],
)
def test_counts_are_short(count: float, text: str) -> None:
    assert short_count(count) == text


@given(st.integers(1, 10**9), st.floats(1.5, 1e8))
def test_log_ticks_lie_on_the_axis_and_are_few(low: int, factor: float) -> None:
    ticks = log_ticks(low, low * factor)
    assert all(low <= tick <= low * factor for tick in ticks)
    assert ticks == sorted(set(ticks))
    assert len(ticks) <= 10


@given(st.integers(1, 10**8), st.integers(1, 1000))
def test_a_short_axis_of_counts_has_labels_that_say_their_places(low: int, more: int) -> None:
    ticks = Axis(low, low + more, log=True).ticks()
    texts = [text for _, text in ticks]
    assert len(set(texts)) == len(texts) > 1
    for place, text in ticks:
        size = {"k": 1e3, "M": 1e6}.get(text[-1], 1.0)
        count = float(text.rstrip("kM")) * size
        assert count == pytest.approx(round(count), abs=1e-6)  # no half of a vote
        assert place == pytest.approx(Axis(low, low + more, log=True)(count), abs=1e-4)


@given(st.floats(1e-3, 1e4))
def test_linear_ticks_are_even_and_hold_zero(extent: float) -> None:
    ticks = linear_ticks(-extent, extent, 4)
    assert 3 <= len(ticks) <= 9
    assert 0.0 in ticks
    steps = {round((b - a) / extent, 6) for a, b in zip(ticks, ticks[1:], strict=False)}
    assert len(steps) == 1


def test_values_are_shares_of_their_axis_and_ticks_lie_on_it() -> None:
    line, powers = Axis(-2.0, 2.0), Axis(10.0, 1000.0, log=True)
    assert [line(x) for x in (-2.0, 0.0, 2.0)] == [0.0, 0.5, 1.0]
    assert (0.0, "\N{MINUS SIGN}2") in line.ticks(4) and (0.5, "0") in line.ticks(4)
    assert [powers(x) for x in (1.0, 100.0)] == pytest.approx([0.0, 0.5])
    assert (1.0, "1k") in powers.ticks()
    assert Axis(1.0, 1.0).ticks()[0] == (0.0, "1")


def test_counts_have_whole_ticks_alone() -> None:
    needs = make_region_figure("count").needs
    (axis,) = TermsMap.of(needs.scheme, needs.ceiling, needs.utmost).axes
    for wanted in (3, 8, 200):
        texts = [text for _, text in term_ticks(axis, wanted)]
        assert texts and all(text.isdigit() for text in texts)
