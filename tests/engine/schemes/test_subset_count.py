from __future__ import annotations

from fractions import Fraction

import pytest

from engine.schemes import Ablation, HierarchicalAblation
from engine.schemes.base import IMPOSSIBLE
from engine.schemes.subset_count import Counting

PAIRS = [
    # one law, said in two ways: each pixel taken away by itself with p
    (Ablation(p=0.9), HierarchicalAblation(p=0.9)),
    (Ablation(p=0.99), HierarchicalAblation(p=0.99)),
]


@pytest.mark.parametrize(("one", "other"), PAIRS)
def test_the_same_law_certifies_the_same(one: Counting, other: Counting, bounds) -> None:
    for p_lower in (0.4, 0.5, 0.51, 0.7, 0.9, 0.999, 1.0):
        assert one.region(bounds(p_lower)) == other.region(bounds(p_lower))
    for r in range(12):
        at = {"entities": float(r)}
        assert one.required_probability(at) == other.required_probability(at)


@pytest.mark.parametrize("p_lower", [0.51, 0.6, 0.8, 0.95, 0.99])
def test_the_count_is_the_largest_whose_delta_fits(p_lower: float, bounds) -> None:
    p = Fraction(9, 10)
    region = Ablation(p=0.9).region(bounds(p_lower))
    r = 0
    while Fraction(p_lower) - (1 - p ** (r + 1)) > 1 - Fraction(p_lower) + (1 - p ** (r + 1)):
        r += 1
    assert region.most == r


def test_a_class_that_is_not_ahead_has_no_region(bounds) -> None:
    assert Ablation(p=0.9).region(bounds(0.5)) is None
    assert Ablation(p=0.9).region(bounds(0.6, 0.6)) is None


def test_what_takes_every_vote_cannot_be_certified() -> None:
    assert Ablation(entities=4, keep=4).required_probability({"entities": 1.0}) == IMPOSSIBLE
