"""The shipped filter: its files, what it certifies, and attacks inside and outside of that."""

from __future__ import annotations

import time
from functools import cache

import numpy as np
import pytest
import torch

from engine.core.generators import result_of
from engine.demos.data.filter import LONGEST, VOCABULARY, make_pairs
from engine.demos.filter import pairs_seed, tensors
from engine.evidence.evidence import Evidence
from engine.evidence.settings import CertifySettings
from engine.inputs import load_input
from engine.models import ModelRequest, fitted, load_model
from engine.models.token_classifier import TokenClassifier
from engine.noise.gaussian import NoiseStream
from engine.procedures.certify import certify
from engine.regions import Staircase
from engine.schemes import parse_scheme

SCHEME = parse_scheme({"key": "hybrid-mask", "sigma": 0.25, "beta": 0.8, "vocabulary": 72})
CPU = torch.device("cpu")
Pair = tuple[torch.Tensor, torch.Tensor]


@pytest.fixture(scope="module")
def model() -> TokenClassifier:
    classifier = load_model(ModelRequest("demo:filter"))
    assert isinstance(classifier, TokenClassifier)
    classifier.prepare(CPU, "fp32")
    return classifier


def certified(model: TokenClassifier, index: int, n: int = 10_000) -> Evidence:
    settings = CertifySettings(scheme=SCHEME, n0=100, n=n, seed=7)
    return result_of(certify(model, fitted(model, load_input(f"filter:{index}")), settings))


def test_short_texts_are_filled_up_with_masks():
    pairs = make_pairs(16, seed=0)
    images, tokens, labels = tensors(pairs)
    assert images.min() >= 0 and images.max() <= 1 and len(labels) == 16
    for row, text in zip(tokens.tolist(), pairs.texts, strict=True):
        words = text.split()
        assert [VOCABULARY[token] for token in row[: len(words)]] == words
        assert set(row[len(words) :]) <= {len(VOCABULARY)} and len(row) == LONGEST


def test_epochs_and_tests_share_no_seed():
    seeds = {pairs_seed(seed, epoch) for seed in range(3) for epoch in range(50)}
    assert len(seeds) == 150 and max(seeds) < 1 << 32


@pytest.mark.thorough
def test_most_pairs_certify_a_word_and_a_radius_at_once(model: TokenClassifier):
    """At n = 10,000 within a minute each: the issue's bar, on four pairs."""
    began, wins = time.process_time(), 0
    for index in range(4):
        region = certified(model, index).region
        assert region is None or isinstance(region, Staircase)
        wins += region is not None and (region.strength(1) or 0.0) > 0.05
    assert wins >= 2
    assert time.process_time() - began < 60


def given(model: TokenClassifier, index: int) -> Pair:
    pixels, tokens = fitted(model, load_input(f"filter:{index}")).arrays
    return torch.from_numpy(pixels), torch.from_numpy(tokens)


def noisy(pair: Pair, count: int, key: int) -> Pair:
    out = tuple(torch.empty((count, *part.shape), dtype=part.dtype) for part in pair)
    SCHEME.noise().draw(pair, NoiseStream(key, 9, CPU), 0, out)
    return out[0], out[1]


@cache
def held(pixels: torch.Size, tokens: torch.Size, count: int) -> Pair:
    """Noise for inputs of these shapes, and which tokens are masked: both whatever they hold."""
    noise, drawn = noisy((torch.zeros(pixels), torch.zeros(tokens, dtype=torch.int64)), count, 1)
    return noise, drawn == 72


def chance(model: TokenClassifier, pair: Pair, top: int, count: int = 64) -> torch.Tensor:
    """The class's probability under noise that stays the same from call to call."""
    noise, gone = held(pair[0].shape, pair[1].shape, count)
    tokens = pair[1].expand(count, -1).masked_fill(gone, 72)
    return torch.softmax(model.network(pair[0] + noise, tokens), dim=1)[:, top].mean()


def greedy(model: TokenClassifier, pair: Pair, top: int, words: int) -> Pair:
    """Word by word, the replacement that costs the class most; eight candidates, all places."""
    pixels, tokens = pair[0], pair[1].clone()
    with torch.no_grad():
        alone = model.network(pixels.expand(72, -1, -1, -1), torch.arange(72)[:, None])
        worst = (alone[:, top] - alone[:, 1 - top]).argsort()[:8]
        changed: set[int] = set()
        for _ in range(words):
            found = []
            for place in set(range(len(tokens))) - changed:
                for word in worst:
                    trial = tokens.clone()
                    trial[place] = word
                    found.append((float(chance(model, (pixels, trial), top)), place, int(word)))
            _, place, word = min(found)
            tokens[place] = word
            changed.add(place)
    return pixels, tokens


def pgd(model: TokenClassifier, pair: Pair, top: int, radius: float, steps: int = 12) -> Pair:
    """Down the gradient of the class's probability, onto the sphere of the radius."""
    shift = torch.zeros_like(pair[0])
    for _ in range(steps if radius else 0):
        moved = shift.clone().requires_grad_()
        (slope,) = torch.autograd.grad(chance(model, (pair[0] + moved, pair[1]), top).log(), moved)
        shift = shift - 0.4 * radius * slope / slope.norm().clamp(min=1e-12)
        shift = shift * min(1.0, radius / max(float(shift.norm()), 1e-12))
    return pair[0] + shift, pair[1]


def share(model: TokenClassifier, pair: Pair, top: int, count: int = 2000) -> float:
    with torch.no_grad():
        return float((model.classify(noisy(pair, count, 1234)) == top).float().mean())


def attack(model: TokenClassifier, index: int, words: int, radius: float, top: int) -> float:
    pair = pgd(model, greedy(model, given(model, index), top, words), top, radius)
    before = given(model, index)
    assert int((pair[1] != before[1]).sum()) <= words
    assert float((pair[0] - before[0]).norm()) <= radius + 1e-5
    return share(model, pair, top)


def survives(model: TokenClassifier, index: int) -> None:
    evidence = certified(model, index)
    region, top = evidence.region, evidence.predicted_class
    assert isinstance(region, Staircase) and top is not None
    for words, radius in enumerate(region.reach):
        # a certified class has more than one half; 2,000 votes may say 0.04 less
        assert attack(model, index, words, 0.999 * radius, top) > 0.46


@pytest.mark.thorough
def test_no_attack_succeeds_inside_the_frontier(model: TokenClassifier):
    survives(model, 3)


@pytest.mark.thorough
def test_the_same_attack_succeeds_far_outside(model: TokenClassifier):
    evidence = certified(model, 3, n=1000)
    assert evidence.predicted_class is not None
    assert attack(model, 3, 5, 2.0, evidence.predicted_class) < 0.5


@pytest.mark.statistics
@pytest.mark.parametrize("index", range(10, 18))
def test_no_attack_succeeds_on_other_pairs(model: TokenClassifier, index: int):
    survives(model, index)


def test_noise_leaves_nothing_out(model: TokenClassifier):
    """All tokens of a pair are masked at the stated rate: none is padding."""
    tokens = noisy(given(model, 0), 4000, 5)[1]
    rates = (tokens == 72).float().mean(dim=0).numpy()
    np.testing.assert_allclose(rates, 0.8, atol=0.04)
