"""Radii of Gaussian smoothing, in the unit of a row; the rest is in test_contract."""

from __future__ import annotations

import pytest
from scipy.stats import norm

from engine.schemes.gaussian_row import GaussianRow
from engine.schemes.parameter_fields import NUMBERS
from tests.engine.schemes.conftest import Bounds


def test_the_radius_is_sigma_times_the_quantile_in_deviations_of_columns(bounds: Bounds) -> None:
    scheme = GaussianRow(sigma=0.4)
    found = scheme.region(bounds(0.9, 0.1))
    assert found is not None and found.unit == NUMBERS
    assert found.radius == pytest.approx(0.4 * norm.ppf(0.9), rel=1e-12)
    assert scheme.required_probability({"radius": found.radius}) == pytest.approx(0.9, rel=1e-12)
    assert scheme.region(bounds(0.5, 0.5)) is None
    assert scheme.noise_in_words() == f"Gaussian, sigma 0.4 ({NUMBERS})"
    assert scheme.covering(entities=1, sizes={"l1": 1.0, "l2": 1.0, "linf": 1.0}) is None
