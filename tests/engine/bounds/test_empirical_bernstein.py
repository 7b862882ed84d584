"""The bound of soft certificates, against a published program and whole numbers."""

from __future__ import annotations

import json
import math
from fractions import Fraction
from pathlib import Path

import mpmath
import numpy as np
import pytest

from engine.bounds.empirical_bernstein import lower

GOLDEN = Path(__file__).parents[2] / "golden" / "macer_soft.json"
"""RuntianZ/macer, its own function, in float64."""


def test_the_published_bounds_are_met_from_below() -> None:
    rows = json.loads(GOLDEN.read_text(), parse_float=Fraction)["rows"]  # 98.01 is 100 times .99^2
    for n, total, squares, alpha, wanted in rows:
        found = lower(total, squares, n, float(alpha))
        assert found == pytest.approx(float(wanted), abs=1e-9) and found <= float(wanted) + 1e-15


def test_it_is_never_above_the_exact_value() -> None:
    generator = np.random.default_rng(0)
    with mpmath.workdps(50):
        for n in (2, 100, 12_345):
            for alpha in (0.001, 0.05):
                total = float(generator.uniform(n / 2, n))
                squares = float(generator.uniform(total * total / n, total))
                mean = mpmath.mpf(total) / n
                variance = (mpmath.mpf(squares) - mean * mean * n) / (n - 1)
                loss = mpmath.log(2 / mpmath.mpf(alpha))
                exact = mean - mpmath.sqrt(2 * variance * loss / n) - 7 * loss / (3 * (n - 1))
                found = lower(total, squares, n, alpha)
                assert found <= max(exact, 0) and found == pytest.approx(
                    float(max(exact, 0)), abs=1e-12
                )


def test_scores_that_hardly_differ_lose_no_digits() -> None:
    n, score = 1000, 0.9 + 2.0**-40
    found = lower(n * score, n * score * score, n, 0.001)
    assert found == pytest.approx(score - 7 * math.log(2000) / (3 * (n - 1)), abs=1e-6)
