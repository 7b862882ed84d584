from __future__ import annotations

import pytest

from engine.core.errors import UserError
from engine.schemes.pow_inf import PowInf
from tests.factories import make_input


def test_the_radius_is_that_of_the_formula_and_rounded_down(bounds):
    for p in (0.6, 0.9, 0.999):
        lam = 0.3
        exact = 2 * lam * 8 / 42 * (p - 0.5)
        found = PowInf(norm="l1", a=50, lam=lam, dimension=8).region(bounds(p))
        assert found.norm == "l1" and found.radius < exact
        assert found.radius == pytest.approx(exact, rel=1e-9)


def test_a_tail_that_is_no_law_is_refused():
    with pytest.raises(UserError, match="--a 50 must be above 64"):
        PowInf(a=50).check_input(make_input(shape=(1, 8, 8)))
