"""Bounds of a computed probability."""

from __future__ import annotations

from fractions import Fraction

from engine.bounds import bound_method
from engine.bounds.computed import Computed, computed_bounds
from engine.core.records import Votes


def test_votes_alone_claim_nothing() -> None:
    found = bound_method(Computed.key).at(Votes(counts=(0, 9)), top=1, alpha=0.0, n_plan=9)
    assert (found.p_lower, found.p_upper) == (0.0, 1.0)


def test_what_is_not_outside_is_rounded_down() -> None:
    for outside in (0.0, 1e-30, 0.1, 1 / 3, 0.49, 1.0):
        found = computed_bounds(1, outside, 7)
        assert Fraction(found.p_lower) + Fraction(outside) <= 1
        assert found.p_upper == outside and found.valid and found.n == 7 and not found.alpha
