from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from scipy.special import ndtr

from engine.certificates.gain_brightness import required, required_over, two_step

GOLDEN = json.loads((Path(__file__).parents[2] / "golden/semantic.json").read_text())


def test_exact_values_are_met_and_never_undercut():
    """The quadrature behind the golden b is good to about 2e-7 in p, that of ``lower`` to 1e-9."""
    for row in GOLDEN["exact"]:
        sigmas, b = (row["sigma_k"], row["sigma_b"]), row["b_exact_np"]
        found = float(required(row["k"], b, *sigmas))
        if not b:
            assert found > row["p"]
            continue
        assert found == pytest.approx(row["p"], abs=3e-7)
        slope = (float(required(row["k"], b + 1e-4, *sigmas)) - found) / 1e-4
        assert abs(found - row["p"]) / slope < 1e-6  # in b
    for row in GOLDEN["lower"]:
        k, b, p, sigma_k, sigma_b, lower = (
            float(row[name]) for name in ("k", "b", "p", "sk", "sb", "lower")
        )
        found = float(required(k, b, sigma_k, sigma_b, q=lower))
        assert p - 1e-9 <= found == pytest.approx(p, abs=1e-8)


def test_the_two_step_bound_is_the_published_one():
    for row in GOLDEN["b_bound"]:
        for p, b in zip(row["p_lower"], row["b_bound"], strict=True):
            found = float(two_step(row["k"], b, row["sigma_k"], row["sigma_b"]))
            assert found == pytest.approx(p, abs=1e-9) if b else found >= p
    for row in GOLDEN["brightness"]:
        if row["sigma_k"]:
            ends = np.log(row["scale"])
            for p, b in zip(row["p_lower"], row["b_radius"], strict=True):
                found = two_step(ends, b, row["sigma_k"], row["sigma_b"]).max()
                assert found == pytest.approx(p, abs=1e-9) if b else found >= p
    for row in GOLDEN["contrast"]:
        for p, radius in zip(row["p_lower"][1:], row["radius"][1:], strict=True):
            ends = np.log([1 - radius, 1 + radius])
            found = two_step(ends, 0.0, row["sigma_k"], row["sigma_b"]).max()
            assert p - 1e-4 < found <= p + 1e-9  # the radius is that of a coarse search


def least(k: float, b: float, sigma_k: float, sigma_b: float, p: float) -> float:
    """The least the moved law gives a set of probability p, over cells of a fine grid of (u, v)."""
    edges = np.linspace(-8, 8, 801)
    middle = np.diff(ndtr(edges))
    law = np.outer(middle, middle)
    other = np.outer(
        np.diff(ndtr(edges - k / sigma_k)), np.diff(ndtr((edges - b / sigma_b) * np.exp(k)))
    )
    order = np.argsort((other / np.maximum(law, 1e-300)).ravel())
    held, moved = law.ravel()[order], other.ravel()[order]
    return float(moved[: np.searchsorted(np.cumsum(held), p)].sum())


@pytest.mark.parametrize(
    ("k", "b", "sigma_k", "sigma_b"),
    [(0.3, 0.2, 0.3, 0.3), (-0.4, -0.1, 0.3, 0.2), (0.01, 0.3, 0.2, 0.2), (-0.2, 0.5, 0.5, 1.0)],
)
def test_a_worst_set_over_a_grid_says_the_same(k, b, sigma_k, sigma_b):
    found = float(required(k, b, sigma_k, sigma_b))
    assert 0.5 < found < 1
    assert least(k, b, sigma_k, sigma_b, found) == pytest.approx(0.5, abs=6e-3)
    assert found <= float(two_step(k, b, sigma_k, sigma_b))


def test_no_classifier_of_a_half_plane_is_turned_by_what_is_certified():
    """Class 0 where a K + c B <= d, whose probabilities are known: attacked on a grid of (k, b)."""
    rng = np.random.default_rng(5)
    sigma_k, sigma_b = 0.2, 0.3
    k, b = (one.ravel() for one in np.meshgrid(np.linspace(-0.5, 0.5, 41), np.linspace(-1, 1, 41)))
    needed = required(k, b, sigma_k, sigma_b)
    certified = 0
    for _ in range(200):
        a, c = rng.standard_normal(2)
        d = 3 * rng.random() * np.hypot(a * sigma_k, c * sigma_b)
        p = ndtr(d / np.hypot(a * sigma_k, c * sigma_b))
        inside = needed < p
        assert (d - a * k[inside] - c * b[inside] > 0).all()
        certified += int(inside.sum())
    assert certified > 10_000


