from __future__ import annotations

import math

import numpy as np
import pytest
from scipy.stats import chi2, norm

from engine.evidence.settings import CertifySettings
from engine.noise.discrete_gaussian_law import reach, thresholds
from engine.noise.statistical_tests import (
    Distribution,
    Draws,
    grid_law,
    normal_law,
    p_value,
    restated,
    statistics,
    uniform_law,
    worst,
)
from engine.procedures.run_noise import Randomness

SHAPE = (512, 512)


def healthy(law: Distribution, seed: int) -> Draws:
    rng = np.random.default_rng(seed)
    if law.name == "integers":
        return rng.random(SHAPE) - 0.5
    normal = rng.standard_normal(SHAPE)
    return normal if law.name == "Gaussian" else np.rint(normal * 255 * 0.05)


LAWS = (normal_law(), uniform_law(), grid_law(255 * 0.05, reach(0.05)))


@pytest.mark.parametrize("law", LAWS, ids=lambda law: law.name)
def test_moments_and_bins_are_those_of_the_law(law: Distribution) -> None:
    draws = healthy(law, 0)
    assert law.shares.sum() == pytest.approx(1, abs=1e-12)
    assert (draws**2).mean() == pytest.approx(law.variance, rel=0.02)
    assert (draws**4).mean() == pytest.approx(law.fourth, rel=0.05)
    counts = np.histogram(draws, [-math.inf, *law.edges, math.inf])[0]
    assert counts / draws.size == pytest.approx(law.shares, abs=0.002)


def test_the_grid_law_is_that_of_the_generators_table() -> None:
    sigma = 0.02
    table = [0, *thresholds(sigma), 2**63]
    steps = range(-reach(sigma), reach(sigma) + 1)
    shares = [(b - a) / 2**63 for a, b in zip(table, table[1:], strict=False)]
    law = grid_law(255 * sigma, reach(sigma))
    assert law.variance == pytest.approx(sum(p * k**2 for p, k in zip(shares, steps, strict=True)))
    assert law.fourth == pytest.approx(sum(p * k**4 for p, k in zip(shares, steps, strict=True)))


@pytest.mark.parametrize("law", LAWS, ids=lambda law: law.name)
def test_p_values_of_healthy_draws_are_uniform(law: Distribution) -> None:
    found = [one.p_value for seed in range(30) for one in statistics(healthy(law, seed), law)]
    assert 0.4 < np.mean(found) < 0.6
    assert 1e-4 < min(found) < 0.05


@pytest.mark.statistics
@pytest.mark.parametrize("law", LAWS, ids=lambda law: law.name)
def test_p_values_of_healthy_draws_are_uniform_over_many_seeds(law: Distribution) -> None:
    found = [[s.p_value for s in statistics(healthy(law, n), law)] for n in range(2000)]
    below = (np.array(found) < 0.05).mean(axis=0)
    assert below == pytest.approx([0.05] * 6, abs=0.025)
    assert np.min(found) > 1e-7


@pytest.mark.parametrize("columns", [1, 4])
def test_healthy_draws_of_few_numbers_a_sample_do_not_fail(columns: int) -> None:
    """Sums of few squares have tails that are none of a chi-square."""
    for seed in range(40):
        draws = np.random.default_rng(seed).standard_normal((65536 // columns, columns))
        found = statistics(draws, normal_law())
        assert "squares of samples" not in [one.name for one in found]
        assert worst(found).p_value > 1e-6


def test_p_values_are_two_sided() -> None:
    assert p_value(-1.96, None) == pytest.approx(2 * norm.sf(1.96))
    assert p_value(40.0, 10) == pytest.approx(2 * chi2.sf(40, 10))
    assert p_value(1.0, 10) == pytest.approx(2 * chi2.cdf(1, 10))
    assert p_value(9.34, 10) <= 1


def sabotaged(how: str) -> Draws:
    z = healthy(normal_law(), 7)
    return {
        "sigma": lambda: z * 0.98,
        "sign bias": lambda: np.where(np.arange(z.size).reshape(SHAPE) % 64, z, np.abs(z)),
        "wrong tails": lambda: np.clip(z, -1.9, 1.9) * 1.0277,
        "every sample twice": lambda: z[np.arange(SHAPE[0]) // 2],
        "every element twice": lambda: z[:, np.arange(SHAPE[1]) // 2],
        "a few samples weaker": lambda: np.where(np.arange(SHAPE[0])[:, None] % 8, z, 0.8 * z),
        "constant": lambda: np.full(SHAPE, 1.0),
    }[how]()


@pytest.mark.parametrize(
    ("how", "statistic"),
    [
        ("sigma", "variance"),
        ("sign bias", "mean"),
        ("wrong tails", "bins"),
        ("every sample twice", "sums of elements"),
        ("every element twice", "sums of samples"),
        ("a few samples weaker", "squares of samples"),
        ("constant", "mean"),
    ],
)
def test_each_statistic_finds_what_it_is_for(how: str, statistic: str) -> None:
    found = {one.name: one.p_value for one in statistics(sabotaged(how), normal_law())}
    assert found[statistic] < 1e-10


def test_p_values_are_restated_from_the_statistics() -> None:
    import torch

    test = Randomness(CertifySettings(), key=3, elements=4, device=torch.device("cpu")).self_test
    assert test is not None and restated(test) == test
    first, *rest = test.statistics
    forged = test.model_copy(
        update={"statistics": (first.model_copy(update={"value": 9.0}), *rest), "stream": 1}
    )
    assert restated(forged).statistics[0].p_value < 1e-15
    assert restated(forged).stream == 7
    assert worst(restated(forged).statistics).name == "mean"
