from __future__ import annotations

import pytest

from engine.schemes.uniform import Uniform


def test_the_radius_is_that_of_the_formula_and_rounded_down(bounds):
    for p in (0.6, 0.9, 0.999):
        lam = 0.3
        exact = 2 * lam * (p - 0.5)
        found = Uniform(lam=lam, dimension=8).region(bounds(p))
        assert found.norm == "l1" and found.radius < exact
        assert found.radius == pytest.approx(exact, rel=1e-9)
