import math

import pytest
import torch

from engine.noise.gaussian import NoiseStream
from engine.schemes.text_uniform import TextUniform

SCHEME = TextUniform(beta=0.6, vocabulary=7)


def drawn(scheme: TextUniform, tokens: torch.Tensor, samples: int, start: int = 0) -> torch.Tensor:
    out = torch.empty((samples, *tokens.shape), dtype=torch.int64)
    scheme.noise().draw(tokens, NoiseStream(1, 1), start, out)
    return out


def test_noise_law():
    out = drawn(SCHEME, torch.tensor([2] * 8), 20_000)
    shares = torch.bincount(out.flatten(), minlength=7).double() / out.numel()
    for symbol, share in enumerate(shares.tolist()):
        expected = 0.4 if symbol == 2 else 0.1
        assert share == pytest.approx(expected, abs=6 * math.sqrt(expected / out.numel()))


def test_a_sample_does_not_depend_on_the_batch():
    tokens = torch.arange(5)
    assert torch.equal(drawn(SCHEME, tokens, 50)[30:], drawn(SCHEME, tokens, 20, 30))


def test_the_worst_classifier_is_no_worse_than_certified(bounds):
    """It accepts texts that look less like the changed one: 200,000 draws of both laws."""
    scheme = TextUniform(beta=0.6, vocabulary=7)
    clean, changed = torch.tensor([0, 0]), torch.tensor([1, 1])

    def share(tokens: torch.Tensor, cut: int) -> float:
        out = drawn(scheme, tokens, 200_000)
        m = (out == 1).sum(dim=1) - (out == 0).sum(dim=1)
        return float((m <= cut).double().mean())

    p, q = share(clean, 0), share(changed, 0)
    needed = scheme.required_probability({"words": 2.0})
    atoms = scheme.kernel().atoms(2)
    assert p == pytest.approx(float(atoms.clean[:3].sum()), abs=0.006)
    assert q == pytest.approx(float(atoms.changed[:3].sum()), abs=0.006)
    assert (q >= 0.5) == (p >= needed)


def test_words_and_distance():
    assert SCHEME.noise_in_words() == (
        "each word replaced with probability 0.6 by another of 7, decided by majority vote"
    )
    assert SCHEME.noise().total_variation(10) == 10 * 2 * 2.0**-63 + 10 * 6 * 2.0**-63
    assert SCHEME.noise().level is None
