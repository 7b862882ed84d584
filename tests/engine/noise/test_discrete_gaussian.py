import json
import math
from pathlib import Path

import pytest
import torch
from scipy.stats import chisquare, norm

from engine.noise.discrete_gaussian import (
    ExactNoiseStream,
    GridTable,
    reach,
    table_sha256,
    thresholds,
    total_variation,
)

GOLDEN = json.loads((Path(__file__).parents[2] / "golden/exact_noise.json").read_text())


def test_table_is_that_of_the_independent_computation():
    assert len(thresholds(0.5)) == GOLDEN["table"]["n"]
    assert reach(0.5) == GOLDEN["table"]["K"]
    assert table_sha256(0.5) == GOLDEN["table"]["sha256_le64"]


def steps(stream: ExactNoiseStream, samples: int, elements: int, *, sigma: float, start: int = 0):
    """The noise alone, in grid steps."""
    out = torch.empty(samples, elements)
    stream.gaussian_(out, torch.zeros(elements), sigma=sigma, start=start)
    return out.double().mul(255).round().long()


@pytest.mark.parametrize("row", GOLDEN["noise"], ids=lambda r: str(r["sample"]))
def test_noise_is_bit_for_bit_that_of_the_independent_computation(row: dict):
    stream = ExactNoiseStream(int(row["key"], 16), 0)
    found = steps(stream, 1, len(row["values"]), sigma=0.5, start=row["sample"])
    assert found[0].tolist() == row["values"]


@pytest.mark.walk
@pytest.mark.parametrize("sigma", [0.02, 0.25, 1.0])
def test_lookup_is_counting_thresholds(sigma: float):
    values = thresholds(sigma)
    edges = [v + d for v in values[:: max(1, len(values) // 200)] for d in (-1, 0, 1)]
    uniform = torch.tensor([0, 2**63 - 1, *edges], dtype=torch.int64).clamp_min(0)
    expected = [sum(t <= u for t in values) - reach(sigma) for u in uniform.tolist()]
    high, low = uniform >> 31, (uniform & (2**31 - 1)) << 1
    table = GridTable(sigma, torch.device("cpu"))
    for last_bit in (0, 1):
        assert table.noise(high, low + last_bit).tolist() == expected


@pytest.mark.parametrize("elements", [7, 8])
def test_does_not_depend_on_the_batch(elements: int):
    one = steps(ExactNoiseStream(3, 1), 50, elements, sigma=0.5)
    parts = [
        steps(ExactNoiseStream(3, 1), n, elements, sigma=0.5, start=s)
        for s, n in ((0, 13), (13, 37))
    ]
    assert torch.equal(one, torch.cat(parts))


def test_noise_far_below_a_grid_step_is_none():
    assert thresholds(1e-4)[-1] == 2**63  # to 40 digits; no 63-bit integer reaches it
    assert not steps(ExactNoiseStream(3, 1), 50, 8, sigma=1e-4).any()


@pytest.mark.thorough
def test_large_noise_is_exact_too():
    """Whole numbers up to 2^24 are floats; the largest sigma there is stays far below."""
    table = GridTable(10.0, torch.device("cpu"))
    words = torch.tensor([0, 2**32 - 1], dtype=torch.int64)
    assert table.noise(words, words).tolist() == [-21675, 21675]
    assert reach(100.0) + 255 < 2**24


def test_what_the_model_sees_is_a_function_of_the_integer_sum_alone():
    """Every float is one of k / 255: nothing of x is left in the low-order bits."""
    out = torch.empty(2000, 1, 2, 2)
    ExactNoiseStream(3, 1).gaussian_(out, torch.full((1, 2, 2), 40 / 255), sigma=0.3, start=0)
    steps = (out.double() * 255).round()
    assert torch.equal(out, steps.to(torch.float32) * (1.0 / 255))


@pytest.mark.statistics
def test_law():
    sigma, n = 0.02, 2_000_000
    q = steps(ExactNoiseStream(5, 1), n // 8, 8, sigma=sigma).flatten()
    scale = 255 * sigma
    edges = range(-15, 16)
    observed = [int((q == k).sum()) for k in edges]
    expected = [norm.cdf((k + 0.5) / scale) - norm.cdf((k - 0.5) / scale) for k in edges]
    observed.append(n - sum(observed))
    expected.append(1 - sum(expected))
    assert chisquare(observed, [p * n for p in expected]).pvalue > 1e-4


def test_total_variation_is_tiny_and_grows_with_the_input():
    assert total_variation(0.5, 3072) == pytest.approx(8e-13, rel=0.2)
    assert total_variation(0.5, 150528) == pytest.approx(50 * 8e-13 * 0.98, rel=0.2)
    assert math.isfinite(total_variation(1e-3, 1))
