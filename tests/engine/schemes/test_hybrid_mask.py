import math

import pytest
import torch
from scipy.special import ndtri

from engine.noise.gaussian import NoiseStream
from engine.schemes.hybrid_mask import HybridMask


def drawn(scheme: HybridMask, x: tuple, samples: int, start: int = 0) -> tuple:
    out = tuple(torch.empty((samples, *part.shape), dtype=part.dtype) for part in x)
    scheme.noise().draw(x, NoiseStream(1, 1), start, out)
    return out


def test_noise_law_of_both_parts():
    pair = (torch.full((1, 3, 3), 0.5), torch.tensor([2, 2, 6]))
    pixels, tokens = drawn(HybridMask(sigma=0.3, beta=0.6, vocabulary=7), pair, 20_000)
    assert float(pixels.std()) == pytest.approx(0.3, rel=0.01)
    share = float((tokens == 7).double().mean())
    assert share == pytest.approx(0.6, abs=6 * math.sqrt(0.24 / tokens.numel()))


def test_a_sample_does_not_depend_on_the_batch():
    scheme, pair = HybridMask(), (torch.rand(1, 3, 3), torch.tensor([2, 2, 6]))
    whole, part = drawn(scheme, pair, 50), drawn(scheme, pair, 20, 30)
    assert all(torch.equal(a[30:], b) for a, b in zip(whole, part, strict=True))


def test_the_frontier_has_a_closed_form(bounds):
    """sigma (Phi^-1((p - 1 + v) / v) - Phi^-1(1 / (2 v))) with v = beta^d."""
    region = HybridMask(beta=0.95, sigma=0.5).region(bounds(0.999))
    for words, reach in enumerate(region.reach):
        v = 0.95**words
        exact = 0.5 * (ndtri((0.999 - 1 + v) / v) - ndtri(0.5 / v))
        assert reach == pytest.approx(exact, abs=1e-9)
        assert reach <= exact + 1e-15
    assert len(region.reach) == 14


def test_words():
    assert HybridMask().noise_in_words() == (
        "Gaussian, sigma 0.25 (pixels in [0,1]); each word masked with probability 0.9; decided "
        "by majority vote"
    )
