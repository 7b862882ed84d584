from __future__ import annotations

import pytest
from scipy.stats import binom

from engine.playground.base_classifier import train
from engine.playground.run import Plan, exact_at
from engine.playground.scenes import scene
from engine.playground.sigma_table import RADII, SIGMAS, sigma_rows, table_in_words


def test_the_table_shows_the_trade_off_and_no_more_than_alpha_lets():
    rows = list(sigma_rows("moons"))
    assert [row.sigma for row in rows] == list(SIGMAS)
    for row in rows:
        assert list(row.shares) == sorted(row.shares, reverse=True) and row.points == 120
        assert row.shares[0] <= 1 - row.abstained
    assert rows[0].shares[0] > rows[-1].shares[0]  # accuracy falls
    assert rows[0].shares[-2] < rows[-1].shares[-2]  # and large radii come
    plane, fresh = train(scene("moons"), sigma=0.5), scene("moons", seed=2, each=60)
    true = []
    for (x, y), label in zip(fresh.xy, fresh.labels, strict=True):
        exact = exact_at(plane, Plan(sigma=0.5), (float(x), float(y)))
        right = exact.top == label and exact.region is not None
        true.append(exact.region.radius if right and exact.region is not None else -1.0)
    chance = binom.isf(1e-4, len(true), 0.001)  # one of these points is a false claim indeed
    half = rows[SIGMAS.index(0.5)]
    for radius, share in zip(RADII, half.shares, strict=True):
        assert share * len(true) <= sum(one >= radius for one in true) + chance
    assert half.acr <= sum(max(0.0, one) for one in true) / len(true)
    assert half.acr == pytest.approx(sum(max(0.0, one) for one in true) / len(true), rel=0.2)


def test_its_settings_are_told():
    assert table_in_words() == "n0 = 50, n = 1,000, alpha 0.001 for each point, clopper-pearson"
