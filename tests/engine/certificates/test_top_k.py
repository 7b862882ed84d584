"""Top-k radii against the published implementation and the smoothed classifier that is worst."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from scipy.stats import beta, norm

from engine.certificates.top_k import top_k_radius

GOLDEN = json.loads(
    (Path(__file__).parents[2] / "golden" / "top_k.json").read_text(encoding="utf-8")
)
"""jjy1994/Certify_Topk, its own bisection to 1e-5 of sigma."""


def test_published_radii_within_their_bisection() -> None:
    for counts, label, k, sigma, alpha, radius in GOLDEN["rows"]:
        n, share = sum(counts), alpha / len(counts)
        lower = beta.ppf(share, counts[label], n - counts[label] + 1)
        upper = [beta.ppf(1 - share, c + 1, n - c) for i, c in enumerate(counts) if i != label]
        found = top_k_radius(float(lower), upper, k=k, sigma=sigma)
        assert radius == pytest.approx(found, abs=2e-5), (counts, k)


def test_of_one_it_is_the_two_class_radius() -> None:
    found = top_k_radius(0.7, [0.2, 0.1], k=1, sigma=0.5)
    assert found == pytest.approx(0.25 * (norm.ppf(0.7) - norm.ppf(0.2)), rel=1e-9)


def test_half_spaces_along_one_direction_are_never_certified_too_far() -> None:
    """The label's half-space faces away from the attack, the others' share the other side."""
    rng = np.random.default_rng(2)
    for _ in range(50):
        own = float(rng.uniform(0.2, 0.8))
        shares = np.sort(rng.dirichlet(np.ones(4)) * (1 - own))[::-1]
        for k in (1, 2, 3):
            radius = top_k_radius(own, shares.tolist(), k=k, sigma=1.0)
            inside = norm.cdf(norm.ppf(own) - radius * (1 - 1e-9))
            # Regions of the others, the strongest first seen from the far side.
            edges = norm.ppf(np.cumsum(np.concatenate([[0.0], shares])).clip(0, 1))
            moved = np.diff(norm.cdf(edges + radius * (1 - 1e-9)))
            overtaking = (moved > inside).sum() if radius > 0 else 0
            assert overtaking < k


def test_it_grows_with_k_and_ends() -> None:
    radii = [top_k_radius(0.5, [0.3, 0.1, 0.1], k=k, sigma=1.0) for k in (1, 2, 3)]
    assert radii == sorted(radii) and radii[0] > 0
    assert top_k_radius(0.5, [0.3, 0.1, 0.1], k=4, sigma=1.0) == float("inf")
    assert top_k_radius(0.1, [0.5, 0.4], k=1, sigma=1.0) == 0.0
    assert top_k_radius(0.0, [0.5], k=1, sigma=1.0) == 0.0
