"""Roots against SciPy's, and against those that are known."""

import math
import random

import pytest
from scipy.optimize import brentq

from engine.bounds import eprocess
from engine.bounds.roots import rising_root


def _between_poles(x):
    """Newton's steps are short near 0 and 2, and far from its root at 1."""
    return math.log(max(x, 1e-12) / max(2 - x, 1e-12))


FUNCTIONS = (
    (lambda x: x**3 - x - 1, lambda x: 3 * x * x - 1),
    (lambda x: math.atan(1e6 * (x - 0.3)), lambda x: 1e6 / (1 + (1e6 * (x - 0.3)) ** 2)),
    (lambda x: -1.0 if x < 1.7 else 1.0, lambda x: 0.0),
    (lambda x: x - 1.5, lambda x: math.nan),
    (_between_poles, lambda x: 1 / max(x, 1e-12) + 1 / max(2 - x, 1e-12)),
)


@pytest.mark.parametrize("place", range(len(FUNCTIONS)))
@pytest.mark.parametrize("guess", [-1.0, 0.0, 0.4, 1.0, 1.9999, 2.0, 7.0])
def test_equals_scipy_wherever_it_begins(place, guess):
    f, slope = FUNCTIONS[place]
    found = rising_root(lambda x: (f(x), slope(x)), 0.0, 2.0, guess=guess, relative=1e-9)
    assert found == pytest.approx(brentq(f, 0.0, 2.0, xtol=1e-15), abs=1e-8)


def test_the_bound_of_every_run_is_what_it_was_with_scipy(monkeypatch):
    monkeypatch.setattr(eprocess, "rounded_down", lambda others, n: others)
    moments = random.Random(5)
    for _ in range(400):
        n = int(10 ** moments.uniform(0.3, 9))
        failures = min(n - 1, int(10 ** moments.uniform(-1, math.log10(n))))
        k, alpha = n - failures, 10 ** moments.uniform(-12, -0.3)
        mixture, threshold = eprocess._mixture(k, n), -math.log(alpha)
        if mixture(1 - 1e-12)[0] < threshold:
            assert eprocess.lower(k, n, alpha) == 0.0
            continue

        def f(q, mixture=mixture, threshold=threshold):
            return mixture(q)[0] - threshold

        known = brentq(f, max(failures / n, 1e-12), 1 - 1e-12, xtol=1e-24, rtol=1e-14)
        assert eprocess.lower(k, n, alpha) == pytest.approx(known, rel=3e-14)


def test_a_value_that_is_no_number_is_no_root():
    with pytest.raises(ArithmeticError):
        rising_root(lambda x: (math.nan, 1.0), 0.0, 2.0, guess=1.0, relative=1e-9)
