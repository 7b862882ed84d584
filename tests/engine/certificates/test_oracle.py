"""What an oracle's class says about the true one, by simulation and by closed form."""

import numpy as np
import pytest
from scipy.stats import binom

from engine.bounds import clopper_pearson
from engine.certificates.oracle import (
    Audit,
    observed_needed,
    transfer,
    true_lower,
)


def failures(
    p: float, e1: float, e0: float, rule, *, n: int = 10_000, alpha: float = 0.01
) -> float:
    """P[rule's bound > p], summed exactly over the votes of an oracle with these errors."""
    q = p * (1 - e0) + (1 - p) * e1
    low, high = binom.ppf([1e-9, 1 - 1e-9], n, q).astype(int)
    votes = np.arange(low, high + 1)
    wrong = [rule(clopper_pearson.lower(int(k), n, alpha)) > p for k in votes]
    return float(binom.pmf(votes, n, q)[wrong].sum())


CASES = [(0.55, 0.2, 0.0), (0.45, 0.3, 0.0), (0.9, 0.05, 0.05), (0.8, 0.2, 0.02)]


@pytest.mark.parametrize(("p", "e1", "e0"), CASES)
def test_the_transfer_keeps_alpha(p: float, e1: float, e0: float):
    assert failures(p, e1, e0, lambda q: true_lower(q, e1)) <= 0.01


@pytest.mark.parametrize(("p", "e1", "e0"), [CASES[0], CASES[1], CASES[3]])
def test_the_naive_rules_fail(p: float, e1: float, e0: float):
    """The observed bound itself, and its inverse for symmetric errors, are wrong nearly always."""
    eta = p * e0 + (1 - p) * e1
    assert failures(p, e1, e0, lambda q: q) > 0.99
    if e0 == 0.0:
        assert failures(p, e1, e0, lambda q: (q - eta) / (1 - 2 * eta)) > 0.99


def test_the_naive_rule_certifies_a_class_that_is_no_majority():
    """p = 0.45: the oracle's false accepts lift it over one half."""
    q = clopper_pearson.lower(round(10_000 * (0.45 + 0.55 * 0.3)), 10_000, 0.01)
    assert q > 0.5 > true_lower(q, 0.3)


@pytest.mark.statistics
@pytest.mark.parametrize(("p", "e1"), [(0.55, 0.2), (0.45, 0.3), (0.8, 0.1)])
def test_an_audited_bound_keeps_both_alphas(p: float, e1: float):
    """Votes and audit simulated together, 20,000 times; false accepts bounded from 300 labels."""
    generator = np.random.default_rng(11)
    runs, n, labels, half = 20_000, 1000, 300, 0.005
    wrong = 0
    for _ in range(runs):
        votes = int(generator.binomial(n, p + (1 - p) * e1))
        truly_other = int(generator.binomial(labels, 1 - p))
        accepted = int(generator.binomial(truly_other, e1))
        audit = Audit(labels - truly_other, accepted, 0, truly_other - accepted)
        bound = clopper_pearson.lower(votes, n, half)
        wrong += transfer(bound, audit, alpha_votes=half, alpha_audit=half).p_lower > p
    assert wrong <= binom.isf(1e-6, runs, 0.01)


def test_an_audited_bound_on_a_small_simulation():
    audit = Audit(accepted_true=150, accepted_false=3, rejected_true=5, rejected_false=142)
    claim = transfer(0.95, audit, alpha_votes=0.0005, alpha_audit=0.0005)
    assert audit.labelled == 300
    assert claim.false_accept == clopper_pearson.upper(3, 145, 0.0005)
    assert claim.alpha == 0.001
    assert 0.9 < claim.p_lower < 0.95


def test_without_an_answer_that_is_something_else_nothing_is_known():
    """All labels true: no false accept could have been seen."""
    audit = Audit(accepted_true=100, accepted_false=0, rejected_true=0, rejected_false=0)
    assert audit.false_accept(0.001) == 1.0
    assert transfer(0.99, audit, alpha_votes=0.001, alpha_audit=0.001).p_lower == 0.0
    assert Audit(0, 0, 0, 0).false_accept(0.5) == 1.0


@pytest.mark.parametrize("e1", [0.0, 0.05, 0.3])
@pytest.mark.parametrize("q", [0.2, 0.6, 0.99, 1.0])
def test_the_worst_oracle_attains_it(q: float, e1: float):
    """With no false reject and e1 false accepts, truth p is observed as q."""
    p = true_lower(q, e1)
    if q > e1:
        assert p + (1 - p) * e1 == pytest.approx(q, abs=1e-12)
        assert p <= (q - e1) / (1 - e1)
        assert observed_needed(p, e1) == pytest.approx(q, abs=1e-12)
    else:
        assert p == 0.0


def test_the_published_radius_per_sigma():
    """q_lower 0.99 and false accepts 0.05: 2.307."""
    from scipy.special import ndtri

    assert ndtri(true_lower(0.99, 0.05)) == pytest.approx(2.307, abs=1e-3)
    assert true_lower(0.9, 1.0) == 0.0
