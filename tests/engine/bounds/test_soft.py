"""The bound on scores as a run declares it, against its formula and in simulation."""

from __future__ import annotations

import math

import numpy as np
import pytest
from scipy.stats import binom

from engine.bounds import bound_method
from engine.core.records import ProbabilityBounds, Votes
from engine.core.scores import MOST, UNIT, ScoreSums

N, ALPHA = 300, 0.05


def kept(scores: np.ndarray) -> np.ndarray:
    """Scores in [0, 1] as they are kept."""
    return np.clip(np.floor(scores * UNIT) - 1, 0, MOST).astype(np.int64)


def bounded(numbers: np.ndarray, n_plan: int = N) -> ProbabilityBounds:
    total, squares = int(numbers.sum()), int((numbers * numbers).sum())
    scores = ScoreSums(total=total, squares=squares)
    votes = Votes(counts=(len(numbers), 0), scores=scores)
    return bound_method("soft").at(votes, top=0, alpha=ALPHA, n_plan=n_plan)


def test_it_is_the_published_formula_on_the_kept_scores() -> None:
    numbers = kept(np.random.default_rng(0).beta(8, 2, N))
    scores, loss = numbers / UNIT, math.log(2 / ALPHA)
    wanted = scores.mean() - math.sqrt(2 * scores.var(ddof=1) * loss / N) - 7 * loss / (3 * (N - 1))
    found = bounded(numbers)
    assert found.p_lower == pytest.approx(wanted, abs=1e-12)
    assert found.valid and found.p_upper == 1 - found.p_lower and found.method == "soft"


def test_it_is_no_claim_before_the_planned_n_and_nothing_of_one_sample() -> None:
    numbers = kept(np.full(10, 0.9))
    assert not bounded(numbers).valid
    assert bounded(numbers[:1]).p_lower == 0.0


def test_votes_without_scores_are_no_scores() -> None:
    with pytest.raises(ValueError, match="say nothing of a soft classifier"):
        bound_method("soft").at(Votes(counts=(9, 1)), top=0, alpha=ALPHA, n_plan=10)


@pytest.mark.statistics
@pytest.mark.parametrize(("a", "b"), [(8.0, 2.0), (0.5, 0.2), (30.0, 1.0)])
def test_at_most_alpha_of_the_claims_are_wrong(a: float, b: float) -> None:
    """Scores of a known law: their mean is a / (a + b)."""
    generator, runs, wrong = np.random.default_rng(1), 2000, 0
    for _ in range(runs):
        wrong += bounded(kept(generator.beta(a, b, N))).p_lower > a / (a + b)
    assert wrong <= binom.ppf(1 - 1e-6, runs, ALPHA)
