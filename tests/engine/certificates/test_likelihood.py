from fractions import Fraction
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.certificates.likelihood import LikelihoodRegions, certifies, rest


def vertices(clean: list[Fraction], changed: list[Fraction], p: Fraction) -> list[Fraction]:
    """Changed masses of all vertices of {0 <= phi <= 1, sum phi clean = p}: one phi is split."""
    found = []
    for split in range(len(clean)):
        others = [i for i in range(len(clean)) if i != split]
        for taken in product((0, 1), repeat=len(others)):
            rest_ = p - sum(clean[i] * t for i, t in zip(others, taken, strict=True))
            if not 0 <= rest_ <= clean[split]:
                continue
            shares = [Fraction(0), Fraction(1)] if not clean[split] else [rest_ / clean[split]]
            base = sum(changed[i] * t for i, t in zip(others, taken, strict=True))
            found += [base + share * changed[split] for share in shares]
    return found


def law(weights: list[int]) -> list[Fraction]:
    return [Fraction(w, sum(weights)) for w in weights]


weights = st.lists(st.integers(0, 6), min_size=4, max_size=4).filter(any)


@given(first=weights, second=weights, p=st.fractions(0, 1, max_denominator=50))
def test_the_worst_case_is_that_of_all_classifiers(first, second, p):
    clean, changed = law(first), law(second)
    extremes = vertices(clean, changed, p)
    regions = LikelihoodRegions.of([float(x) for x in clean], [float(x) for x in changed])
    assert regions.upper(float(p)) == pytest.approx(float(max(extremes)), abs=1e-11)
    assert regions.lower(float(p)) == pytest.approx(float(min(extremes)), abs=1e-11)


@given(first=weights, second=weights, p=st.floats(0, 1), more=st.floats(0, 1))
def test_bounds_are_ordered_and_rise(first, second, p, more):
    regions = LikelihoodRegions.of([float(x) for x in law(first)], [float(x) for x in law(second)])
    low, high = sorted((p, more))
    assert regions.lower(low) <= regions.upper(low)
    assert regions.upper(low) <= regions.upper(high)
    assert regions.lower(low) <= regions.lower(high) + 1e-15


@given(first=weights, second=weights, limit=st.floats(0.01, 0.99))
def test_what_is_affordable_reaches_the_limit_and_not_more(first, second, limit):
    regions = LikelihoodRegions.of([float(x) for x in law(first)], [float(x) for x in law(second)])
    p = regions.affordable(limit)
    if p is None:
        assert regions.upper(0.0) > limit
        return
    assert regions.upper(p) <= limit * (1 + 1e-15)
    assert p == 1.0 or regions.upper(p + 1e-9) > limit


def test_bounds_round_away_from_the_claim():
    same = LikelihoodRegions.of([1.0], [1.0])
    assert 0.7 - 1e-11 < same.lower(0.7) < 0.7 < same.upper(0.7) < 0.7 + 1e-11
    assert (same.lower(0.0), same.upper(1.0)) == (0.0, 1.0)


def test_small_gaps_to_certainty_stay_exact():
    """1 - 1e-15 leaves 1e-15, of which the changed law makes ten times as much."""
    regions = LikelihoodRegions.of([0.05, 0.95], [0.5, 0.5])
    others = 1 - (1 - 1e-15)
    assert regions.upper(others) == pytest.approx(10 * others, rel=1e-11)


def test_equal_ratios_need_no_merging_and_no_order():
    merged = LikelihoodRegions.of([0.1, 0.9], [0.5, 0.5])
    split = LikelihoodRegions.of([0.04, 0.9, 0.06], [0.2, 0.5, 0.3])
    for p in (0.01, 0.05, 0.1, 0.4, 0.99):
        assert split.upper(p) == pytest.approx(merged.upper(p), abs=1e-14)


def test_products_are_sorted_anew():
    one = LikelihoodRegions.of([0.01, 0.99], [0.4, 0.6])
    both = one.times(LikelihoodRegions.of([0.3, 0.7], [0.4, 0.6]))
    ratios = [p / q for p, q in zip(both.clean, both.changed, strict=True)]
    assert ratios == sorted(ratios)
    assert sum(both.clean) == pytest.approx(1) and sum(both.changed) == pytest.approx(1)


@given(first=weights, second=weights, p=st.floats(0, 1))
def test_all_others_at_once_is_the_test_against_one_half(first, second, p):
    """With p_upper = 1 - p_lower the multi-class test is the binary one."""
    regions = LikelihoodRegions.of([float(x) for x in law(first)], [float(x) for x in law(second)])
    assert certifies(regions, p, rest(p)) == (regions.upper(rest(p)) < 0.5)
    for p_upper in (rest(p) / 2, rest(p) / 3):
        assert certifies(regions, p, p_upper) or not certifies(regions, p, rest(p))
