"""Against the published program, closed forms, and draws."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from scipy.special import betainc, gammaln, ndtri

from engine.certificates.level_sets import LevelSets, exponential, power_law

GOLDEN = json.loads((Path(__file__).parents[2] / "golden" / "norms.json").read_text())


def test_radii_are_those_of_the_published_program_and_not_above() -> None:
    """Its own closed forms among them; within 1e-3 below."""
    for entry in GOLDEN["levelset"]:
        par, d = entry["par"], entry["dim"]
        if d < 16:
            continue
        found = (
            exponential(d, par["k"], par["j"]) if "j" in par else power_law(d, par["k"], par["a"])
        )
        for rho, published in list(zip(entry["rho"], entry["radius"], strict=True))[1:]:
            radius = entry["lambd"] * found(1 - rho)
            assert published * (1 - 1e-3) <= radius <= published * (1 + 1e-9)


def test_gaussian_noise_has_its_own_radius() -> None:
    for d in (16, 64, 784):
        found = exponential(d, 2.0, 0.0)
        for q in (0.5 - 1e-5, 0.4, 0.01, 1e-5, 1e-12, 2.0**-53):
            exact = -ndtri(q) / np.sqrt(2)
            assert exact * (1 - 1e-4) <= found(q) <= exact


def ratios(law: str, d: int, k: float, other: float, e: float) -> Any:
    """log likelihood ratios of half a million draws of the law, moved by e."""
    rng, many = np.random.default_rng(7), 500_000
    if law == "exp":
        u = rng.gamma((d - other) / k, size=many)
    else:
        u = rng.gamma(d / k, size=many) / rng.gamma(other - d / k, size=many)
    r2 = u ** (2 / k)
    cosine = 2 * rng.beta((d - 1) / 2, (d - 1) / 2, size=many) - 1
    grown = (e**2 - 2 * np.sqrt(r2) * e * cosine) / r2
    if law == "exp":
        return -other / 2 * np.log1p(grown) + u * -np.expm1(k / 2 * np.log1p(grown))
    return other * (np.log1p(u) - np.log1p(u * (1 + grown) ** (k / 2)))


@pytest.mark.walk
@pytest.mark.parametrize(
    ("law", "d", "k", "other"),
    [
        ("exp", 16, 1.0, 9.0),
        ("exp", 20, 4.0, 0.0),
        ("exp", 3072, 2.0, 3064.0),
        ("pow", 16, 2.0, 9.0),
        ("pow", 784, 0.5, 1578.0),
    ],
)
def test_shares_are_those_of_draws(law: str, d: int, k: float, other: float) -> None:
    """The published radius of the third is twice as large: its tail is that of another shape."""
    found: LevelSets = exponential(d, k, other) if law == "exp" else power_law(d, k, other)
    for q in (0.4, 0.1):
        drawn = ratios(law, d, k, other, found(q))
        assert np.mean(drawn > -np.median(drawn)) == pytest.approx(q, abs=4e-3)


@pytest.mark.parametrize("law", ["exp", "pow"])
def test_radii_fall_with_q_and_shares_with_the_shift(law: str) -> None:
    found = exponential(64, 1.0, 30.0) if law == "exp" else power_law(64, 2.0, 33.0)
    grid = np.concatenate((0.5 - np.logspace(-9, -1, 9), np.logspace(-1.1, -15, 15)))
    radii = np.array([found(q) for q in grid])
    assert (np.diff(radii) > 0).all() and radii[0] > 0
    for q, radius in zip(grid[6:], radii[6:], strict=True):
        assert found.share(radius) > q and found.share(radius * (1 + 1e-3)) < q


@pytest.mark.walk
@pytest.mark.parametrize(
    ("d", "k", "j"), [(16, 1.0, 15.0), (64, 1.0, 63.0), (64, 2.5, 62.9), (3072, 0.2, 3071.0)]
)
@pytest.mark.parametrize("p", [0.500001, 0.5003, 0.501, 0.51])
def test_no_half_space_shows_more_than_a_radius_next_to_one_half(
    d: int, k: float, j: float, p: float
) -> None:
    """The half-space of probability 1 - p has 1/2 once it is moved by its distance from 0."""
    half, radius = (d - 1) / 2, exponential(d, k, j)(1 - p)
    logs = np.linspace(np.log(1e-300), np.log(1000.0), 2_000_001)  # of r^k ~ Gamma((d - j) / k)
    shape = (d - j) / k
    masses = np.exp(shape * logs - np.exp(logs) - gammaln(shape)) * (logs[1] - logs[0])
    share = (1.0 - radius * np.exp(np.minimum(-logs / k, 600.0))) / 2
    beyond = masses @ betainc(half, half, np.clip(share, 0.0, 1.0))
    assert beyond >= 1 - p - 1e-9
