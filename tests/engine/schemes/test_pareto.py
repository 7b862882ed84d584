from __future__ import annotations

import math

import pytest

from engine.core.errors import UserError
from engine.schemes.pareto import Pareto
from tests.factories import make_input


def test_the_radius_is_that_of_the_formula_and_rounded_down(bounds):
    """For a = 1 it is lam artanh(2 p - 1)."""
    for p in (0.6, 0.9, 0.999):
        exact = 0.3 * math.atanh(2 * p - 1)
        found = Pareto(a=1.0, lam=0.3, dimension=8).region(bounds(p))
        assert found.norm == "l1" and found.radius < exact
        assert found.radius == pytest.approx(exact, rel=1e-9)


def test_a_tail_without_variance_needs_a_scale():
    with pytest.raises(UserError, match="give --lam in place of --sigma"):
        Pareto(a=1.5).check_input(make_input(shape=(1, 2, 2)))
    Pareto(a=1.5, lam=0.3).check_input(make_input(shape=(1, 2, 2)))
