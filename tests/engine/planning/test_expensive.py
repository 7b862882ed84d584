"""Exact sums for few samples against published figures, golden numbers and simulation."""

import json
from pathlib import Path

import numpy as np
import pytest
from scipy.special import ndtr

from engine.bounds import clopper_pearson
from engine.evidence.cost import Cost
from engine.planning.expensive import (
    accuracy,
    average_kept,
    average_kept_exactly,
    expensive_points,
    lower_bounds,
    radius_loss,
)

GOLDEN = json.loads((Path(__file__).parents[2] / "golden/planner.json").read_text())


@pytest.mark.parametrize(
    ("b", "shares"),
    [
        (0.5, (0.486, 0.678, 0.815, 0.890, 0.939)),
        (0.7, (0.543, 0.730, 0.850, 0.912, 0.952)),
        (0.9, (0.605, 0.761, 0.864, 0.920, 0.955)),
    ],
)
def test_the_average_radius_that_few_samples_keep(b: float, shares: tuple[float, ...]):
    for n, share in zip((100, 300, 1000, 3000, 10_000), shares, strict=True):
        assert average_kept_exactly(n, 0.001, b=b) == pytest.approx(share, abs=6e-4)


@pytest.mark.parametrize(
    ("n", "shares"), [(1000, (0.901, 0.528, 0.248, 0.088)), (100, (0.693, 0.337, 0.119, 0.020))]
)
def test_certified_accuracy(n: int, shares: tuple[float, ...]):
    for radius, share in zip((0.0, 0.5, 1.0, 1.5), shares, strict=True):
        assert accuracy(n, 0.001, float(ndtr(radius))) == pytest.approx(share, abs=1.1e-3)


def test_unanimous_votes_are_the_cap():
    points = expensive_points([r["n"] for r in GOLDEN["cap_allpass"]], alpha=0.001, seconds_each=1)
    for point, row in zip(points, GOLDEN["cap_allpass"], strict=True):
        assert point.largest == pytest.approx(float(row["R_over_sigma"]), abs=1e-8)


def test_bounds_are_clopper_pearson():
    for row in GOLDEN["cp_low"]:
        found = lower_bounds(row["n"], float(row["alpha"]))
        assert found[row["k"]] == pytest.approx(float(row["p"]), abs=1e-9)


def test_against_simulation():
    """A data set of 4,000 inputs, probabilities uniform on [0.7, 1]."""
    generator = np.random.default_rng(3)
    p = generator.uniform(0.7, 1.0, 4000)
    bounds = np.array(
        [clopper_pearson.lower(int(k), 200, 0.01) for k in generator.binomial(200, p)]
    )
    share = accuracy(200, 0.01, 0.8, b=0.7)
    assert (bounds > 0.8).mean() == pytest.approx(share, abs=5 * 0.5 / np.sqrt(4000))


def test_the_first_order_law_is_pessimistic_for_few():
    few, many = expensive_points([100, 10_000], alpha=0.001, seconds_each=0.0)
    assert few.average_kept - few.first_order > 0.1
    assert many.average_kept == pytest.approx(many.first_order, abs=0.002)
    assert many.first_order == pytest.approx(average_kept(10_000, 0.001), abs=1e-12)


def test_what_it_is_worth_and_what_it_costs():
    (point,) = expensive_points(
        [200], alpha=0.01, seconds_each=0.5, n0=20, p_required=0.8, false_accept=0.1, b=0.5
    )
    assert point.seconds == 110.0
    assert point.accuracy == pytest.approx(accuracy(200, 0.01, 0.82))
    assert point.accuracy_limit == pytest.approx(0.36)
    assert point.accuracy < point.accuracy_limit


@pytest.mark.parametrize(
    ("samples", "seconds", "words"),
    [
        (5, 0.1, "about 1 s (5 samples at 0.1 s)"),
        (100, 0.5, "about 50 s (100 samples at 0.5 s)"),
        (1100, 10.9, "about 3 h 20 min (1,100 samples at 10.9 s)"),
        (1000, 0.1, "about 2 min (1,000 samples at 0.1 s)"),
        (7199, 1.0, "about 2 h 0 min (7,199 samples at 1 s)"),
        (10_000, 30.0, "about 3 d 12 h (10,000 samples at 30 s)"),
    ],
)
def test_the_cost_in_words(samples: int, seconds: float, words: str):
    assert Cost(samples=samples, seconds_each=seconds).in_words() == words


@pytest.mark.parametrize("b", GOLDEN["c_uniform"])
def test_the_golden_losses(b):
    assert radius_loss(float(b)) == pytest.approx(float(GOLDEN["c_uniform"][b]), abs=1e-9)


@pytest.mark.parametrize(
    "n, share", [(1000, 0.802), (3000, 0.886), (10_000, 0.938), (100_000, 0.980)]
)
def test_published_shares_of_the_law(n, share):
    assert average_kept(n, 0.001) == pytest.approx(share, abs=6e-4)


def test_the_law_is_never_negative():
    assert average_kept(1, 0.001) == 0.0
