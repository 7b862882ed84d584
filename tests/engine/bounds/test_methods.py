from typing import get_args

import pytest

from engine.bounds import BOUND_METHODS, bound_method, clopper_pearson, eprocess
from engine.core.records import Votes
from engine.evidence.setting_fields import BoundKey
from engine.schemes import Gaussian


def at(key: str, counts: tuple[int, ...], n_plan: int, alpha: float = 0.001, failures: int = 0):
    votes = Votes(counts=counts, failures=failures)
    return bound_method(key).at(votes, top=0, alpha=alpha, n_plan=n_plan)


def test_the_settings_offer_exactly_the_catalogue():
    offered = {method.key for method in BOUND_METHODS}
    assert set(get_args(BoundKey)) == offered


@pytest.mark.parametrize("method", BOUND_METHODS, ids=lambda m: m.key)
def test_contract(method):
    """Every method: bounds in order, wider for smaller alpha, failures count against the top."""
    early = method.at(Votes(counts=(90, 10)), top=0, alpha=0.001, n_plan=1000)
    final = method.at(Votes(counts=(900, 100)), top=0, alpha=0.001, n_plan=1000)
    sceptical = method.at(Votes(counts=(900, 100)), top=0, alpha=1e-6, n_plan=1000)
    failing = method.at(Votes(counts=(900, 0), failures=100), top=0, alpha=0.001, n_plan=1000)
    assert 0 <= early.p_lower <= 0.9 <= 1
    assert final.valid
    assert final.p_lower <= 0.9 and final.p_upper >= 0.1
    assert sceptical.p_lower < final.p_lower and sceptical.p_upper >= final.p_upper
    assert (failing.p_lower, failing.p_upper) == (final.p_lower, final.p_upper)
    assert early.valid == method.any_stop


def test_live_is_the_better_of_its_two_parts_at_the_planned_n():
    bounds = at("live", (99_000, 1_000), 100_000)
    assert bounds.p_lower == clopper_pearson.lower(99_000, 100_000, 0.0009)
    early = at("live", (990, 10), 100_000)
    assert early.p_lower == eprocess.lower(990, 1000, 0.0001)
    assert early.basis == "valid at any stop"


def test_saturation_at_a_hundred_thousand_votes():
    """All votes for the class: live at least 3.807 sigma, Clopper-Pearson 3.8115."""
    scheme = Gaussian(sigma=1.0)
    assert scheme.region(at("live", (100_000, 0), 100_000)).radius >= 3.807
    cp = scheme.region(at("clopper-pearson", (100_000, 0), 100_000)).radius
    assert cp == pytest.approx(3.8115, abs=1e-4)
    two = scheme.region(at("two-class", (100_000, 0), 100_000)).radius
    assert two == pytest.approx(3.7878, abs=1e-4)


def test_two_class_bounds_every_other_class_not_the_selected_runner_up():
    bounds = at("two-class", (700, 100, 200), 1000)
    assert bounds.p_upper == clopper_pearson.upper(200, 1000, 0.0005)
    assert bounds.p_lower == clopper_pearson.lower(700, 1000, 0.0005)


def test_two_class_certifies_below_one_half():
    bounds = at("two-class", (450, 180, 180, 190), 1000)
    assert bounds.p_lower < 0.5 < 1 - bounds.p_upper
    assert Gaussian(sigma=0.5).region(bounds) is not None


def test_the_uneven_split_costs_the_top_class_little():
    """Both parts hold with alpha in all; all votes for the class lose next to nothing."""
    bounds = at("two-class-uneven", (700, 100, 200), 1000)
    assert bounds.p_lower == clopper_pearson.lower(700, 1000, 0.9 * 0.001)
    assert bounds.p_upper == pytest.approx(clopper_pearson.upper(200, 1000, 0.1 * 0.001), abs=1e-15)
    unanimous = at("two-class-uneven", (10_000, 0), 10_000, alpha=0.01).p_lower
    one_sided = at("clopper-pearson", (10_000, 0), 10_000, alpha=0.01).p_lower
    even = at("two-class", (10_000, 0), 10_000, alpha=0.01).p_lower
    assert (1 - unanimous) / (1 - one_sided) < 1.03 < 1.14 < (1 - even) / (1 - one_sided)


def test_unknown_method():
    with pytest.raises(KeyError):
        bound_method("guess")
