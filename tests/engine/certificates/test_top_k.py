"""Top-k radii against the published implementation and the smoothed classifier that is worst."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from scipy.optimize import brentq
from scipy.stats import beta, norm

from engine.certificates.top_k import (
    majority_under_any_noise,
    majority_where_mass_moves,
    top_k_radius,
)

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


def precise(p_lower: float, p_uppers: list[float], k: int) -> float:
    """The radius at sigma 1 in 40 digits, over all t."""
    from mpmath import erf, erfinv, findroot, mp, mpf, sqrt

    mp.dps = 40

    def quantile(p: mpf) -> mpf:
        return sqrt(2) * erfinv(2 * p - 1)

    def law(x: mpf) -> mpf:
        return (1 + erf(x / sqrt(2))) / 2

    strongest = sorted(map(mpf, p_uppers), reverse=True)[:k]
    own, found = quantile(mpf(p_lower)), mpf(0)
    for t in range(1, k + 1):
        others = quantile(min(1 - mpf(p_lower), sum(strongest[k - t :])))

        def gap(r: mpf, t: int = t, others: mpf = others) -> mpf:
            return law(own - r) - law(others + r) / t

        if gap(mpf(0)) > 0:
            found = max(found, findroot(gap, (mpf("0.1"), mpf(1)), solver="anderson", tol=1e-30))
    return float(found)


def test_radii_are_those_of_forty_digits_and_never_above() -> None:
    rng = np.random.default_rng(5)
    for row in GOLDEN["rows"][::4]:
        counts, label, k = row[0], row[1], row[2]
        n = sum(counts)
        lower = float(beta.ppf(1e-4, counts[label], n - counts[label] + 1))
        upper = [float(beta.ppf(1 - 1e-4, c + 1, n - c)) for i, c in enumerate(counts) if i]
        exact = precise(lower, upper, k)
        assert top_k_radius(lower, upper, k=k, sigma=1.0) == pytest.approx(exact, rel=1e-9)
    for _ in range(20):
        lower, k = float(rng.uniform(0.3, 0.9)), int(rng.integers(1, 5))
        upper = rng.uniform(0, 1 - lower, 6).tolist()
        exact = precise(lower, upper, k)
        found = top_k_radius(lower, upper, k=k, sigma=1.0)
        assert found <= exact * (1 + 1e-15)
        assert found == pytest.approx(exact, rel=1e-9, abs=1e-12)


def least_kept(p: float, before: np.ndarray, after: np.ndarray) -> float:
    """The least that a set of probability p before the change has after it: a knapsack."""
    kept = 0.0
    for i in np.argsort(after / before):
        part = min(p, before[i])
        kept, p = kept + part * after[i] / before[i], p - part
    return kept


def test_what_certifies_against_one_half_certifies_as_much_among_the_first() -> None:
    """Any two laws over a few outcomes; the certificate against one half is that of the pair."""
    rng, certified = np.random.default_rng(7), 0
    for _ in range(400):
        before, moved = rng.dirichlet(np.ones(7)), rng.dirichlet(np.ones(7))
        after = before + rng.uniform(0.02, 0.4) * (moved - before)
        needed = brentq(lambda p, b=before, a=after: least_kept(p, b, a) - 0.5, 0, 1)
        delta = np.clip(before - after, 0, None).sum()
        lower, k = float(rng.uniform(0.25, 0.95)), int(rng.integers(1, 5))
        others = (rng.dirichlet(np.ones(4)) * (1 - lower) * rng.uniform(0.5, 1.5)).tolist()
        others += [min(others)] * 2
        sums = [min(1 - lower, sum(sorted(others)[-k:][:t])) for t in range(1, k + 1)]

        def holds(kept, sums=sums, lower=lower) -> bool:
            most = [1 - kept(1 - total) for total in sums]
            return any(kept(lower) * t > one for t, one in enumerate(most, 1))

        if needed <= majority_under_any_noise(lower, others, k):
            certified += 1
            assert holds(lambda p, b=before, a=after: least_kept(p, b, a))
        moves = 0.5 + delta <= majority_where_mass_moves(lower, others, k)
        assert moves == holds(lambda p, d=delta: p - d)
    assert certified > 50


def test_among_the_first_one_what_certifies_is_the_bounds_themselves() -> None:
    for convert in (majority_under_any_noise, majority_where_mass_moves):
        assert convert(0.7, [0.3], 1) == pytest.approx(0.7, abs=1e-12)
        assert convert(0.5, [0.5], 1) == 0.0
        assert convert(0.2, [0.2], 3) == 0.0
    assert majority_under_any_noise(0.99, [0.01] * 3, 3) == pytest.approx(1 - 0.01 * 2 / 3)
