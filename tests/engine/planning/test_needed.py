"""Samples needed: goldens, the published table, and every n looked at one by one."""

import json
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import binom, norm

from engine.bounds import bound_method
from engine.planning.needed import needed, power_at
from engine.planning.question import Question
from engine.schemes import Gaussian

GOLDEN = json.loads((Path(__file__).parents[2] / "golden/planner.json").read_text())["planner"]


def question(bound, radius, alpha=0.001):
    return Question(Gaussian(sigma=1.0), bound_method(bound), alpha, {"radius": radius})


def brute(p, radius, power, longest, alpha=0.001):
    """n_min, n_first, n_stay of Clopper-Pearson from the binomial of every n."""
    n = np.arange(1, longest)
    k = binom.isf(alpha, n, norm.cdf(radius)) + 1
    chance = np.where(k <= n, binom.sf(k - 1, n, p), 0.0)
    good = chance >= power
    return int(n[k <= n][0]), int(n[good][0]), int(n[~good][-1] + 1)


@pytest.mark.parametrize("row", GOLDEN, ids=lambda row: f"n={row['n']}")
def test_power_of_the_golden_plans(row):
    found = power_at(row["n"], lost=row["n"] - row["kstar"], p=float(row["p"]))
    assert found == pytest.approx(float(row["power"]), abs=1e-9)
    assert power_at(10, lost=None, p=0.9) == 0.0


@pytest.mark.parametrize(
    "p, radius, n_min, n_first, n_stay, n_approx",
    [
        (0.9, 0.5, 19, 71, 76, 75),
        (0.95, 1.0, 40, 154, 163, 168),
        (0.99, 1.0, 40, 67, 67, 71),
        (0.99, 2.0, 301, 1953, 2066, 2129),
        (0.999, 2.0, 301, 402, 402, 531),
        (0.999, 2.5, 1109, 2378, 2645, 2956),
        (0.7, 0.25, 14, 433, 442, 431),
        (0.6, 0.0, 10, 479, 490, 472),
    ],
)
def test_table_of_plans(p, radius, n_min, n_first, n_stay, n_approx):
    found = needed(question("clopper-pearson", radius), p=p, power=0.9)
    assert (found.n_min, found.n_first, found.n_stay) == (n_min, n_first, n_stay)
    assert found.n_approx == n_approx and found.exact
    assert brute(p, radius, 0.9, 3 * n_approx + 300) == (n_min, n_first, n_stay)


@settings(max_examples=30)
@given(st.floats(0.0, 1.5), st.floats(0.2, 0.95), st.floats(0.3, 0.98))
def test_every_n_agrees(radius, margin, power):
    required = norm.cdf(radius)
    p = required + margin * (1 - required)
    found = needed(question("clopper-pearson", radius), p=p, power=power)
    assert brute(p, radius, power, 4 * found.n_stay + 300) == (
        found.n_min,
        found.n_first,
        found.n_stay,
    )


@pytest.mark.parametrize(
    "bound", ["live", "anytime", "two-class", "anytime-two-class", "anytime-multi-class"]
)
def test_other_bounds_look_at_every_n_too(bound):
    asked = question(bound, 1.0)
    found = needed(asked, p=0.96, power=0.8)
    chances = [power_at(n, lost=asked.most_lost(n), p=0.96) for n in range(1, 2 * found.n_stay)]
    assert chances[found.n_first - 1] >= 0.8 > max(chances[: found.n_first - 1])
    assert min(chances[found.n_stay - 1 :]) >= 0.8 > chances[found.n_stay - 2]
    assert found.n_min == 1 + next(i for i, chance in enumerate(chances) if chance > 0)


def test_dearer_bounds_need_more():
    order = ["clopper-pearson", "live", "anytime"]
    counts = [needed(question(key, 2.0), p=0.99, power=0.9).n_stay for key in order]
    assert counts == sorted(counts) and counts[0] < counts[-1]


def test_out_of_reach():
    below = needed(question("live", 1.0), p=0.8, power=0.9)
    assert below.n_min is not None and below.n_stay is None and below.n_first is None
    assert needed(question("live", 6.5), p=1.0, power=0.9).n_min is None


def test_certain_votes_need_no_more_than_unanimity():
    found = needed(question("clopper-pearson", 1.0), p=1.0, power=0.99)
    assert found.n_min == found.n_first == found.n_stay == 40


def test_a_million_samples_take_no_second():
    found = needed(question("live", 0.0), p=0.5025, power=0.9)
    assert 700_000 < found.n_first <= found.n_stay < 1_000_000


def test_plans_reach_up_to_a_billion_and_no_further():
    asked = question("clopper-pearson", 0.0)
    near = needed(asked, p=0.50007, power=0.9)
    assert 900_000_000 < near.n_first <= near.n_stay < 1_000_000_000
    assert power_at(near.n_first, lost=asked.most_lost(near.n_first), p=0.50007) >= 0.9
    far = needed(asked, p=0.50006, power=0.9)
    assert far.n_min == 10 and far.n_first is None and far.n_stay is None
