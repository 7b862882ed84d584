"""Noise on tokens: its law, what it leaves alone, and the same sample whatever the batch."""

import math

import pytest
import torch

from engine.noise.gaussian import NoiseStream
from engine.noise.tokens import mask, substitute
from engine.schemes.words import default_beta

SAMPLES = 40_000


def substituted(
    tokens: torch.Tensor, arities: tuple[int, ...], beta: float, start: int = 0, n=SAMPLES
):
    out = torch.full((n, len(tokens)), -1)
    substitute(tokens, NoiseStream(5, 2), start, out, arities=arities, beta=beta)
    return out


def masked(tokens: torch.Tensor, beta: float, start: int = 0, n: int = SAMPLES) -> torch.Tensor:
    out = torch.full((n, len(tokens)), -1)
    mask(tokens, NoiseStream(5, 2), start, out, vocabulary=6, beta=beta)
    return out


def near(share: torch.Tensor | float, expected: float, n: int = SAMPLES):
    assert float(share) == pytest.approx(expected, abs=6 * math.sqrt(expected * (1 - expected) / n))


def test_a_token_is_kept_or_one_of_the_others_alike():
    tokens = torch.tensor([0, 3, 5, 3])
    out = substituted(tokens, (6,), 0.7)
    for position, token in enumerate(tokens.tolist()):
        for symbol in range(6):
            near((out[:, position] == symbol).double().mean(), 0.3 if symbol == token else 0.14)


def test_positions_are_independent():
    changed = substituted(torch.tensor([1, 1]), (4,), 0.5) != 1
    near((changed[:, 0] & changed[:, 1]).double().mean(), 0.25)


def test_each_field_draws_from_its_own_values():
    out = substituted(torch.tensor([1, 4, 2]), (2, 9, 3), 0.4)
    assert out.min() == 0 and out.max(dim=0).values.tolist() == [1, 8, 2]
    near((out[:, 0] == 0).double().mean(), 0.4)
    near((out[:, 1] == 7).double().mean(), 0.05)
    near((out[:, 2] == 0).double().mean(), 0.2)


def test_masks_are_one_past_the_alphabet():
    out = masked(torch.tensor([0, 5, 2]), 0.8)
    near((out == 6).double().mean(), 0.8, 3 * SAMPLES)
    assert set(out[:, 1].tolist()) == {5, 6}


def test_tokens_outside_the_alphabet_stay():
    """Padding and special marks: neither noised nor open to the attacker."""
    tokens = torch.tensor([6, 101, 2, -1])
    assert (substituted(tokens, (6,), 0.9)[:, [0, 1, 3]] == tokens[[0, 1, 3]]).all()
    assert (masked(tokens, 0.9)[:, [1, 3]] == tokens[[1, 3]]).all()


def test_the_same_index_gives_the_same_sample():
    tokens = torch.tensor([0, 3, 5, 3, 1])
    for draw in (
        lambda s, n: substituted(tokens, (6,), 0.7, s, n),
        lambda s, n: masked(tokens, 0.5, s, n),
    ):
        whole = draw(0, 100)
        assert torch.equal(whole[37:60], draw(37, 23))
        assert torch.equal(whole[99:], draw(99, 1))


def test_the_noise_that_suits_a_threshold():
    """At least 0.9 for majority vote: beta^d must exceed tau, here for six words."""
    assert default_beta(0.5) >= 0.9
    for tau in (0.5, 0.1, 1e-3, 4.6e-5):
        assert default_beta(tau) ** 6 > tau
    assert default_beta(1e-300) == 0.05
    assert default_beta(0.999) == 0.99
