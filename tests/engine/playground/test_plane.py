from __future__ import annotations

import mpmath
import numpy as np
import pytest

from engine.playground.laws import LAWS
from engine.playground.plane import Plane

CELLS = np.array([[0, 1], [1, 1]], dtype=np.int16)
QUARTER = Plane(CELLS, 1.0, ("a", "b"))
"""Class a below and left of the origin, and nowhere else."""


def test_each_cell_has_its_class_and_beyond_the_edge_the_nearest_one():
    places = np.array([[-0.5, -0.5], [0.5, -0.5], [-0.5, 0.5], [-9.0, -9.0], [9.0, 0.0]])
    assert QUARTER.classify(places).tolist() == [0, 1, 1, 0, 1]


def test_probabilities_are_those_of_a_quadrant_to_fifteen_digits():
    sigma, x, y = 0.7, 0.3, -0.4
    with mpmath.workdps(40):
        want = mpmath.ncdf(-mpmath.mpf(x) / sigma) * mpmath.ncdf(-mpmath.mpf(y) / sigma)
    grid = QUARTER.probabilities(LAWS[0], sigma, np.array([x]), np.array([y]))
    assert grid[0, 0, 0] == pytest.approx(float(want), rel=1e-14)
    point = QUARTER.probabilities_at(LAWS[0], sigma, np.array([[x, y]]))
    assert point[0] == pytest.approx([float(want), 1 - float(want)], rel=1e-14)


@pytest.mark.parametrize("law", LAWS, ids=lambda law: law.title)
def test_shares_of_votes_are_near_the_probabilities(law, ring):
    at = np.array([0.4, 0.6])
    noise = law.draw(np.random.default_rng(5), 200_000)
    votes = np.bincount(ring.classify(at + 0.6 * noise), minlength=5) / len(noise)
    exact = ring.probabilities_at(law, 0.6, at[None])[0]
    assert exact.sum() == pytest.approx(1.0, abs=1e-12)
    assert np.abs(votes - exact).max() < 5 * 0.5 / np.sqrt(len(noise))


def test_g_is_the_class_of_the_largest_probability():
    assert QUARTER.smoothed(LAWS[0], 0.1, np.array([[-0.5, -0.5], [0.0, 0.0]])).tolist() == [0, 1]
