import json
from pathlib import Path
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


GOLDEN = json.loads((Path(__file__).parents[2] / "golden" / "multi_class.json").read_text())
"""blaisedelattre/bridging_the_gap_rs, the class partition of their Algorithm (Rmulti)."""


@pytest.mark.parametrize("row", GOLDEN["rows"])
def test_multi_class_gives_the_published_radii(row):
    method = bound_method("multi-class").after(Votes(counts=tuple(row["counts_selection"])))
    votes = Votes(counts=tuple(row["counts_estimation"]))
    top = Votes(counts=tuple(row["counts_selection"])).top
    bounds = method.at(votes, top=top, alpha=row["alpha"], n_plan=votes.n)
    ball = Gaussian(sigma=row["sigma"]).region(bounds)
    predicted, radius = row["cpm_Rmulti"]
    assert (ball is None) == (predicted == -1)
    if ball is not None:
        assert top == predicted
        assert radius - 1e-9 < ball.radius <= radius


def test_the_selection_votes_say_who_is_bounded_apart():
    method = bound_method("multi-class")
    assert method.groups(4, 1) == [(0,), (2,), (3,)]
    chosen = method.after(Votes(counts=(5, 60, 20, 8, 7)))
    assert chosen.groups(5, 1) == [(2,), (3, 4, 0)]  # 20 of their own, and 20 together
    crowded = method.after(Votes(counts=(9, 60, 10, 8, 7, 6)))
    assert crowded.groups(6, 1) == [(2,), (0,), (3,), (4,), (5,)]


def test_each_group_is_bounded_at_its_share_of_alpha():
    method = bound_method("multi-class").after(Votes(counts=(5, 60, 20, 8, 7)))
    votes = Votes(counts=(50, 600, 200, 80, 60), failures=10)
    bounds = method.at(votes, top=1, alpha=0.003, n_plan=1000)
    assert bounds.p_lower == clopper_pearson.lower(600, 1000, 0.001)
    alone, rest = (clopper_pearson.upper(k, 1000, 0.001) for k in (200, 200))
    assert bounds.others == (alone, rest) and bounds.p_upper == alone
    every = bound_method("multi-class").at(votes, top=1, alpha=0.005, n_plan=1000)
    uppers = [clopper_pearson.upper(k, 1000, 0.001) for k in (200, 80, 70, 50)]
    assert every.others == (
        uppers[0],
        uppers[1],
        uppers[2],
    )  # with the last class count the failures


def test_anytime_groups_have_the_e_process_of_their_share_and_keep_their_best():
    """By hand: five groups of a share each; later block ends never take back what was shown."""
    method = bound_method("anytime-multi-class").after(Votes(counts=(5, 60, 20, 8, 7)))
    one, two = Votes(counts=(50, 600, 200, 90, 60)), Votes(counts=(150, 1000, 480, 240, 130))
    first = method.at(one, top=1, alpha=0.003, n_plan=5000)
    assert first.valid and first.p_lower == eprocess.lower(600, 1000, 0.001)
    assert first.others == tuple(eprocess.upper(k, 1000, 0.001) for k in (200, 200))
    later = method.at(two, top=1, alpha=0.003, n_plan=5000, before=first)
    fresh = [eprocess.upper(k, 2000, 0.001) for k in (520, 480)]
    assert fresh[0] > first.others[0] and fresh[1] > first.others[1]
    assert later.others == first.others and later.p_upper == first.p_upper
    assert later.p_lower == first.p_lower > eprocess.lower(1000, 2000, 0.001)
    fewer = method.at(Votes(counts=(50, 1600, 200, 90, 60)), top=1, alpha=0.003, n_plan=5000,
                      before=first)  # fmt: skip
    assert fewer.others == tuple(eprocess.upper(k, 2000, 0.001) for k in (200, 200))


def test_lists_of_unlike_length_are_compared_place_by_place():
    """A failure makes the last group stand for more than its class: its bound goes on for ever."""
    method = bound_method("anytime-multi-class").after(Votes(counts=(60, 20, 15)))
    assert method.groups(3, 0) == [(1,), (2,)]
    first = method.at(Votes(counts=(700, 50, 250)), top=0, alpha=0.003, n_plan=5000)
    assert len(first.others) == 2
    failing = Votes(counts=(1400, 100, 300), failures=200)
    then = method.at(failing, top=0, alpha=0.003, n_plan=5000, before=first)
    last = eprocess.upper(500, 2000, 0.001)
    assert then.others == (min(last, first.others[0]), min(last, first.others[1]))


def test_unknown_method():
    with pytest.raises(KeyError):
        bound_method("guess")
