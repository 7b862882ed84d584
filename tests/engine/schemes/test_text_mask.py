import math

import pytest
import torch

from engine.noise.gaussian import NoiseStream
from engine.schemes.base import IMPOSSIBLE
from engine.schemes.text_mask import TextMask

SCHEME = TextMask(beta=0.8, vocabulary=7)


def drawn(tokens: torch.Tensor, samples: int, start: int = 0) -> torch.Tensor:
    out = torch.empty((samples, *tokens.shape), dtype=torch.int64)
    SCHEME.noise().draw(tokens, NoiseStream(1, 1), start, out)
    return out


def test_noise_law():
    out = drawn(torch.tensor([2] * 8), 20_000)
    assert set(out.flatten().tolist()) == {2, 7}
    share = float((out == 7).double().mean())
    assert share == pytest.approx(0.8, abs=6 * math.sqrt(0.16 / out.numel()))


def test_a_sample_does_not_depend_on_the_batch():
    tokens = torch.arange(5)
    assert torch.equal(drawn(tokens, 50)[30:], drawn(tokens, 20, 30))


def test_the_certificate_has_a_closed_form():
    """p - (1 - beta^d) > 1/2."""
    for words in (1, 2, 3):
        needed = 1.5 - 0.8**words
        found = SCHEME.required_at_words(words)
        assert found == pytest.approx(needed, abs=1e-12) if needed < 1 else found == IMPOSSIBLE


def test_bounding_the_others(bounds):
    """p_lower - (1 - beta^d) > p_upper + (1 - beta^d)."""
    assert SCHEME.region(bounds(0.75, 0.05)).most == 1
    assert SCHEME.region(bounds(0.75)).most == 1
    assert SCHEME.region(bounds(0.85)).most == 1
    assert SCHEME.region(bounds(0.85, 0.1)).most == 2


def test_words_and_distance():
    assert SCHEME.noise_in_words() == (
        "each word masked with probability 0.8, decided by majority vote"
    )
    assert SCHEME.noise().total_variation(10) == 10 * 2 * 2.0**-63
