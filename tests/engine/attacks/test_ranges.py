"""Attacks over a range beside sweeps of a linear classifier, whose turning point is known."""

from __future__ import annotations

from types import SimpleNamespace

import numpy as np
import pytest

from engine.attacks.attack import attacked
from engine.attacks.plan import AttackPlan
from engine.attacks.ranges import Axis, _Search
from engine.evidence.settings import Execution
from engine.schemes.blur import Blur
from engine.schemes.brightness import Brightness
from engine.schemes.heuristic_rotation import HeuristicRotation
from engine.schemes.rotation import Rotation
from engine.schemes.scaling import Scaling
from engine.verify.attacks import check_attack
from tests.engine.procedures.test_sweep import FINE, Along, answers, given, swept, weights_of

CPU = Execution(device="cpu", batch=500)
PLAN = AttackPlan(samples=400, n=10_000)


def held_against(scheme, seed: int, slack: float):
    """A sweep with its attack, the exact scores over twice the range, and the threshold."""
    weights = weights_of(seed)
    reached = min(2 * scheme.reach, scheme.furthest)
    scores = answers(scheme, weights, FINE * reached)
    threshold = float(scores[1_000] - slack)
    found = swept(scheme, weights, threshold)
    again = attacked(found, Along(weights, threshold), given(), PLAN, execution=CPU)
    return again, FINE * reached, scores - threshold


@pytest.mark.walk
@pytest.mark.parametrize("scheme", [Rotation(sigma=0.3, degrees=60), Scaling(sigma=0.3, scale=0.4)])
def test_an_attack_lies_outside_of_the_range_and_near_the_first_true_loss(scheme):
    again, parameters, margins = held_against(scheme, 0, 0.2)
    attack, region = again.attack, again.region
    assert attack is not None and attack.outcome == "found" and region is not None
    assert not again.contradicted and check_attack(again, region) == []
    found = attack.perturbation[scheme.warp.term]
    assert not region.lower <= found <= region.upper
    first = np.abs(parameters[margins < 0]).min()
    assert first * (1 - 1e-3) <= abs(found) <= 1.25 * first + 0.01 * scheme.reach
    assert attack.perturbation["brightness"] == attack.perturbation["radius"] == 0.0


def test_without_the_bound_between_anchors_an_attack_succeeds_inside(monkeypatch):
    """The unguarded method, M left out, is found out by the attack that the sound one withstands.

    The class is lost between two anchors, in a dip as wide as half of their distance.
    """
    monkeypatch.setattr("engine.schemes.anchored.travel", lambda *_: 0.0)
    inside = 0
    for seed in range(3):
        again, _, _ = held_against(Rotation(sigma=0.3, degrees=60), seed, 0.2)
        inside += again.contradicted
        assert (check_attack(again, again.region) != []) == again.contradicted
    assert inside


class Valley(_Search):
    """Points stand for themselves: the lead falls in one narrow place, and with a darker shift."""

    def arrays(self, moves):
        return (np.array([moves["rotation"], moves["brightness"]]),)


def lead_of(arrays, top):
    parameter, shift = arrays[0]
    return 0.3 - (0.6 if shift < 0 else 0.1) * np.exp(-(((parameter - 7.5) / 0.5) ** 2))


def slope_of(arrays, top):
    parameter, _ = arrays[0]
    return np.array([7.5 - parameter, 0.0])


def test_slopes_find_what_lies_between_the_points_of_the_grid_and_shifts_are_searched():
    goal = SimpleNamespace(
        smoothed=SimpleNamespace(lead=lead_of, slope=slope_of), top=0, margin=0.1
    )
    search = Valley(goal, Axis.of_range(Rotation(degrees=20, with_brightness=0.05)))
    assert search.by_grid() is None and len(search.kept) == 2 * 24 * 3
    parameter, shift = search.by_slopes(None)
    assert parameter == pytest.approx(7.5) and shift == pytest.approx(-0.05)
    first = search.nearer(parameter, shift)
    assert 7.0 < first < parameter and lead_of(([first, shift],), 0) <= -0.1
    assert search.deeper(parameter, shift) == parameter
    assert search.by_slopes((7.0, shift)) == (7.0, shift)  # nothing nearer than what is known


def test_a_parameter_without_a_range_is_searched_by_levels_of_its_noise():
    """To four levels by a grid, then by doubling; half a turn is all that there is of angles."""
    light = Axis.of_noise(Brightness(sigma_b=0.3), 0.3)
    assert light.signs == (1.0, -1.0) and light.step == pytest.approx(0.05)
    assert light.sizes[23] == pytest.approx(1.2) and light.sizes[-1] == pytest.approx(19.2)
    assert Axis.of_noise(Blur(lam=2.0), 2.0).signs == (1.0,)
    turns = Axis.of_noise(HeuristicRotation(sigma_gamma=30.0), 30.0)
    assert turns.sizes[-1] == pytest.approx(120.0) and turns.furthest == 180.0
    assert Axis.of_noise(HeuristicRotation(sigma_gamma=40.0), 80.0).sizes[-1] == 180.0
