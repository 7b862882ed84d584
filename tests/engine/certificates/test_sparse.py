import json
from fractions import Fraction
from itertools import product
from math import prod
from pathlib import Path

import pytest

from engine.certificates.likelihood import LikelihoodRegions
from engine.certificates.sparse import (
    MOST,
    binary_regions,
    categorical_regions,
    frontier,
    splits,
)

GOLDEN = json.loads((Path(__file__).parents[2] / "golden/sparse.json").read_text())


def worst_case(clean: list[Fraction], changed: list[Fraction], p: Fraction) -> Fraction:
    """Neyman-Pearson over single outcomes, in fractions: fill the least ratios first."""
    pairs = sorted(
        ((a, b) for a, b in zip(clean, changed, strict=True) if a or b),
        key=lambda pair: Fraction(10**30) if not pair[1] else pair[0] / pair[1],
    )
    found = Fraction(0)
    for a, b in pairs:
        share = Fraction(1) if a <= p else p / a
        found, p = found + share * b, p - share * a
    return found


def outcomes(x: list[int], rates: list[list[Fraction]]) -> list[Fraction]:
    """Probability of every noisy version of x; ``rates[value]`` is the law of one coordinate."""
    values = range(len(rates))
    return [
        prod((rates[a][b] for a, b in zip(x, noisy, strict=True)), start=Fraction(1))
        for noisy in product(values, repeat=len(x))
    ]


def binary_rates(p_plus: Fraction, p_minus: Fraction) -> list[list[Fraction]]:
    return [[1 - p_plus, p_plus], [p_minus, 1 - p_minus]]


RATES = [(0.25, 0.5), (0.125, 0.875), (0.5, 0.75), (0.0, 0.5), (0.375, 0.0), (0.5, 0.5)]


@pytest.mark.parametrize(("p_plus", "p_minus"), RATES)
@pytest.mark.parametrize(("additions", "deletions"), [(1, 0), (0, 2), (2, 1), (3, 2)])
def test_regions_equal_the_enumeration_of_all_outcomes(p_plus, p_minus, additions, deletions):
    """Two coordinates that nobody changes are there as well, and make no difference."""
    clean = [0] * additions + [1] * deletions + [0, 1]
    changed = [1] * additions + [0] * deletions + [0, 1]
    rates = binary_rates(Fraction(p_plus), Fraction(p_minus))
    before, after = outcomes(clean, rates), outcomes(changed, rates)
    regions = binary_regions(p_plus, p_minus, additions, deletions)
    for p in (0.0, 0.015625, 0.125, 0.25, 0.5, 0.75, 0.9375):
        exact = float(worst_case(before, after, Fraction(p)))
        assert exact <= regions.upper(p) <= exact + 1e-11
        assert 1 - exact - 1e-11 <= regions.lower(1 - p) <= 1 - exact


@pytest.mark.parametrize(("p_plus", "p_minus"), [(0.25, 0.5), (0.625, 0.625), (0.0, 0.5)])
@pytest.mark.parametrize("kinds", [(1, 0, 0), (0, 1, 0), (0, 0, 1), (1, 1, 1), (0, 1, 2)])
def test_categories_equal_the_enumeration(p_plus, p_minus, kinds):
    additions, deletions, changes = kinds
    up, down = Fraction(p_plus) / 2, Fraction(p_minus) / 2
    rates = [[1 - 2 * up, up, up], [down, 1 - 2 * down, down], [down, down, 1 - 2 * down]]
    clean = [0] * additions + [2] * deletions + [1] * changes
    changed = [1] * additions + [0] * deletions + [2] * changes
    before, after = outcomes(clean, rates), outcomes(changed, rates)
    regions = categorical_regions(p_plus, p_minus, 3, *kinds)
    for p in (0.0, 0.03125, 0.25, 0.5, 0.875):
        assert regions.upper(p) == pytest.approx(
            float(worst_case(before, after, Fraction(p))), abs=1e-11
        )


@pytest.mark.parametrize("case", GOLDEN["binary"])
def test_published_bounds(case):
    regions = binary_regions(case["pf_plus"], case["pf_minus"], case["ra"], case["rd"])
    lower = [regions.lower(p) for p in GOLDEN["p_lower"]]
    upper = [regions.upper(p) for p in GOLDEN["p_upper"]]
    assert lower == pytest.approx(case["rho_lower"], abs=1e-9)
    assert upper == pytest.approx(case["rho_upper"], abs=1e-9)


@pytest.mark.parametrize("case", GOLDEN["categorical"])
def test_published_bounds_with_categories(case):
    regions = categorical_regions(
        case["pf_plus"], case["pf_minus"], case["k"], case["ra"], case["rd"], case["rc"]
    )
    found = [regions.lower(p) for p in GOLDEN["p_lower"]]
    assert found == pytest.approx(case["rho_lower"], abs=1e-9)


@pytest.mark.parametrize("case", GOLDEN["joint"])
def test_joint_bounds_are_those_of_sorted_regions(case):
    edges = binary_regions(*case["pf_adj"], case["ra_adj"], case["rd_adj"])
    regions = edges.times(binary_regions(*case["pf_att"], case["ra_att"], case["rd_att"]))
    found = [regions.lower(p) for p in GOLDEN["p_lower"]]
    assert found == pytest.approx(case["rho_lower"], abs=1e-9)
    wrong = case["rho_lower_unsorted_wrong"]
    if wrong != pytest.approx(case["rho_lower"], abs=1e-9):
        assert found != pytest.approx(wrong, abs=1e-6)
        assert all(mine <= theirs + 1e-9 for mine, theirs in zip(found, wrong, strict=True))


