import math
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.regions.anisotropic import part_terms, together, together_in_words

SIGMAS = (0.25, 0.5)
norms = st.floats(0, 10)


def test_terms_are_numbered_from_one():
    assert part_terms("epsilon", 3) == ("epsilon1", "epsilon2", "epsilon3")


def test_the_whole_change_is_its_own_norm():
    assert together({"words": 1.0, "epsilon": 0.3}, "epsilon", SIGMAS) == 0.3
    assert together({"epsilon": 0.3}, "epsilon", ()) == 0.3


def test_parts_add_in_squares_of_their_own_deviations():
    assert together({"e1": 0.3, "e2": 0.4}, "e", (0.1, 0.1)) == pytest.approx(0.5)
    assert together({"e1": 0.3, "e2": 0.4}, "e", (0.1, 0.2)) == pytest.approx(
        0.1 * math.hypot(3, 2)
    )


def test_parts_that_are_not_named_are_unchanged():
    assert together({"epsilon2": 0.4}, "epsilon", SIGMAS) == pytest.approx(0.2)
    assert together({"epsilon1": 0.0}, "epsilon", SIGMAS) == 0.0
    assert together({"epsilon1": 5e-324}, "epsilon", SIGMAS) > 0.0


def test_neither_the_whole_nor_a_part_is_no_perturbation():
    for sigmas in (SIGMAS, ()):
        with pytest.raises(KeyError):
            together({"words": 1.0}, "epsilon", sigmas)


@given(first=norms, second=norms, s1=st.floats(0.01, 10), s2=st.floats(0.01, 10))
def test_parts_never_count_less_than_exact_arithmetic_says(first, second, s1, s2):
    found = Fraction(together({"epsilon1": first, "epsilon2": second}, "epsilon", (s1, s2)))
    shift2 = (Fraction(first) / Fraction(s1)) ** 2 + (Fraction(second) / Fraction(s2)) ** 2
    exact2 = Fraction(min(s1, s2)) ** 2 * shift2
    assert found**2 >= exact2
    assert float(found) <= math.sqrt(float(exact2)) * (1 + 1e-14) + 1e-150


@given(first=norms, second=norms)
def test_the_norm_of_the_whole_counts_at_least_as_much_as_its_parts(first, second):
    parts = together({"epsilon1": first, "epsilon2": second}, "epsilon", SIGMAS)
    assert parts <= math.hypot(first, second) * (1 + 1e-14) + 1e-300


@given(first=norms, second=norms, more=st.floats(0, 1))
def test_more_of_a_part_never_counts_less(first, second, more):
    less = together({"epsilon1": first, "epsilon2": second}, "epsilon", SIGMAS)
    for change in ({"epsilon1": first + more, "epsilon2": second},
                   {"epsilon1": first, "epsilon2": second + more}):  # fmt: skip
        assert together(change, "epsilon", SIGMAS) >= less * (1 - 1e-15)


def test_words_give_every_sigma_in_full():
    assert together_in_words("epsilon", (0.25, 0.123456789)) == (
        "parts with norms epsilon_i count together as 0.123456789 times the root of the sum of "
        "(epsilon_i / sigma_i)^2, sigmas 0.25, 0.123456789"
    )
