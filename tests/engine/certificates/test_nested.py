"""The certificate of nested smoothing, against worst cases that are worked out directly."""

from __future__ import annotations

import json
import math
from pathlib import Path

import numpy as np
import pytest
from scipy.special import ndtr, ndtri

from engine.certificates.nested import reach, required


def test_without_an_error_it_is_smoothing_over_the_parameter():
    """R = sigma_gamma Phi^-1(p): Fischer et al. 2020, and 57.2 degrees at sigma 30, p = .9718."""
    for p in (0.6, 0.9, 0.9718, 0.9999):
        assert reach(1 - p, 0.0, 0.0) == pytest.approx(float(ndtri(p)), rel=1e-9)
        assert reach(1 - p, 0.0, 0.0) <= float(ndtri(p))
    assert 30 * reach(1 - 0.9718, 0.0, 0.0) == pytest.approx(57.2, abs=0.1)


GOLDEN = json.loads((Path(__file__).parents[2] / "golden/nested.json").read_text())["rows"]


@pytest.mark.parametrize("row", GOLDEN, ids=lambda row: f"{row['cnt']} of {row['n_gamma']}")
def test_without_an_error_the_radius_is_the_published_one_and_never_above_it(row):
    p_lower = row["p_outer"] + row["rhoE"]
    found = row["sigma_gamma"] * reach(1 - p_lower, 0.0, row["rhoE"])
    assert found == pytest.approx(row["R"], rel=1e-6)
    assert found <= row["R"] * (1 + 1e-12)


@pytest.mark.parametrize(("error", "rho"), [(0.0, 0.01), (1.0, 0.0), (1.7, 0.001), (0.4, 0.2)])
def test_reach_and_required_are_inverse_and_round_to_the_safe_side(error, rho):
    for moved in (0.1, 0.7, 1.5, 3.0):
        p = required(moved, error, rho)
        assert p >= ndtr(math.hypot(moved, error)) + rho
        if p >= 1:  # out of reach of any probability
            assert reach(0.0, error, rho) < moved
            continue
        assert reach(1 - p, error, rho) == pytest.approx(moved, rel=1e-6)
        assert reach((1 - p) * (1 + 1e-6), error, rho) < moved
    assert required(0.0, error, rho) == 0.5
    least = ndtr(error) + rho
    assert reach(1 - least + 1e-9, error, rho) == 0.0
    assert reach(0.5, error, rho) == reach(0.5 - rho, error, rho) == 0.0


def test_a_worst_set_for_a_constant_error_attains_the_bound_and_passes_it_just_beyond():
    """f is a half-space in (b, e) along the move (g, E), with p - rho where the error is known."""
    error, rho, p = 1.2, 0.01, 0.99
    moved = reach(1 - p, error, rho)
    for factor, stays in ((0.999, True), (1.001, False)):
        far = math.hypot(factor * moved, error)
        assert (float(ndtr(ndtri(p - rho) - far)) > 0.5) == stays
        forwards = float(ndtr(ndtri(p) - far)) - rho  # from the clean image: it holds all the more
        assert forwards > 0.5 or not stays


def test_no_set_is_moved_further_when_the_error_varies_with_the_outer_noise():
    """Against a grid: the likelihood-ratio set for errors E |sin|, E or 0 by b keeps more."""
    error, g = 1.2, 0.8
    b = np.linspace(-7, 7, 561)
    e = np.linspace(-8, 9, 681)
    law = np.exp(-(b[:, None] ** 2 + e**2) / 2)
    law /= law.sum()
    for size in (np.abs(np.sin(5 * b)), np.ones_like(b), (b > 0.3).astype(float)):
        err = error * size[:, None]  # by the moved outer noise
        ratio = g * b[:, None] - g * g / 2 + err * e - err**2 / 2
        order = np.argsort(ratio, axis=None)
        mass = np.cumsum(law.ravel()[order])
        other = np.cumsum((law * np.exp(ratio)).ravel()[order])
        for p in (0.8, 0.95, 0.99):
            least = other[np.searchsorted(mass, p)]
            assert least >= ndtr(ndtri(p) - math.hypot(g, error)) - 2e-3
