from __future__ import annotations

import math

import pytest

from engine.schemes.exp_inf import ExpInf


def test_the_radius_is_that_of_the_formula_and_rounded_down(bounds):
    for p in (0.6, 0.9, 0.999):
        lam = 0.3
        exact = -lam * math.log(2 * (1 - p))
        found = ExpInf(lam=lam, dimension=8).region(bounds(p))
        assert found.norm == "linf" and found.radius < exact
        assert found.radius == pytest.approx(exact, rel=1e-9)
