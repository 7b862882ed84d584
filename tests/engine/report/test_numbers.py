from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.report.numbers import (
    count,
    lower,
    percent,
    plain,
    upper,
)


@given(st.floats(0, 1))
def test_shown_bounds_never_claim_more(value: float) -> None:
    assert float(lower(value)) <= value <= float(upper(value))


def test_counts() -> None:
    assert count(1_000_000) == "1,000,000"


def test_percent_is_cut() -> None:
    assert percent(99_999, 100_000) == "99.9 %"
    assert percent(0, 0) == "0.0 %"


def test_no_percent_falls_short_by_a_float() -> None:
    for whole in (3, 7, 500, 1000):
        for part in range(whole + 1):
            exact = Fraction(100 * part, whole)
            shown = Fraction(percent(part, whole).removesuffix(" %"))
            assert shown <= exact < shown + Fraction(1, 10)


@pytest.mark.parametrize(
    ("value", "shown"), [(0.1 + 0.2, "0.30000000000000004"), (12345, "12,345"), ("auto", "auto")]
)
def test_settings_are_shown_as_given(value: object, shown: str) -> None:
    assert plain(value) == shown
