from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
import torch
from scipy.stats import kstest

from engine.noise.gaussian import NoiseStream
from engine.noise.norm_laws import (
    BallLength,
    Cube,
    GammaLength,
    NormNoise,
    Pareto,
    Power,
    PowerLength,
    Radial,
    Shape,
)

GOLDEN = json.loads((Path(__file__).parents[2] / "golden" / "norms.json").read_text())
SHAPES: tuple[Shape, ...] = (
    Cube(),
    Pareto(5.5),
    Power(0.5),
    Power(4.0),
    BallLength(),
    GammaLength("linf", 1.0),
    GammaLength("l1", 4.0),
    GammaLength("l2", 2.0, 3.0),
    PowerLength("linf", 1.0, None, 50.0),
    PowerLength("l2", 2.0, 40.0, 0.0),
)


def shape(name: str, par: dict) -> Shape | None:
    makers = {
        "Uniform": lambda: Cube(),
        "Pareto": lambda: Pareto(par["a"]),
        "UniformBall": lambda: BallLength(),
        "ExpInf": lambda: GammaLength("linf", par["k"], par["j"]),
        "PowInf": lambda: PowerLength("linf", 1.0, par["a"], 0.0),
        "Exp1": lambda: GammaLength("l1", par["k"]),
        "Exp2": lambda: GammaLength("l2", par["k"], par["j"]),
        "Pow2": lambda: PowerLength("l2", par["k"], par["a"], 0.0),
        "Expp": lambda: Power(par["p"]),
    }
    return makers[name]() if name in makers else None


def test_deviations_are_those_of_the_published_program():
    for name, par, d, sigma in GOLDEN["sigma_of_lambda"]:
        law = shape(name, par)
        if law is not None:
            assert law.deviation(d) == pytest.approx(sigma, rel=1e-9)
    assert {name for name, *_ in GOLDEN["sigma_of_lambda"] if shape(name, {"a": 9.0, "k": 1,
            "j": 0, "p": 1}) is None} <= {"Laplace", "Gaussian"}  # fmt: skip
    assert Pareto(2.0).deviation(9) == PowerLength("linf", 1.0, 11.5, 0.0).deviation(10) == np.inf


@pytest.mark.parametrize("law", SHAPES, ids=str)
def test_draws_follow_the_law_in_any_batch(law):
    noise, x = NormNoise("law", law, sigma=0.5), torch.rand(1, 3, 4)

    def draw(start: int, samples: int) -> torch.Tensor:
        out = torch.empty(samples, 1, 3, 4)
        noise.draw(x, NoiseStream(3, 1), start, out)
        return out

    out = draw(0, 20_000)
    assert torch.equal(out[7_000:9_001], draw(7_000, 2_001))
    e = (out - x).double().flatten(1).numpy()
    assert np.sqrt((e**2).mean()) == pytest.approx(0.5, rel=0.05)
    assert np.abs(e.mean(axis=0)).max() < 0.03
    shares = law.shares(e / noise.scale(12)) + 0.5
    assert min(kstest(shares[:, i], "uniform").pvalue for i in (0, 5, 11)) > 1e-5
    assert np.abs(np.corrcoef(shares.T) - np.eye(12)).max() < 0.05


@pytest.mark.statistics
@pytest.mark.parametrize("law", SHAPES, ids=str)
def test_a_million_draws_follow_the_law(law):
    """Length and numbers by Kolmogorov and Smirnov, the variance, and no batch differs."""
    d, many = 12, 1_000_000
    noise, parts = NormNoise("law", law, sigma=0.5), []
    for start in range(0, many, 77_777):
        out = torch.empty(min(77_777, many - start), d)
        noise.draw(torch.zeros(d), NoiseStream(9, 1), start, out)
        parts.append(out.double().numpy())
    e = np.concatenate(parts)
    again = torch.empty(1_000, d)
    noise.draw(torch.zeros(d), NoiseStream(9, 1), 500_000, again)
    assert np.array_equal(again.double().numpy(), e[500_000:501_000])
    squares = (e**2).sum(axis=1)
    error = squares.std() / many**0.5 / d
    assert abs((squares.mean() / d) - 0.25) < 6 * error
    shares = law.shares(e / noise.scale(d)) + 0.5
    assert min(kstest(shares[:, i], "uniform").pvalue for i in range(d)) > 1e-5
    assert np.abs(np.corrcoef(shares.T) - np.eye(d)).max() < 6 / many**0.5
    if isinstance(law, Radial):
        order = {"l1": 1, "l2": 2, "linf": np.inf}[law.sphere]
        lengths = np.linalg.norm(e / noise.scale(d), ord=order, axis=1)
        assert kstest(law.below(lengths, d), "uniform").pvalue > 1e-5


@pytest.mark.walk
@pytest.mark.parametrize(("shape", "d"), [(Power(100.0), 784), (GammaLength("l1", 100.0), 1)])
def test_no_number_stays_exactly_where_it_was(shape: Power | GammaLength, d: int) -> None:
    """A high power of a small uniform number is 0 in float64, and its root is none of the law's."""
    drawn = shape.draw(NoiseStream(5, 1), 20_000_000 // 784 // 10, d, 0)
    assert float(drawn.abs().min()) > 0.0
