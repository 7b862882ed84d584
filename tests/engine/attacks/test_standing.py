"""What a class loses, against sums over all outcomes of few votes."""

from __future__ import annotations

import doctest
from itertools import product
from math import factorial, prod

import numpy as np
import pytest
from scipy.stats import binom

import engine.attacks.standing as module
from engine.attacks.standing import Standing
from engine.core.records import Votes
from engine.evidence.attack import AttackRecord
from engine.schemes import Gaussian, HybridMask, TextMask

N = 12


def test_its_examples_hold() -> None:
    assert doctest.testmod(module).failed == 0


def outcomes(shares: tuple[float, ...]):
    """Every count of N votes, with its probability."""
    for counts in product(range(N + 1), repeat=len(shares)):
        if sum(counts) == N:
            ways = factorial(N) / prod(map(factorial, counts))
            yield counts, ways * prod(p**k for p, k in zip(shares, counts, strict=True))


@pytest.mark.parametrize(
    "shares",
    [(0.3, 0.4, 0.3), (0.2, 0.6, 0.2), (0.45, 0.1, 0.45), (0.01, 0.98, 0.01), (0.34, 0.33, 0.33)],
)
@pytest.mark.parametrize("alpha", [0.3, 0.05])
def test_a_class_that_is_among_the_first_two_is_said_to_be_lost_with_alpha_at_most(
    shares: tuple[float, ...], alpha: float
) -> None:
    """Class 0 is as probable as another one, or more, so that no more than one is ahead of it."""
    ranked = Standing(first=2)
    wrong = sum(
        chance
        for counts, chance in outcomes(shares)
        if ranked.test(Votes(counts=counts), 0)[1] <= alpha
    )
    assert wrong <= alpha


def test_a_class_that_two_others_overtake_is_found_to_be_lost() -> None:
    ranked = Standing(first=2)
    leads, p_value = ranked.test(Votes(counts=(100, 500, 400)), 0)
    assert leads == 1
    assert p_value == pytest.approx(2 * binom.sf(399, 500, 0.5), rel=1e-9)
    assert ranked.test(Votes(counts=(100, 850, 50)), 0)[1] == 1.0
    assert ranked.test(Votes(counts=(0, 1, 0)), 0)[1] == 1.0


@pytest.mark.parametrize("tau", [0.1, 0.3, 0.7])
def test_a_class_at_the_threshold_is_said_to_be_below_it_with_alpha_at_most(tau: float) -> None:
    flagged, n, alpha = Standing(tau=tau), 200, 0.01
    wrong = sum(
        binom.pmf(k, n, tau)
        for k in range(n + 1)
        if flagged.test(Votes(counts=(k, n - k)), 0)[1] <= alpha
    )
    assert wrong <= alpha
    low = flagged.test(Votes(counts=(0, n)), 0)
    assert low == (1, pytest.approx((1 - tau) ** n, rel=1e-9))


def test_a_majority_is_lost_to_another_class_alone() -> None:
    standing = Standing()
    assert standing.test(Votes(counts=(10, 90)), 0) == (
        1,
        pytest.approx(2 * binom.cdf(10, 100, 0.5)),
    )
    assert standing.test(Votes(counts=(90, 10)), 0) == (0, 1.0)


def test_each_scheme_says_what_it_certifies() -> None:
    assert Standing.of(Gaussian()) == Standing.of(TextMask()) == Standing()
    assert Standing.of(Gaussian(top_k=3)) == Standing(first=3)
    assert Standing.of(TextMask(top_k=2)) == Standing(first=2)
    assert Standing.of(HybridMask(tau=0.3)) == Standing(tau=0.3)
    lead = AttackRecord(outcome="found", how="x")
    rank = lead.model_copy(update={"lost": "rank"})
    assert Standing.recorded(Gaussian(), lead) == Standing()
    assert Standing.recorded(HybridMask(tau=0.7), lead) == Standing()  # a majority is more
    assert Standing.recorded(HybridMask(tau=0.3), lead) is None
    assert Standing.recorded(Gaussian(), rank) is None
    assert Standing.recorded(Gaussian(top_k=2), rank) == Standing(first=2)


def test_a_failure_takes_the_lead_and_no_place_among_the_first() -> None:
    shares = [0.3, 0.2, 0.1, 0.4]
    assert Standing().lead(shares, 0) == pytest.approx(-0.1)
    assert Standing(first=2).lead(shares, 0) == pytest.approx(0.2)
    assert Standing(tau=0.25).lead(shares, 0) == pytest.approx(0.05)


@pytest.mark.parametrize("standing", [Standing(), Standing(first=2), Standing(tau=0.3)])
def test_a_loss_by_the_margin_is_shown_about_every_second_time(standing: Standing) -> None:
    n, alpha, rng = 4000, 0.001, np.random.default_rng(0)
    margin = standing.margin(n, alpha, 3)
    own = {"lead": (1 - margin) / 2, "rank": (1 - 2 * margin) / 3, "threshold": 0.3 - margin}
    top = own[standing.lost]
    rest = {
        "lead": (top + margin, 0.0),
        "rank": (top + margin, top + margin),
        "threshold": (1 - top, 0.0),
    }[standing.lost]
    drawn = rng.multinomial(n, (top, *rest), size=200)
    shown = [standing.test(Votes(counts=tuple(map(int, one))), 0)[1] <= alpha for one in drawn]
    assert 0.3 < np.mean(shown) < 0.999
    assert Standing(tau=0.01).margin(100, 0.001, 3) < 0.01
