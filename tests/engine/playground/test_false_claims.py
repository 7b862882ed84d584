from __future__ import annotations

import numpy as np
import pytest
from scipy.stats import binom

from engine.bounds import clopper_pearson, eprocess
from engine.playground.false_claims import (
    ALPHA,
    LOOKS,
    RUNS,
    least_claiming,
    peeking,
    selection_bias,
)


def test_votes_that_chose_the_class_flatter_it():
    tallies = list(selection_bias())
    last = tallies[-1]
    assert last.runs == RUNS and [one.runs for one in tallies] == list(range(20, RUNS + 1, 20))
    assert last.careless > 2 * ALPHA * RUNS
    assert last.careful <= binom.isf(1e-4, RUNS, ALPHA)


def test_peeking_is_wrong_five_times_as_often_and_the_anytime_bound_keeps_alpha():
    """Must hold of the lecture's counter; its votes are those of a seed."""
    *_, last = peeking()
    assert last.runs == RUNS and last.careless >= 5 * ALPHA * RUNS
    assert last.careful <= ALPHA * RUNS


@pytest.mark.parametrize("bound", [clopper_pearson.lower, eprocess.lower])
def test_the_fewest_that_claim_do_and_one_less_does_not(bound):
    least = least_claiming(bound, 0.5)
    assert len(least) == LOOKS and (np.diff(least) >= 0).all()
    for n in (1, 7, 60, 333, LOOKS):
        k = int(least[n - 1])
        assert k > n or bound(k, n, ALPHA) > 0.5
        assert bound(k - 1, n, ALPHA) <= 0.5


def test_the_rate_of_peeking_is_that_of_an_exact_count():
    """Walks at p = 1/2 that never met the least count, counted by their distribution."""
    least = least_claiming(clopper_pearson.lower, 0.5)
    chances = np.array([1.0])
    for bar in least:
        chances = np.concatenate((chances, [0.0])) / 2 + np.concatenate(([0.0], chances)) / 2
        chances[bar:] = 0.0
    rate = 1.0 - chances.sum()
    *_, last = peeking(seed=3)
    assert abs(last.careless / RUNS - rate) < 4 * np.sqrt(rate * (1 - rate) / RUNS)


@pytest.mark.statistics
def test_the_anytime_bound_keeps_alpha_over_many_seeds():
    found = [list(peeking(seed=seed))[-1] for seed in range(1, 26)]
    assert sum(one.careful for one in found) <= binom.isf(1e-4, RUNS * len(found), ALPHA)
    assert min(one.careless for one in found) >= 5 * ALPHA * RUNS