def test_the_unsound_published_joint_certificate_is_not_repeated():
    """Taking products unsorted reports .6000 and certifies; enumeration of 64 outcomes: .2266."""
    regions = binary_regions(0.01, 0.6, 1, 0).times(binary_regions(0.01, 0.6, 2, 3))
    rates = binary_rates(Fraction(0.01), Fraction(0.6))
    before, after = outcomes([0, 0, 0, 1, 1, 1], rates), outcomes([1, 1, 1, 0, 0, 0], rates)
    exact = 1 - worst_case(before, after, 1 - Fraction(0.99113))
    assert regions.lower(0.99113) == pytest.approx(float(exact), abs=1e-9)
    assert regions.lower(0.99113) == pytest.approx(0.2266, abs=1e-4)


def test_least_probability_for_one_change():
    for case in GOLDEN["min_p"]:
        one = (1, 0) if case["which"] == "ra" else (0, 1)
        spare = binary_regions(case["pf_plus"], case["pf_minus"], *one).affordable(0.5)
        assert 1 - spare == pytest.approx(case["min_p_emp_radius1"], abs=1e-8)


def test_largest_radii_where_one_change_is_certified():
    """The reference reports 1 even where 1 is not certified; everything above is its radius."""
    for case in GOLDEN["max_radius"]:
        rates, p = (case["pf_plus"], case["pf_minus"]), case["p_emp"]

        def holds(radius: int, rates=rates, p=p, case=case) -> bool:
            cell = (radius, 0) if case["which"] == "ra" else (0, radius)
            return binary_regions(*rates, *cell).lower(p) > 0.5

        radius = next(r for r in range(100) if not holds(r + 1))
        assert max(1, radius) == case["max_radius"]


def test_equal_rates_depend_on_the_number_of_flips_alone():
    """The uniform bit flips of Lee et al. 2019."""
    for additions, deletions in [(3, 0), (2, 1), (1, 2), (0, 3)]:
        regions = binary_regions(0.2, 0.2, additions, deletions)
        for p in (0.6, 0.9, 0.99, 0.9999):
            assert regions.lower(p) == pytest.approx(
                binary_regions(0.2, 0.2, 3, 0).lower(p), abs=1e-12
            )


def test_two_categories_are_binary_features():
    for rates in [(0.01, 0.6), (0.7, 0.8), (0.0, 0.4)]:
        for cell in [(1, 0), (2, 3), (4, 1)]:
            for p in (0.6, 0.9, 0.999):
                assert categorical_regions(*rates, 2, *cell, 0).lower(p) == pytest.approx(
                    binary_regions(*rates, *cell).lower(p), abs=1e-11
                )


def test_many_flips_stay_accurate():
    """40 and 40 flips against exact fractions: nothing cancels."""
    from math import comb

    p, q = Fraction(0.01), Fraction(0.6)

    def law(n: int, rate: Fraction) -> list[Fraction]:
        return [comb(n, k) * rate**k * (1 - rate) ** (n - k) for k in range(n + 1)]

    def sums(a: list[Fraction], b: list[Fraction]) -> list[Fraction]:
        return [
            sum(a[i] * b[k - i] for i in range(max(0, k - 40), min(k, 40) + 1)) for k in range(81)
        ]

    clean, changed = sums(law(40, p), law(40, q)), sums(law(40, 1 - q), law(40, 1 - p))
    regions = binary_regions(0.01, 0.6, 40, 40)
    for left in (1e-30, 1e-12, 1e-3):
        exact = float(worst_case(clean, changed, Fraction(left)))
        assert regions.upper(left) == pytest.approx(exact, rel=3e-12)
        assert regions.upper(left) >= exact


@pytest.mark.parametrize(("p_plus", "p_minus"), [(0.05, 0.8), (0.01, 0.6), (0.7, 0.9), (0.3, 0.3)])
def test_cells_shrink_with_more_changes(p_plus, p_minus):
    for p in (0.7, 0.9, 0.99):
        for a in range(6):
            for d in range(6):
                here = binary_regions(p_plus, p_minus, a, d).lower(p)
                assert binary_regions(p_plus, p_minus, a + 1, d).lower(p) <= here + 1e-11
                assert binary_regions(p_plus, p_minus, a, d + 1).lower(p) <= here + 1e-11


def test_the_frontier_is_that_of_every_cell():
    def certified(a: int, d: int) -> bool:
        return binary_regions(0.05, 0.8, a, d).lower(0.99) > 0.5

    found = frontier(certified)
    for a in range(len(found) + 1):
        cells = [d for d in range(40) if certified(a, d)]
        assert (max(cells) if cells else None) == (found[a] if a < len(found) else None)


def test_the_frontier_ends_at_its_limit():
    assert frontier(lambda a, d: True) == (MOST,) * (MOST + 1)
    assert frontier(lambda a, d: False) == ()
    assert frontier(lambda a, d: a + 2 * d <= 4, most=3) == (2, 1, 1, 0)


def test_nothing_changed_leaves_the_bound():
    for regions in (binary_regions(0.1, 0.2, 0, 0), categorical_regions(0.1, 0.2, 3, 0, 0, 0)):
        assert regions == LikelihoodRegions.of([1.0], [1.0])


def test_every_way_to_spend_a_budget():
    """Two additions and one deletion: or one addition and one change between categories."""
    assert splits(0.1, 0.3, 2, 2, 1) == (binary_regions(0.1, 0.3, 2, 1),)
    assert splits(0.1, 0.3, 3, 2, 1) == (
        categorical_regions(0.1, 0.3, 3, 2, 1, 0),
        categorical_regions(0.1, 0.3, 3, 1, 0, 1),
    )
