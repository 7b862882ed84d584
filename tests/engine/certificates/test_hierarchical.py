import json
from fractions import Fraction
from itertools import product
from pathlib import Path
from statistics import NormalDist

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.certificates.hierarchical import (
    MOST_ENTITIES,
    corrected_upper,
    gaussian_reach,
    gaussian_required,
    keeps,
)
from engine.certificates.likelihood import rest
from engine.certificates.sparse import binary_regions

HERE = Path(__file__).parents[2] / "golden"
GAUSSIAN = json.loads((HERE / "hierarchical_gaussian.json").read_text())
SPARSE = json.loads((HERE / "hierarchical_sparse.json").read_text())
PHI, PHI_INV = NormalDist().cdf, NormalDist().inv_cdf


def reach(p_lower: float, p_upper: float, keep: tuple[float, ...], sigma: float, r: int) -> float:
    found = gaussian_reach(p_lower, p_upper, keep[1:], sigma)
    return found[r - 1] if r <= len(found) else 0.0


@pytest.mark.parametrize("case", GAUSSIAN["cases"], ids=lambda c: f"{c['sigma']}-{c['p']:.3f}")
def test_published_radii(case):
    """Equal to the exact supremum; never the program's first failing step, which is larger."""
    keep, sigma = keeps(case["p"]), case["sigma"]
    for row in case["per_r"]:
        r = row["r"]
        assert 1 - keep[r] == pytest.approx(row["delta"], abs=1e-12)
        for i, (p, q) in enumerate(zip(case["p_lower"], case["p_upper"], strict=True)):
            binary = max(0.0, row["binary"][i] or 0.0)
            assert reach(p, 1 - p, keep, sigma, r) == pytest.approx(binary, abs=1e-9)
            best = max(binary, row["exact_multiclass"][i] or 0.0)
            assert reach(p, q, keep, sigma, r) == pytest.approx(best, abs=1e-9)
            assert reach(p, q, keep, sigma, r) <= best
            if row["stepped_too_large"][i]:
                assert best < row["stepped_too_large"][i] + 1e-9


@pytest.mark.parametrize("case", SPARSE["cases"])
def test_published_worst_cases_of_the_sparse_lower_level(case):
    upper = binary_regions(case["pf_plus"], case["pf_minus"], case["ra"], case["rd"]).upper
    keep = keeps(case["p"])[case["r"]]
    lower = [max(0.0, 1 - corrected_upper(upper, rest(p), keep)) for p in SPARSE["p_lower"]]
    above = [corrected_upper(upper, p, keep) for p in SPARSE["p_upper"]]
    assert lower == pytest.approx(case["lower"], abs=1e-9)
    assert above == pytest.approx([min(1.0, x) for x in case["upper"]], abs=1e-9)


@pytest.mark.parametrize("entities", [1, 2, 3])
@pytest.mark.parametrize("p", [0.75, 0.875])
def test_the_bound_equals_the_enumeration_of_masks_and_noise(entities, p):
    """Entities of one bit each, all added; every (noisy value, mask) outcome, in fractions."""
    chosen, plus, minus = Fraction(p), Fraction(0.125), Fraction(0.5)
    clean, changed = [], []
    for masks in product((0, 1), repeat=entities):
        for bits in product((0, 1), repeat=entities):
            before = after = Fraction(1)
            for mask, bit in zip(masks, bits, strict=True):
                before *= chosen * (plus if bit else 1 - plus) if mask else (1 - chosen) * (not bit)
                after *= chosen * (1 - minus if bit else minus) if mask else (1 - chosen) * bit
            clean.append(before)
            changed.append(after)
    assert sum(clean) == sum(changed) == 1
    upper = binary_regions(0.125, 0.5, entities, 0).upper
    for left in (0.0, 0.0625, 0.25, 0.5):
        spare, exact = Fraction(left), Fraction(0)
        pairs = sorted(
            ((a, b) for a, b in zip(clean, changed, strict=True) if b), key=lambda c: c[0] / c[1]
        )
        for a, b in pairs:
            share = Fraction(1) if a <= spare else spare / a
            exact, spare = exact + share * b, spare - share * a
        keep = keeps(p)[entities]
        assert corrected_upper(upper, left, keep) == pytest.approx(float(exact), abs=1e-11)


@pytest.mark.parametrize(
    ("p", "r", "p_lower"), [(0.85, 1, 0.99), (0.85, 4, 0.999), (0.9, 6, 0.999)]
)
def test_the_worst_classifier_attains_the_gaussian_bound(p, r, p_lower):
    """It answers A if a changed entity shows its clean value, else on a half-space.

    At distance ``reach`` its probability of A is exactly one half, and any more is less.
    """
    sigma, keep = 0.25, p**r
    strength = reach(p_lower, 1 - p_lower, keeps(p), sigma, r) / sigma
    threshold = PHI_INV((p_lower - (1 - keep)) / keep)
    assert (1 - keep) + keep * PHI(threshold) == pytest.approx(p_lower, abs=1e-12)
    assert keep * PHI(threshold - strength) == pytest.approx(0.5, abs=1e-10)
    assert keep * PHI(threshold - strength - 1e-6) < 0.5


