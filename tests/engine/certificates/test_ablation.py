import json
from fractions import Fraction
from itertools import combinations
from math import comb
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.certificates.ablation import (
    independent_deltas,
    most_entities,
    required,
    subset_deltas,
)

GOLDEN = json.loads((Path(__file__).parents[2] / "golden/ablation.json").read_text())


def test_deltas_in_exact_rationals():
    for case in GOLDEN["delta"]:
        found = subset_deltas(case["d"], case["k"])
        if case["rho"] < len(found):
            assert found[case["rho"]] == pytest.approx(case["delta"], abs=1e-15)
        else:
            assert case["delta"] >= 0.5


@pytest.mark.parametrize("case", GOLDEN["radius"], ids=lambda c: f"{c['d']}-{c['k']}")
def test_radii(case):
    """-1 where p_lower is at most one half: not even the input as it is, which is no radius 0."""
    deltas = subset_deltas(case["d"], case["k"])
    found = [most_entities(deltas, p, 1 - p) for p in case["p_lower"]]
    assert found == case["radius_exact_rational"]


def test_deltas_by_counting_subsets():
    for r, delta in enumerate(subset_deltas(7, 2)):
        kept = list(combinations(range(7), 2))
        seen = sum(any(i < r for i in one) for one in kept)
        assert delta == pytest.approx(seen / len(kept), abs=1e-15)
        assert Fraction(delta) >= Fraction(seen, comb(7, 2))


def test_the_worst_classifier_attains_the_bound():
    """Answers A if a clean entity among the changed shows, never if a changed one shows."""
    deltas = subset_deltas(20, 3)
    for r in range(1, len(deltas)):
        p_lower = 0.5 + deltas[r]
        assert most_entities(deltas, min(1.0, p_lower + 1e-12), max(0.0, 0.5 - deltas[r])) >= r
        assert most_entities(deltas, p_lower - 1e-12, 0.5 - deltas[r] + 1e-12) < r


def test_all_kept_or_none():
    assert subset_deltas(5, 5) == (0.0,)
    assert subset_deltas(3, 0) == (0.0, 0.0, 0.0, 0.0)


def test_independent_form():
    deltas = independent_deltas(0.9)
    assert deltas == pytest.approx([1 - 0.9**r for r in range(7)], abs=1e-15)
    assert independent_deltas(1.0)[:3] == (0.0, 0.0, 0.0)
    two = independent_deltas(0.9, centre=1, p_centre=0.7)
    assert two[1:3] == pytest.approx((0.3, 0.37), abs=1e-15)


def test_exactly_k_is_slightly_dearer_than_each_by_itself():
    """1 - Delta is C(d-r, k)/C(d, k), below (1 - k/d)^r from r = 2 on."""
    exact, independent = subset_deltas(64, 12), independent_deltas(1 - 12 / 64)
    assert exact[1] == pytest.approx(independent[1], abs=1e-15)
    assert all(a > b for a, b in zip(exact[2:], independent[2:], strict=False))


def test_other_classes_may_help():
    deltas = subset_deltas(784, 45)
    assert most_entities(deltas, 0.7, 0.3) == 3
    assert most_entities(deltas, 0.7, 0.05) == 6


def test_required():
    deltas = subset_deltas(64, 12)
    assert required(deltas, 0) == 0.5
    assert required(deltas, 1) == pytest.approx(0.5 + 12 / 64)
    assert required(deltas, len(deltas)) is None


@given(p=st.floats(0, 1), less=st.floats(0, 1))
def test_more_certainty_never_certifies_fewer(p, less):
    deltas = subset_deltas(64, 12)
    low = p * less
    assert most_entities(deltas, low, 1 - low) <= most_entities(deltas, p, 1 - p)
