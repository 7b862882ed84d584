"""The rule of a decision against the published program, phase by phase."""

import json
from pathlib import Path

import pytest
from scipy.stats import beta, binom

from engine.core.errors import UserError
from engine.core.records import Votes
from engine.planning.early_stopping_rule import Rule
from engine.schemes import DssnL1, Gaussian

GOLDEN = json.loads((Path(__file__).parents[2] / "golden/adaptive.json").read_text())


def decided(rule, counts):
    """Verdict and phase of the given votes for the class, one count per phase."""
    for phase, (n, k) in enumerate(zip(rule.phases, counts, strict=True)):
        votes = Votes(counts=(n - k, k))
        record = rule.record(phase, Votes(counts=(0, 100)), votes, 1)
        verdict = rule.verdict(rule.bounds(phase, votes, 1), record)
        if verdict is not None:
            return verdict, phase
    return "undecided", len(rule.phases) - 1


def rule_of(sigma=0.5, radius=0.5, alpha=0.001, beta_=0.0001, phases=(1000, 10_000, 125_000)):
    return Rule(Gaussian(sigma=sigma), {"radius": radius}, alpha, beta_, tuple(phases))


def test_all_decisions_of_the_published_program():
    assert len(GOLDEN["rows"]) == 156
    for sigma, radius, phases, counts, alpha, beta_, certified, _, stopped, _ in GOLDEN["rows"]:
        rule = rule_of(sigma, radius, alpha, beta_, phases)
        verdict, phase = decided(rule, counts)
        assert (verdict == "certified") == (certified == 1), (phases, counts)
        assert phase == stopped, (phases, counts)


def test_bounds_spend_what_the_rule_says():
    rule, votes = rule_of(), Votes(counts=(50, 950))
    record = rule.record(0, Votes(counts=(1, 99)), votes, 1)
    assert record.p_lower == pytest.approx(beta.ppf(0.001 / 3, 950, 51), abs=1e-9)
    assert record.p_ceiling == pytest.approx(beta.isf(0.0001 / 2, 951, 50), abs=1e-9)
    assert (record.alpha, record.beta) == (0.001 / 3, 0.0001 / 2)
    bounds = rule.bounds(0, votes, 1)
    assert bounds.alpha == 0.001 and bounds.valid
    assert bounds.basis == "valid: the end of phase 1 of 3, which spends alpha/3"


def test_the_last_phase_cannot_give_up():
    rule = rule_of(phases=(10, 100))
    assert rule.beta_of(0) == 0.0001 and rule.beta_of(1) is None
    assert rule_of(phases=(100,)).beta_of(0) is None
    assert decided(rule, (0, 0)) == ("given up", 0)
    assert decided(rule_of(phases=(100,)), (0,)) == ("undecided", 0)


def test_a_phase_that_is_not_counted_to_its_end_decides_nothing():
    rule = rule_of()
    votes = Votes(counts=(0, 999))
    bounds, record = rule.bounds(0, votes, 1), rule.record(0, Votes(counts=(0, 9)), votes, 1)
    assert not bounds.valid and record.p_lower is None and record.p_ceiling is None
    assert rule.verdict(bounds, record) is None
    assert (
        bounds.basis == "provisional, no claim before the end of phase 1 of 3, which spends alpha/3"
    )


def test_errors_stay_within_alpha_and_beta_by_enumeration():
    """The chance of a false certificate at p just too small, and of giving up at p enough."""
    phases, alpha, beta_ = (40, 120), 0.05, 0.04
    rule = rule_of(1.0, 0.5, alpha, beta_, phases)
    needed = rule.scheme.required_probability(rule.target)
    chances = {"certified": 0.0, "given up": 0.0}
    for first in range(41):
        for second in range(121):
            verdict, _ = decided(rule, (first, second))
            if verdict in chances:
                chances[verdict] += binom.pmf(first, 40, needed) * binom.pmf(second, 120, needed)
    assert 0 < chances["certified"] <= alpha
    assert 0 < chances["given up"] <= beta_


def test_what_the_noise_costs_is_taken_off():
    def weaken(bounds):
        return bounds.model_copy(update={"p_lower": bounds.p_lower - 0.5, "p_upper": 0.6})

    plain = rule_of(phases=(1000, 2000))
    weak = Rule(plain.scheme, plain.target, plain.alpha, plain.beta, plain.phases, weaken)
    votes = Votes(counts=(0, 1000))
    assert plain.region(plain.bounds(0, votes, 1)) is not None
    assert weak.region(weak.bounds(0, votes, 1)) is None


@pytest.mark.parametrize(
    "changes, sentence",
    [
        ({"phases": ()}, "The phases must be 1 to 20 numbers."),
        ({"phases": range(1, 30)}, "The phases must be 1 to 20 numbers."),
        ({"phases": (100, 100)}, "The phases must grow, from 1 vote or more."),
        ({"phases": (0, 100)}, "The phases must grow, from 1 vote or more."),
        ({"phases": (10, 10**9)}, "The phases take more than a billion votes together."),
        ({"beta_": 0.0}, "beta must be between 0 and 1, without both (it was 0)."),
        ({"beta_": float("nan")}, "beta must be between 0 and 1, without both (it was nan)."),
    ],
)
def test_rules_that_cannot_be(changes, sentence):
    with pytest.raises(UserError) as refused:
        rule_of(**changes).check()
    assert str(refused.value) == sentence


def test_a_law_that_is_counted_in_order_has_no_phases():
    rule = Rule(DssnL1(), {"radius": 0.1}, 0.001, 0.0001, (10, 100))
    with pytest.raises(UserError, match="dssn-l1 is exact, so a part of a count says nothing"):
        rule.check()
