from __future__ import annotations

import math

import pytest

from engine.schemes.uniform_ball import UniformBall


def test_the_radius_is_that_of_the_formula_and_rounded_down(bounds):
    """In three dimensions the overlap is 1 - 3/4 t + t^3/16 with t = R / lam."""
    t = UniformBall(norm="l2", lam=1.0, dimension=3).region(bounds(0.9)).radius
    assert 1 - 0.75 * t + t**3 / 16 == pytest.approx(1.5 - 0.9, rel=1e-9)
    lower = UniformBall(norm="linf", lam=1.0, dimension=3).region(bounds(0.9)).radius
    assert lower == pytest.approx(t / math.sqrt(3), rel=1e-9)