def test_where_nothing_is_left_to_integrate_it_is_a_shift():
    assert float(required(0.0, 0.2, 0.2, 0.2)) == pytest.approx(ndtr(1.0), rel=1e-9)
    assert float(required(0.0, 0.2, 0.2, 0.2)) >= ndtr(1.0)
    near = [float(required(k, 0.2, 0.2, 0.2)) for k in (1e-12, 1e-7, 1e-4, -1e-4)]
    assert near == pytest.approx([ndtr(1.0)] * 4, abs=1e-4)
    for k in (1e-3, 0.5, -3.0, 3.0, 40.0, -40.0):
        for b in (0.0, 0.1, 50.0):
            assert float(required(k, b, 0.2, 0.2)) >= 0.5  # and never NaN


def test_a_cell_requires_at_least_what_each_of_its_points_does():
    rng = np.random.default_rng(1)
    for _ in range(20):
        sigma_k, sigma_b = rng.uniform(0.05, 0.5, 2)
        ends = np.sort(rng.uniform(0, 3 * sigma_k, 2)) * rng.choice([-1, 1])
        low, high = ends.min(), ends.max()
        top = rng.uniform(0, 3 * sigma_b)
        ends = np.array([low]), np.array([high])
        cell = float(required_over(*ends, np.array([top]), sigma_k, sigma_b)[0, 0])
        k, b = rng.uniform(low, high, 60), rng.uniform(-top, top, 60)
        assert (required(k, b, sigma_k, sigma_b) <= cell + 1e-9).all()
        corner = max(float(required(end, top, sigma_k, sigma_b)) for end in (low, high))
        if corner < 0.99:  # and the proof costs little more than the cell's width
            assert cell <= corner + 2.0 * (high - low)


def test_cells_above_the_ceiling_are_bounded_without_quadrature_and_those_below_stay():
    k, tops = np.linspace(-0.5, 0.5, 11), np.linspace(0.02, 1.0, 50)
    whole = required_over(k[:-1], k[1:], tops, 0.2, 0.2)
    ceiling = 0.95
    found = required_over(k[:-1], k[1:], tops, 0.2, 0.2, ceiling)
    assert ((found <= ceiling) == (whole <= ceiling)).all()
    assert (found[whole <= ceiling] == whole[whole <= ceiling]).all()
    most = 1 - 2.0**-50  # more than any number of votes gives
    assert (np.maximum(found, most) >= np.minimum(whole, most)).all() and (found > whole).any()
    reachable = whole < 1
    assert (found[reachable] >= whole[reachable]).all() and (found[reachable] < 1).all()


@pytest.mark.statistics
def test_the_moved_law_is_that_of_noise_on_an_attacked_image():
    """e^k0 (e^k (x + b) + b0) shows K = k + k0 and B = b + e^-k b0; a worst set by sampling."""
    rng = np.random.default_rng(2)
    k, b, sigma_k, sigma_b, n = -0.22314355, 0.40807327, 0.2, 0.2, 2_000_000

    def ratio(gain: np.ndarray, shift: np.ndarray) -> np.ndarray:
        moved = -((gain - k) ** 2) / (2 * sigma_k**2)
        moved -= (np.exp(k) * (shift - b)) ** 2 / (2 * sigma_b**2) - k
        return moved + gain**2 / (2 * sigma_k**2) + shift**2 / (2 * sigma_b**2)

    k0, b0 = sigma_k * rng.standard_normal(n), sigma_b * rng.standard_normal(n)
    limit = np.quantile(ratio(k0, b0), 0.99)
    black, white = (np.exp(k0) * (np.exp(k) * (x + b) + b0) for x in (0.0, 1.0))
    gain = np.log(white - black)
    held = ratio(gain, black / np.exp(gain)) <= limit
    assert held.mean() == pytest.approx(0.5, abs=5e-3)
