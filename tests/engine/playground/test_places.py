from __future__ import annotations

import numpy as np
import pytest

from engine.playground.places import place_with
from engine.playground.run import Plan


@pytest.mark.parametrize("p", [0.5, 0.7])
def test_the_place_has_the_probability_and_never_more(moons, p):
    plan = Plan()
    at = place_with(moons, plan, most=(-0.9, 1.4), least=(0.9, -0.9), index=0, p=p)
    found = moons.probabilities_at(plan.law, plan.sigma, np.array([at]))[0, 0]
    assert p - 1e-9 < found <= p


def test_a_probability_that_is_not_crossed_is_refused(moons):
    with pytest.raises(ValueError, match="class 0 does not cross 0.5"):
        place_with(moons, Plan(), most=(0.9, -0.9), least=(-0.9, 1.4), index=0, p=0.5)
