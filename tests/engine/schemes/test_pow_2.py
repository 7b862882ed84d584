from __future__ import annotations

import pytest
from scipy.stats import t as student

from engine.core.errors import UserError
from engine.schemes.pow_2 import Pow2
from tests.factories import make_input


def test_one_number_is_student_s_and_moves_no_further_than_is_certified(bounds):
    """(1 + |x|^2)^-a is Student's law of 2 a - d degrees: a cut of one number is never nearer."""
    d, a, lam = 16, 12.0, 0.3
    freedom = 2 * a - d
    for p in (0.6, 0.9, 0.999):
        cut = lam * student.ppf(p, freedom) / freedom**0.5
        radius = Pow2(k=2, a=a, lam=lam, dimension=d).region(bounds(p)).radius
        assert 0.5 * cut < radius < cut


def test_shapes_without_a_law_or_a_radius_are_refused():
    with pytest.raises(UserError, match="--a 32.5 must be at least 33"):
        Pow2(a=32.5).check_input(make_input(shape=(1, 8, 8)))
    with pytest.raises(UserError, match="needs inputs of at least 16 numbers"):
        Pow2().check_input(make_input(shape=(1, 3, 3)))
    with pytest.raises(UserError, match="no finite variance in 64 dimensions"):
        Pow2(a=33, k=2).check_input(make_input(shape=(1, 8, 8)))
    Pow2(a=33, k=2, lam=1.0).check_input(make_input(shape=(1, 8, 8)))
