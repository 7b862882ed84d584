"""k*, most_lost and fewest against a look at every count."""

import json
from pathlib import Path

import pytest
from scipy.special import ndtri
from scipy.stats import binom

from engine.bounds import BOUND_METHODS, bound_method
from engine.planning.needed import needed
from engine.planning.question import Question
from engine.schemes import Gaussian, parse_scheme
from engine.schemes.laplace import Laplace

GOLDEN = json.loads((Path(__file__).parents[2] / "golden/planner.json").read_text())
KEYS = [method.key for method in BOUND_METHODS]


def question(bound="clopper-pearson", *, radius=None, alpha=0.001, share=1.0):
    target = None if radius is None else {"radius": radius}
    return Question(Gaussian(sigma=1.0), bound_method(bound), alpha, target, share)


@pytest.mark.parametrize("row", GOLDEN["planner"], ids=lambda row: f"n={row['n']}")
def test_k_star_of_the_golden_plans(row):
    asked = question(radius=ndtri(float(row["pbar"])), alpha=float(row["alpha"]))
    assert row["n"] - asked.most_lost(row["n"]) == row["kstar"]


@pytest.mark.parametrize("row", GOLDEN["cp_low"], ids=lambda row: f"{row['k']} of {row['n']}")
def test_bounds_of_the_golden_counts(row):
    bounds = question(alpha=float(row["alpha"])).bounds(row["n"], lost=row["n"] - row["k"])
    assert bounds.p_lower == pytest.approx(float(row["p"]), abs=1e-9)


@pytest.mark.parametrize("row", GOLDEN["cap_allpass"], ids=lambda row: f"n={row['n']}")
def test_largest_radius_of_the_golden_caps(row):
    region = question(alpha=float(row["alpha"])).region(row["n"], lost=0)
    assert region.radius == pytest.approx(float(row["R_over_sigma"]), abs=1e-9)


@pytest.mark.parametrize(
    "n, alpha, z",
    [
        (100, 0.001, 1.5005),
        (1000, 0.001, 2.4633),
        (10_000, 0.001, 3.1986),
        (100_000, 0.001, 3.8115),
        (100_000, 0.01, 3.9105),
        (150_000, 0.001, 3.9105),
        (100_000, 0.001 / 100, 3.6833),
        (100_000, 0.001 / 500, 3.6498),
        (100_000, 0.001 / 10_000, 3.5967),
    ],
)
def test_saturation_radii(n, alpha, z):
    assert question(alpha=alpha).region(n, lost=0).radius == pytest.approx(z, abs=6e-5)


@pytest.mark.walk
@pytest.mark.parametrize("key", KEYS)
@pytest.mark.parametrize("radius", [None, 0.0, 0.5, 1.5])
def test_bisection_finds_what_a_look_at_every_count_finds(key, radius):
    asked = question(key, radius=radius)
    for n in (1, 10, 37, 60):
        good = [lost for lost in range(n + 1) if asked.certifies(n, lost=lost)]
        assert asked.most_lost(n) == (max(good) if good else None)
        assert good == list(range(len(good)))  # the monotony that bisection rests on


@pytest.mark.parametrize("key", KEYS)
def test_fewest_is_the_first_n_of_a_tooth(key):
    asked = question(key, radius=0.5)
    for lost in (0, 1, 4):
        found = asked.fewest(lost)
        assert found == next(n for n in range(lost + 1, 999) if asked.certifies(n, lost=lost))


def test_k_star_is_cohens_binomial_quantile():
    asked = question(radius=1.0)
    for n in (41, 100, 999):
        assert n - asked.most_lost(n) == binom.isf(0.001, n, 0.8413447460685429) + 1


def test_a_weak_runner_up_helps_only_the_two_class_bound():
    def most(key, share):
        return question(key, share=share).most_lost(100)

    assert most("two-class", 0.2) > most("two-class", 1.0)
    assert most("clopper-pearson", 0.2) == most("clopper-pearson", 1.0)


def test_what_no_n_certifies():
    assert question(radius=7.0).fewest(0) is None
    assert question(radius=7.0).most_lost(100) is None


def test_fewest_looks_up_to_the_limit(monkeypatch):
    from engine.planning import question as module

    exact = question(radius=1.0).fewest(7)
    for limit, found in ((exact, exact), (exact + 1, exact), (exact - 1, None)):
        monkeypatch.setattr(module, "N_LIMIT", limit)
        assert question(radius=1.0).fewest(7) == found


@pytest.mark.parametrize(("tau", "least"), [(0.3, 0.3), (0.5, 0.5), (0.7, 0.7)])
def test_a_deployed_threshold_takes_the_place_of_one_half(tau: float, least: float) -> None:
    scheme = parse_scheme({"key": "hybrid-mask", "beta": 0.5, "tau": tau})
    method = bound_method("clopper-pearson")
    assert Question(scheme, method, 0.001).required() == least
    target = {term: 0.0 for term in scheme.terms}
    assert Question(scheme, method, 0.001, target).required() == pytest.approx(least)


def test_a_plan_of_a_scheme_that_needs_facts_is_for_an_image_that_has_them():
    scheme = parse_scheme({"key": "nested-rotation", "sigma": 0.3, "error": 0.6})
    asked = Question(scheme, bound_method("clopper-pearson"), 0.001, {"rotation": 10.0}, 1.0)
    assert asked.certifies(2000, lost=5) and not asked.certifies(2000, lost=100)


def test_a_plan_that_looks_radii_up_is_the_one_that_works_them_all_out(monkeypatch):
    scheme = Laplace(norm="linf", lam=0.25, dimension=784)
    target = {"radius": 0.01}
    asked = Question(scheme, bound_method("clopper-pearson"), 0.001, target)

    def found():
        return [
            needed(asked, p=0.97, power=0.9),
            [asked.most_lost(n) for n in (200, 5000, 10**6)],
            asked.required(),
        ]

    looked_up = found()
    radii = [asked.radius(5000, lost=lost) for lost in (0, 50, 2000, 2480)]
    monkeypatch.setattr(Laplace, "_bracket", lambda self, dimension: None)
    worked_out = found()
    assert looked_up[:2] == worked_out[:2]
    assert looked_up[2] == pytest.approx(worked_out[2], rel=1e-12)
    assert needed(asked, p=0.97, power=0.9).n_stay is not None
    for lost, (low, high) in zip((0, 50, 2000, 2480), radii, strict=True):
        one, other = asked.radius(5000, lost=lost)
        assert low <= one == other <= high
    assert radii[0][1] < 1.02 * radii[0][0] and radii[3] == (0.0, 0.0)
