"""Ends of intervals against quantiles in closed form, and their coverage by simulation."""

from __future__ import annotations

import math

import numpy as np
import pytest
from scipy.stats import binom, norm

from engine.certificates.median import interval_ends, middle, needed, rounded_up

SIGMA, ALPHA = 0.5, 0.05
BOUND = "clopper-pearson"


def test_the_probability_is_rounded_up() -> None:
    for ratio in (0.0, 0.1, 1.0, 3.0, 6.0):
        exact = float(norm.cdf(ratio))
        assert exact < rounded_up(exact) <= exact + 1e-12
    assert rounded_up(1.0) == 1.0
    assert rounded_up(0.9, slack=0.01) >= 0.91


def test_ends_are_the_published_ranks() -> None:
    """k_u = isf(alpha/2; n, Phi(epsilon/sigma)) + 1 and k_l = n - k_u + 1 for one number."""
    for n, ratio in ((2000, 1.0), (2000, 2.0), (100, 0.5)):
        q = float(norm.cdf(ratio))
        upper = int(binom.isf(ALPHA / 2, n, q)) + 1
        ends = interval_ends(n, n, outputs=1, q=rounded_up(q), alpha=ALPHA, bound=BOUND)
        assert ends == (n - upper + 1, upper)
        six = interval_ends(n, n, outputs=6, q=rounded_up(q), alpha=ALPHA, bound=BOUND)
        assert six is not None
        assert six.upper == int(binom.isf(ALPHA / 12, n, q)) + 1


def test_ends_move_apart_with_epsilon_and_with_failures() -> None:
    last = 0
    for ratio in (0.0, 0.3, 0.8, 1.5):
        q = rounded_up(float(norm.cdf(ratio)))
        ends = interval_ends(1000, 1000, outputs=2, q=q, alpha=ALPHA, bound="anytime")
        assert ends is not None and ends.upper >= last
        assert ends.lower == 1001 - ends.upper < ends.upper
        fewer = interval_ends(990, 1000, outputs=2, q=q, alpha=ALPHA, bound="anytime")
        assert fewer == (ends.lower - 10, ends.upper)
        last = ends.upper
    assert interval_ends(last - 1, 1000, outputs=2, q=q, alpha=ALPHA, bound="anytime") is None


def test_the_needed_n_is_the_least_that_reaches() -> None:
    q = float(norm.cdf(1.5))
    for bound in ("clopper-pearson", "anytime"):
        n = needed(outputs=3, q=q, alpha=0.001, bound=bound)  # type: ignore[arg-type]
        given = {"outputs": 3, "q": q, "alpha": 0.001, "bound": bound}
        assert interval_ends(n, n, **given) is not None  # type: ignore[arg-type]
        assert interval_ends(n - 1, n - 1, **given) is None  # type: ignore[arg-type]
    assert needed(outputs=3, q=q, alpha=0.001, bound=BOUND) == math.ceil(
        math.log(0.001 / 6) / math.log(q)
    )
    assert needed(outputs=1, q=1.0, alpha=0.1, bound=BOUND) == 0


def test_the_middle_of_all() -> None:
    assert middle(5, 5) == (3, 3) and middle(4, 5) == (2, 3)
    assert middle(2, 4) is None


@pytest.mark.statistics
@pytest.mark.parametrize("bound", ["clopper-pearson", "anytime"])
def test_coverage_over_20000_runs_of_a_known_function(bound: str) -> None:
    """f(x) = x: the median at x + d is x + d, and the worst d is epsilon either way."""
    rng, runs, n, epsilon = np.random.default_rng(1), 20_000, 200, 0.2
    q = rounded_up(float(norm.cdf(epsilon / SIGMA)))
    ends = interval_ends(n, n, outputs=1, q=q, alpha=ALPHA, bound=bound)  # type: ignore[arg-type]
    assert ends is not None
    wrong = 0
    for _ in range(20):
        values = np.sort(rng.normal(0.0, SIGMA, (runs // 20, n)), axis=1)
        low, high = values[:, ends.lower - 1], values[:, ends.upper - 1]
        wrong += int(((low > -epsilon) | (high < epsilon)).sum())
    assert wrong <= ALPHA * runs + 4 * math.sqrt(runs * ALPHA)
    if bound == "clopper-pearson":  # one n, nearly all of alpha spent
        assert wrong > ALPHA * runs / 4
