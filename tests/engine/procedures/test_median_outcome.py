"""Intervals and words of median smoothing, from answers that are known."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.stats import binom, norm

from engine.core.outputs import Outputs
from engine.evidence.settings import MeasureSettings
from engine.procedures.median_outcome import MedianRule, median_facts
from engine.sampling.reducers import order_statistics
from engine.schemes import Gaussian
from tests.factories import make_input

ONE = Outputs(kind="numbers", names=("age",))


def rule(outputs: Outputs = ONE, **declared: object) -> MedianRule:
    given = {"epsilon": 0.25, "n": 1000, "bound": "clopper-pearson", "alpha": 0.01, **declared}
    settings = MeasureSettings(scheme=Gaussian(sigma=0.5), seed=1, **given)  # type: ignore[arg-type]
    return MedianRule(settings, outputs, 64)


def observed(found: MedianRule, answers: np.ndarray, n: int):
    return order_statistics(answers, n, [*found.kept(len(answers), n)])


def test_ends_are_the_order_statistics_of_the_formula() -> None:
    found = rule()
    answers = np.random.default_rng(0).permutation(1000.0 + np.arange(1000.0))[:, None]
    (interval,) = found.intervals(observed(found, answers, 1000))
    upper = int(binom.isf(0.005, 1000, norm.cdf(0.5))) + 1
    assert interval.upper == 1000 + upper - 1
    assert interval.lower == 1000 + (1000 - upper + 1) - 1
    assert interval.median == 1499.5 and interval.name == "age"


def test_intervals_grow_with_epsilon_and_hold_one_another() -> None:
    answers = np.random.default_rng(0).normal(size=(1000, 1))
    last = None
    for epsilon in (0.0, 0.1, 0.3, 0.6, 1.0):
        found = rule(epsilon=epsilon, bound="anytime")
        (interval,) = found.intervals(observed(found, answers, 1000))
        assert interval.lower is not None and interval.upper is not None
        assert interval.lower <= (interval.median or 0.0) <= interval.upper
        if last is not None:
            assert interval.lower <= last.lower and last.upper <= interval.upper
        last = interval


def test_what_may_be_claimed_is_said() -> None:
    found = rule()
    answers = np.arange(1000.0)[:, None]
    facts = median_facts(found, observed(found, answers, 1000), make_input())
    assert facts["outcome"] == "certified" and facts["complete"]
    assert "whose l2 norm is at most 0.25 (pixels in [0,1])" in facts["statement"]
    assert "stays within its interval: age " in facts["statement"]


@pytest.mark.parametrize(
    ("declared", "answered", "n", "reason", "sentence"),
    [
        ({}, 500, 500, "stopped-early", "holds at n = 1,000 alone, and the run ended after 500"),
        ({"n": 5}, 5, 5, "too-few-samples", "need at least 15 samples"),
        ({"epsilon": 50.0}, 1000, 1000, "out-of-reach", "choose a smaller epsilon"),
        ({}, 300, 1000, "below-half", "700 of 1,000 answers were not finite"),
        ({"bound": "anytime"}, 0, 0, "no-votes", "before its first answer"),
    ],
)
def test_an_abstention_says_why(
    declared: dict[str, object], answered: int, n: int, reason: str, sentence: str
) -> None:
    found = rule(**declared)
    answers = np.arange(float(answered))[:, None]
    facts = median_facts(found, observed(found, answers, n), make_input())
    assert facts["outcome"] == "abstained" and facts["abstention"].reason == reason
    assert sentence in facts["statement"]
    assert not any(interval.bounded for interval in facts["intervals"])


def test_exact_noise_costs_its_distance() -> None:
    plain, exact = rule(), rule(noise="exact")
    assert plain.q < exact.q < plain.q + 1e-6
