from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.report.numbers import (
    count,
    linear_ticks,
    log_ticks,
    lower,
    percent,
    plain,
    short_count,
    upper,
)


@given(st.floats(0, 1))
def test_shown_bounds_never_claim_more(value: float) -> None:
    assert float(lower(value)) <= value <= float(upper(value))


def test_counts() -> None:
    assert count(1_000_000) == "1,000,000"
    assert [short_count(n) for n in (5, 200, 20_000, 1e6, 2e9)] == ["5", "200", "20k", "1M", "2G"]


def test_percent_is_cut() -> None:
    assert percent(99_999, 100_000) == "99.9 %"
    assert percent(0, 0) == "0.0 %"


@pytest.mark.parametrize(
    ("value", "shown"), [(0.1 + 0.2, "0.30000000000000004"), (12345, "12,345"), ("auto", "auto")]
)
def test_settings_are_shown_as_given(value: object, shown: str) -> None:
    assert plain(value) == shown


@given(st.integers(1, 10**9), st.floats(1.5, 1e8))
def test_log_ticks_lie_on_the_axis_and_are_few(low: int, factor: float) -> None:
    ticks = log_ticks(low, low * factor)
    assert all(low <= tick <= low * factor for tick in ticks)
    assert ticks == sorted(set(ticks))
    assert len(ticks) <= 10


@given(st.floats(1e-3, 1e4))
def test_linear_ticks_are_even_and_hold_zero(extent: float) -> None:
    ticks = linear_ticks(-extent, extent, 4)
    assert 3 <= len(ticks) <= 9
    assert 0.0 in ticks
    steps = {round((b - a) / extent, 6) for a, b in zip(ticks, ticks[1:], strict=False)}
    assert len(steps) == 1
