import doctest
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.core import rounding
from engine.core.rounding import (
    confidence_percent,
    p_value_in_words,
    percent_down,
    round_down,
    round_up,
    share_down,
    short_up,
)

numbers = st.floats(-1e6, 1e6, allow_nan=False)


def test_docstrings():
    assert doctest.testmod(rounding).failed == 0


@given(numbers, st.integers(0, 8))
def test_down_is_never_above_and_up_never_below(value: float, digits: int):
    step = Decimal(1).scaleb(-digits)
    down, up = Decimal(round_down(value, digits)), Decimal(round_up(value, digits))
    assert down <= Decimal(value) < down + step
    assert up - step < Decimal(value) <= up


@pytest.mark.parametrize(
    ("alpha", "shown"), [(0.001, "99.9"), (0.1, "90"), (1e-6, "99.9999"), (0.5, "50")]
)
def test_confidence(alpha: float, shown: str):
    assert confidence_percent(alpha) == shown


def test_p_values_are_never_understated() -> None:
    for value in (1.0, 0.9999, 0.031111, 1e-5, 2.301e-12, 3.0001e-300, 7.123e-290):
        shown = p_value_in_words(value)
        assert float(shown) >= value and float(shown) <= 1.01 * value, (value, shown)
    for value in (0.0, 5e-324, 9.9e-301):
        assert p_value_in_words(value) == "below 1e-300"


def test_a_share_of_counted_things_is_that_of_its_fraction():
    for whole in (*range(1, 400), 499, 500, 10_000, 1_000_003):
        for part in {*range(0, min(whole, 400) + 1), whole - 1, whole}:
            exact = f"{part * 10_000 // whole / 10_000:.4f}"
            assert share_down(part / whole, 4) == exact, (part, whole)
            assert percent_down(part / whole) == f"{float(exact) * 100:.2f} %"


@given(st.floats(1e-30, 0.999))
def test_no_confidence_is_rounded_up(alpha: float):
    """Nor is a share of alpha rounded down."""
    assert Fraction(confidence_percent(alpha)) <= 100 * (1 - Fraction(repr(alpha))) < 100
    assert Decimal(short_up(alpha, 3)) >= Decimal(repr(alpha))
    assert float(short_up(alpha, 3)) <= alpha * 1.011
