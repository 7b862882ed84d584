from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from scipy.stats import binom

from engine.bounds import bound_method
from engine.playground.laws import LAWS
from engine.playground.run import Plan, Run, exact_at

PLAN = Plan(n0=50, n=2000)
AT = (0.3, 0.9)


def test_the_class_is_chosen_first_and_bounded_from_fresh_votes(moons):
    run = Run(moons, PLAN, AT)
    now = run.advance(30)
    assert (now.phase, now.selection.n, now.estimation.n, now.bounds) == ("selection", 30, 0, None)
    now = run.advance(100)
    assert (now.phase, now.selection.n, now.estimation.n) == ("estimation", 50, 80)
    assert len(now.samples) == len(now.classes) == 100
    assert np.array_equal(moons.classify(now.samples), now.classes)
    now = run.finish()
    assert run.done and (now.selection.n, now.estimation.n) == (50, 2000)
    assert run.advance(500).estimation.n == 2000


def test_the_phases_noise_is_its_own_and_that_of_every_run(moons):
    def votes(number: int, seed: int = 1):
        return Run(moons, replace(PLAN, seed=seed), AT, number).finish()

    same = votes(0)
    assert (same.selection, same.estimation) == (votes(0).selection, votes(0).estimation)
    assert same.estimation != votes(1).estimation != votes(1, seed=2).estimation


def test_votes_do_not_depend_on_how_many_are_drawn_at_once(moons):
    run = Run(moons, PLAN, AT)
    while not run.done:
        run.advance(77)
    whole = Run(moons, PLAN, AT).finish()
    assert run.standing.estimation == whole.estimation
    assert run.standing.selection == whole.selection


@pytest.mark.parametrize("bound", ["anytime", "clopper-pearson"])
def test_bounds_and_regions_are_those_of_the_catalogue(moons, bound):
    plan = replace(PLAN, bound=bound)
    run = Run(moons, plan, AT)
    half = run.advance(1050)
    want = bound_method(bound).at(half.estimation, top=half.selection.top, alpha=0.001, n_plan=2000)
    assert half.bounds == want and half.region is not None
    assert (half.claimed is not None) is (bound == "anytime")
    done = run.finish()
    assert done.bounds is not None and done.bounds.valid and done.claimed == done.region


@pytest.mark.parametrize("law", LAWS, ids=lambda law: law.title)
def test_the_claim_lies_within_the_limit_of_ever_more_votes(moons, law):
    plan = Plan(law=law, n=200_000)
    exact, done = exact_at(moons, plan, AT), Run(moons, plan, AT).finish()
    assert exact.region is not None and done.claimed is not None
    assert 0.9 * exact.region.radius < done.claimed.radius < exact.region.radius
    assert sum(exact.probabilities) == pytest.approx(1.0, abs=1e-12)


def test_an_abstention_says_why(moons):
    short = Run(moons, Plan(n0=100, n=10), (0.0, 0.1)).finish()
    assert short.claimed is None and short.abstention is not None
    assert short.abstention.reason in ("too-few-samples", "below-half", "wrong-guess")


@pytest.mark.statistics
@pytest.mark.parametrize("law", LAWS, ids=lambda law: law.title)
def test_ten_thousand_discs_lie_within_the_true_ones_but_for_alpha(moons, law):
    """Must hold of the playground: at alpha 0.05, where chance would show."""
    plan, wrong = Plan(law=law, n0=20, n=1000, alpha=0.05, bound="clopper-pearson"), 0
    places = np.random.default_rng(9).uniform(-2.5, 2.5, (10_000, 2))
    exact = moons.probabilities_at(law, plan.sigma, places)
    for number, (place, true) in enumerate(zip(places, exact, strict=True)):
        done = Run(moons, plan, (float(place[0]), float(place[1])), number).finish()
        if done.claimed is not None and done.bounds is not None:
            top = done.bounds.top
            limit = exact_at(moons, plan, done.at).region
            beyond = limit is None or done.claimed.radius > limit.radius
            wrong += beyond or int(true.argmax()) != top
    assert wrong <= binom.isf(1e-4, len(places), plan.alpha)
    assert wrong > 0
