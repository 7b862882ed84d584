"""Roots against SciPy's, to the accuracy that was asked for, and against those that are known."""

import math
import random

import pytest
from scipy.optimize import brentq

from engine.bounds import eprocess
from engine.bounds.roots import bracketed_root

TO = {"absolute": 1e-9, "relative": 1e-9}
FUNCTIONS = (
    lambda x: x**3 - x - 1,
    lambda x: math.expm1(-x) + 0.25,
    lambda x: math.atan(1e6 * (x - 0.3)),
    lambda x: (x - 1.1) ** 9,
    lambda x: -1.0 if x < 1.7 else 1.0,
    lambda x: x - 2.0,
)


@pytest.mark.parametrize("place", range(len(FUNCTIONS)))
def test_equals_scipy(place):
    f = FUNCTIONS[place]
    for absolute, relative in ((1e-24, 1e-14), (1e-6, 1e-12), (2e-12, 8.9e-16)):
        found = bracketed_root(f, 0.0, 2.0, absolute=absolute, relative=relative)
        known = brentq(f, 0.0, 2.0, xtol=absolute, rtol=relative, maxiter=1000)
        assert abs(found - known) <= 2 * (absolute + relative * known)


def test_the_bound_of_every_run_is_what_it_was_with_scipy():
    moments = random.Random(5)
    for _ in range(400):
        n = int(10 ** moments.uniform(0.3, 8))
        failures = min(n - 1, int(10 ** moments.uniform(-1, math.log10(n))))
        k, threshold = n - failures, -math.log(10 ** moments.uniform(-9, -1))
        least = max(failures / n, 1e-12)
        if eprocess._mixture(k, n)(1 - 1e-12) < threshold:
            continue

        def f(q, k=k, n=n, threshold=threshold):
            return eprocess._mixture(k, n)(q) - threshold

        found = bracketed_root(f, least, 1 - 1e-12, absolute=1e-24, relative=1e-14)
        known = brentq(f, least, 1 - 1e-12, xtol=1e-24, rtol=1e-14)
        assert abs(found - known) <= 2e-14 * known


def test_without_a_change_of_sign_there_is_no_bracket():
    with pytest.raises(ValueError, match="the same sign at both ends"):
        bracketed_root(lambda x: x + 1.0, 0.0, 1.0, **TO)
    assert bracketed_root(lambda x: x, 0.0, 1.0, **TO) == 0.0
    with pytest.raises(ArithmeticError):
        bracketed_root(lambda x: x - 1 if x in (0, 2) else math.nan, 0.0, 2.0, **TO)
    assert bracketed_root(lambda x: x - 1, 0.0, 1.0, **TO) == 1.0
