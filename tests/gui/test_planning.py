from __future__ import annotations

from statistics import NormalDist

import pytest

from engine.planning import Pilot
from engine.planning.planner import plan
from engine.schemes import Gaussian
from gui.planning import NEVER, curve, facts, wanted_n


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