def test_published_example():
    table = {0.99: (0.510, 0.425, 0.311, 0.086), 0.999: (0.705, 0.623, 0.512, 0.291)}
    for p_lower, expected in table.items():
        found = gaussian_reach(p_lower, 1 - p_lower, keeps(0.85)[1:], 0.25)
        assert found == pytest.approx(expected, abs=5e-4)
    assert len(gaussian_reach(0.999, 0.001, keeps(0.9)[1:], 0.25)) == 6


def test_selecting_everything_is_plain_smoothing():
    keep = keeps(1.0)
    assert keep == (1.0,) * (MOST_ENTITIES + 1)
    assert reach(0.9, 0.1, keep, 0.5, 7) == pytest.approx(0.5 * PHI_INV(0.9), abs=1e-11)
    two_sided = 0.25 * (PHI_INV(0.8) - PHI_INV(0.05))
    assert reach(0.8, 0.05, keep, 0.5, 1) == pytest.approx(two_sided, abs=1e-11)


def test_a_lower_level_that_says_nothing_costs_delta():
    """With entities ablated the lower bound is p_lower - Delta."""
    for r, p_lower in [(1, 0.95), (3, 0.9), (5, 0.8)]:
        keep = 0.9**r
        lost = corrected_upper(lambda p: p, rest(p_lower), keeps(0.9)[r])
        assert 1 - lost == pytest.approx(p_lower - (1 - keep), abs=1e-11)
    assert corrected_upper(lambda p: p, rest(0.05), 0.9) == 1.0


def test_the_rarest_entities_count_first():
    keep = keeps(0.9, centre=2, p_centre=0.8, most=4)
    assert keep == pytest.approx((1, 0.8, 0.64, 0.576, 0.5184), abs=1e-15)
    assert keeps(0.9, centre=2, p_centre=0.95, most=4) == keeps(0.9, most=4)
    exact = [Fraction(0.9) ** r for r in range(5)]
    assert all(Fraction(a) <= b for a, b in zip(keeps(0.9, most=4), exact, strict=True))


def test_both_tests_are_one_where_only_the_top_class_is_bounded():
    from engine.certificates import hierarchical

    keep = hierarchical.np.array(keeps(0.9)[1:5])
    for p in (0.9, 0.99, 0.9999):
        half = hierarchical._against_half(1 - p, keep)
        others = hierarchical._against_others(1 - p, 1 - p, keep)
        assert others == pytest.approx(hierarchical.np.maximum(half, 0), abs=1e-9)


@pytest.mark.thorough
@given(p=st.floats(0.6, 1.0), strength=st.floats(0.0, 3.0), r=st.integers(1, 5))
def test_required_probability_is_the_inverse(p, strength, r):
    keep = keeps(p)[r]
    needed = gaussian_required(keep, strength)
    if needed is None:
        assert keep <= 0.5
        return
    assert 0.5 <= needed <= 1.0
    if needed < 1 - 1e-9:
        found = gaussian_reach(needed + 1e-12, 1 - needed - 1e-12, (keep,), 1.0)
        assert (found[0] if found else 0.0) == pytest.approx(strength, abs=2e-3)
        more = min(1.0, needed + 1e-6)
        assert gaussian_reach(more, 1 - more, (keep,), 1.0)[0] > strength - 1e-9


@given(
    p=st.floats(0.5, 1.0),
    p_lower=st.floats(0.5, 1.0),
    share=st.floats(0.0, 1.0),
    less=st.floats(0.0, 0.2),
)
def test_reach_falls_with_entities_and_rises_with_certainty(p, p_lower, share, less):
    p_upper = share * (1 - p_lower)
    keep = keeps(p, most=12)[1:]
    found = gaussian_reach(p_lower, p_upper, keep, 0.5)
    assert list(found) == sorted(found, reverse=True)
    weaker = gaussian_reach(max(0.5, p_lower - less), p_upper, keep, 0.5)
    assert len(weaker) <= len(found)
    assert all(a <= b + 1e-12 for a, b in zip(weaker, found, strict=False))
    one_sided = gaussian_reach(p_lower, 1 - p_lower, keep, 0.5)
    assert all(a <= b + 1e-12 for a, b in zip(one_sided, found, strict=False))


def test_no_more_than_half_may_be_seen():
    assert gaussian_reach(1.0, 0.0, keeps(0.5)[1:], 1.0) == ()
    assert gaussian_required(0.5, 0.0) is None
    assert corrected_upper(lambda p: p, 0.1, 0.0) == 1.0
