from __future__ import annotations

from statistics import NormalDist

import pytest

from engine.planning import Pilot
from engine.planning.planner import plan
from engine.planning.prospect import prospect
from engine.schemes import Ablation, Gaussian
from engine.settings import RunSettings
from gui.planning import NEVER, curve, facts, foreseen, spelled, wanted_n


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
    said, hopeless = foreseen(prospect(RunSettings(scheme=Ablation(keep=11), n=1000)))
    assert said.startswith("Needs a class probability of at least 0.6719 for entities=1. If all")
    assert not hopeless  # 1/2 + 11/64 = 0.671875


def test_a_hopeless_setting_is_called_so():
    said, hopeless = foreseen(prospect(RunSettings(scheme=Ablation(keep=40))))
    assert hopeless
    assert said == (
        "No probability suffices for entities=1. Even if all 100,000 votes agree, entities=1 is "
        "not certified."
    )
    few = RunSettings(scheme=Gaussian(), n=3, bound="clopper-pearson")
    assert foreseen(prospect(few)) == ("Even if all 3 votes agree, nothing is certified.", True)
