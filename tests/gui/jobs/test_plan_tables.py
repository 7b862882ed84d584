from __future__ import annotations

from statistics import NormalDist

import pytest

from engine.evidence.settings import CertifySettings, ExactSettings
from engine.planning import Pilot
from engine.planning.planner import plan
from engine.planning.prospect import prospect
from engine.schemes import Ablation, ExactMap, Gaussian
from engine.schemes.hybrid_uniform import HybridUniform
from gui.jobs.plan_tables import (
    NEVER,
    Need,
    at_levels,
    curve,
    facts,
    needs,
    spelled,
    utmost,
    wanted_n,
)


def planned(**changes):
    facts = {
        "scheme": Gaussian(sigma=0.5),
        "alpha": 0.001,
        "bound": "clopper-pearson",
        "n": 1000,
        "pilot": Pilot(k=99, n0=100),
        "target": "radius=0.5",
    }
    return plan(**{**facts, **changes})


def test_the_curve_marks_the_planned_n_and_the_most_it_can_reach():
    made = planned()
    figure = curve(made)
    expected, largest = figure.curves
    assert figure.mark == 1000 and "n = 1,000" in figure.mark_name
    assert largest.dashed and not expected.dashed
    # unanimous votes: sigma * Phi^-1(alpha^(1/n))
    by_hand = 0.5 * NormalDist().inv_cdf(0.001 ** (1 / 1000))
    assert dict(largest.points)[1000.0] == pytest.approx(by_hand, rel=1e-7)
    assert all(y <= dict(largest.points)[x] for x, y in expected.points)


def test_the_facts_name_what_is_needed():
    made = planned()
    rows = dict(facts(made))
    assert rows["the pilot's share"] == "0.99"
    assert rows["n for radius 0.5"] == f"{wanted_n(made):,}"
    assert float(rows["largest radius it can reach"]) <= made.planned.largest


def test_a_radius_out_of_reach_is_called_so():
    made = planned(target="radius=3")
    assert wanted_n(made) is None
    assert dict(facts(made))["n for radius 3"] == NEVER


def test_without_a_radius_nothing_is_needed():
    made = planned(target="")
    assert wanted_n(made) is None
    assert not any(name.startswith("n for") for name, _ in facts(made))


def test_what_has_no_radius_is_planned_by_its_chance():
    made = planned(scheme=Ablation(), target="entities=1")
    target, anything = curve(made).curves
    assert target.name == "to certify entities 1" and anything.dashed
    assert all(0 <= y <= 1 for _, y in target.points)
    chances = dict(anything.points)
    assert all(y <= chances[x] for x, y in target.points)
    assert dict(facts(made))["chance of the target"]
    assert not any("radius" in name for name, _ in facts(made))
    assert [line.name for line in curve(planned(scheme=Ablation(), target="")).curves] == [
        "to certify the class at all"
    ]


def test_perturbations_are_spelled_with_spaces():
    assert spelled("entities=2,epsilon=0.25") == "entities 2, epsilon 0.25"


def test_what_settings_can_come_to_is_rounded_against_the_hope():
    found = prospect(CertifySettings(scheme=Ablation(keep=11), n=1000, bound="live"))
    rest, one, votes = needs(found)
    assert (rest.name, rest.value) == ("0 pixels or nodes", "0.5000")
    assert (one.name, one.value) == ("1 pixel or node", "0.6719")  # 1/2 + 11/64 = 0.671875
    assert (votes.name, votes.value) == ("n = 1,000 reaches at most", "0.9930")
    assert not any(line.hopeless for line in (rest, one, votes))
    sentence, hopeless = utmost(found)
    assert sentence.startswith("If all 1,000 votes agree: ") and not hopeless


def test_a_hopeless_setting_is_called_so():
    found = prospect(CertifySettings(scheme=Ablation(keep=40)))
    assert needs(found)[1] == Need("1 pixel or node", "✕ no probability suffices", hopeless=True)
    assert utmost(found) == (
        "Even if all 100,000 votes agree, 1 pixel or node is not certified.",
        True,
    )
    few = prospect(CertifySettings(scheme=Gaussian(), n=3, bound="clopper-pearson"))
    assert utmost(few) == ("Even if all 3 votes agree, nothing is certified.", True)
    assert needs(few) == []


def test_what_votes_that_agree_cannot_reach_is_marked():
    """With a large alphabet and beta 0.25 one word needs more than 10,000 votes can show."""
    scheme = HybridUniform(beta=0.25, vocabulary=1000)
    _, one, votes = needs(prospect(CertifySettings(scheme=scheme, n=10_000, bound="live")))
    assert one == Need("1 word", "✕ 0.999834, out of reach", hopeless=True)
    assert votes.value == "0.999298"
    _, one, _ = needs(prospect(CertifySettings(scheme=scheme, n=1_000_000)))
    assert one == Need("1 word", "0.999834")


def test_the_heading_names_the_levels_it_belongs_to():
    assert at_levels(HybridUniform(beta=0.8, sigma=0.3)) == (
        "Required p_lower at beta 0.8, sigma 0.3"
    )
    assert at_levels(Ablation()) == "Required p_lower"
    parts = HybridUniform(beta=0.8, sigmas="0.2,0.3")  # the one sigma decides nothing
    assert at_levels(parts) == "Required p_lower at beta 0.8"


def test_what_an_exact_map_certifies_depends_on_no_votes() -> None:
    told, hopeless = utmost(prospect(ExactSettings(scheme=ExactMap())))
    assert (
        told == "At most |c| ≤ 0.25, |b| ≤ 0.15; images drawn beside it claim nothing."
        and not hopeless
    )
