from __future__ import annotations

import numpy as np
import pytest
from scipy.special import ndtri

from engine.playground.adversary import nearest_crossing, push
from engine.playground.laws import LAWS
from engine.playground.plane import Plane
from engine.playground.run import Plan, exact_at

HALVES = Plane(np.array([[0, 1], [0, 1]], dtype=np.int16), 3.0, ("blue", "orange"))


@pytest.mark.parametrize("law", LAWS, ids=lambda law: law.title)
def test_the_nearest_crossing_of_a_straight_border_is_straight_across(law):
    found = nearest_crossing(HALVES, Plan(law=law), (-0.7, 0.2))
    assert found is not None and law.size(np.subtract(found, (-0.7, 0.2))) == pytest.approx(
        0.7, rel=1e-3
    )
    assert found[0] >= 0


def test_gaussian_certificates_are_tight_for_a_straight_border():
    """Cohen et al. 2019: the radius of a linear classifier is its distance to the border."""
    exact = exact_at(HALVES, Plan(), (-0.7, 0.2))
    assert exact.region is not None and exact.region.radius == pytest.approx(0.7, rel=1e-9)
    assert 0.5 * ndtri(exact.probabilities[0]) == pytest.approx(0.7, rel=1e-9)


def test_a_push_is_judged_by_g_and_by_the_region():
    plan = Plan()
    region = exact_at(HALVES, plan, (-0.7, 0.0)).region
    near = push(HALVES, plan, (-0.7, 0.0), (-0.1, 0.0), region, 0)
    assert near.inside and not near.crossed and near.size == pytest.approx(0.6)
    far = push(HALVES, plan, (-0.7, 0.0), (0.1, 0.0), region, 0)
    assert far.crossed and not far.inside and not far.refutes
    assert push(HALVES, plan, (-0.7, 0.0), (-0.1, 0.0), region, 1).refutes
    assert not push(HALVES, plan, (-0.7, 0.0), (-0.1, 0.0), None, 0).inside


def test_one_class_everywhere_is_crossed_nowhere():
    whole = Plane(np.zeros((2, 2), dtype=np.int16), 3.0, ("blue", "orange"))
    assert nearest_crossing(whole, Plan(), (0.0, 0.0)) is None
