from __future__ import annotations

import pytest
from scipy.special import ndtri

from engine.core.errors import UserError
from engine.schemes.exp_2 import Exp2
from engine.schemes.gaussian import Gaussian
from tests.factories import make_input


def test_the_radius_is_that_of_the_formula_and_rounded_down(bounds):
    """For k = 2 the noise is Gaussian."""
    for p in (0.6, 0.9, 0.999):
        exact = 0.3 * ndtri(p) / 2**0.5
        found = Exp2(k=2, lam=0.3, dimension=8).region(bounds(p))
        assert found.norm == "l2" and found.radius < exact
        assert found.radius == pytest.approx(exact, rel=1e-9)
        same = Exp2(k=2, sigma=0.5, dimension=8).region(bounds(p)).radius
        assert same == pytest.approx(Gaussian(sigma=0.5).region(bounds(p)).radius, rel=1e-9)


def test_level_sets_begin_where_the_closed_forms_end(bounds):
    """Near k = 2 the radius is nearly that of Gaussian noise."""
    exact = Exp2(k=2, sigma=0.5, dimension=64).region(bounds(0.9)).radius
    near = Exp2(k=2 + 1e-9, sigma=0.5, dimension=64).region(bounds(0.9)).radius
    assert exact * (1 - 2e-5) <= near <= exact


def test_shapes_without_a_law_or_a_radius_are_refused():
    with pytest.raises(UserError, match="--j 64 must be at most 63"):
        Exp2(j=64).check_input(make_input(shape=(1, 8, 8)))
    with pytest.raises(UserError, match="needs inputs of at least 16 numbers"):
        Exp2(k=3).check_input(make_input(shape=(1, 3, 3)))
    with pytest.raises(UserError, match="k must be less than or equal to 10"):
        Exp2(k=11)
    Exp2(k=1).check_input(make_input(shape=(1, 3, 3)))
