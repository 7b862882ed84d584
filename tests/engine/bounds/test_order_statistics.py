"""Ranks against the binomial law itself.

The five published ranks are the planner's k* of the project's reference numbers: the least k with
P(Bin(n, p) >= k) at most alpha.
"""

from __future__ import annotations

import doctest

import pytest
from scipy.stats import binom

from engine.bounds import eprocess, order_statistics
from engine.bounds.order_statistics import upper_rank

KNOWN = (
    (110, 0.8413, 0.001, 104),
    (163, 0.8413, 0.001, 151),
    (100, 0.9, 0.01, 97),
    (400, 0.9772, 0.001, 400),
    (57, 0.5, 0.001, 41),
)


def test_the_examples_are_true() -> None:
    assert doctest.testmod(order_statistics).failed == 0


@pytest.mark.parametrize(("n", "p", "alpha", "rank"), KNOWN)
def test_ranks_are_those_of_the_references(n: int, p: float, alpha: float, rank: int) -> None:
    assert upper_rank(n, p, alpha, "clopper-pearson") == rank


@pytest.mark.parametrize("n", [1, 7, 60, 1000, 100_000])
@pytest.mark.parametrize("p", [0.5, 0.7, 0.99])
def test_rank_is_the_least_with_a_small_enough_tail(n: int, p: float) -> None:
    expected = int(binom.isf(0.005, n, p)) + 1
    assert upper_rank(n, p, 0.005, "clopper-pearson") == (expected if expected <= n else None)


def test_an_anytime_rank_is_the_least_that_the_e_process_lets_pass() -> None:
    for n in (20, 100, 1000):
        passing = [k for k in range(n + 1) if eprocess.lower(k, n, 0.01) > 0.6]
        assert upper_rank(n, 0.6, 0.01, "anytime") == min(passing)


def test_no_draws_reach_nothing() -> None:
    assert upper_rank(0, 0.5, 0.01, "anytime") is None
    assert upper_rank(5, 1.0, 0.01, "clopper-pearson") is None
