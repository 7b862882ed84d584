import math

import pytest
import torch
from scipy.stats import chisquare, kstest

from engine.noise.gaussian import NoiseStream, Stream, noise_key
from tests.engine.noise.test_philox import reference


def drawn(key: int, stream: int, start: int, size: int, shape: tuple[int, ...] = (3, 5, 5)):
    return NoiseStream(key, stream).normal_(torch.empty((size, *shape)), start=start)


def test_does_not_depend_on_batch_or_order():
    whole = drawn(9, 2, 0, 130)
    pieces = torch.cat([drawn(9, 2, 0, 17), drawn(9, 2, 17, 47), drawn(9, 2, 64, 66)])
    assert torch.equal(whole, pieces)
    one = NoiseStream(9, 2)
    backwards = [one.normal_(torch.empty(1, 3, 5, 5), start=i).clone() for i in (129, 5, 0)]
    assert torch.equal(torch.cat(backwards), whole[[129, 5, 0]])


def test_equals_plain_python_box_muller():
    """Element 4j + i of sample s from the words of counter (j, s low, s high, stream)."""
    sample, key = 2**32 + 5, 0x0123456789ABCDEF
    found = drawn(key, 7, sample, 1, shape=(10,))[0]
    words_key = [key & 0xFFFFFFFF, key >> 32]
    expected = []
    for block in range(3):
        w = reference([block, sample & 0xFFFFFFFF, sample >> 32, 7], words_key)
        for r_word, t_word in ((w[0], w[1]), (w[2], w[3])):
            r = math.sqrt(-2 * math.log((r_word + 1) / 2**32))
            t = 2 * math.pi * t_word / 2**32
            expected += [r * math.cos(t), r * math.sin(t)]
    assert found.tolist() == pytest.approx(expected[:10], abs=2e-6)


def test_streams_and_keys_differ():
    base = drawn(1, Stream.SELECTION, 0, 4)
    assert not torch.equal(base, drawn(1, Stream.ESTIMATION, 0, 4))
    assert not torch.equal(base, drawn(2, Stream.SELECTION, 0, 4))


def test_key_depends_on_everything_that_is_certified():
    keys = {
        noise_key(0, "model", "input", "scheme"),
        noise_key(1, "model", "input", "scheme"),
        noise_key(0, "other", "input", "scheme"),
        noise_key(0, "model", "other", "scheme"),
        noise_key(0, "model", "input", "other"),
    }
    assert len(keys) == 5
    assert all(0 <= key < 2**64 for key in keys)


@pytest.mark.statistics
def test_standard_normal():
    z = drawn(11, 1, 0, 20000, shape=(64,)).double()
    flat = z.flatten()
    assert kstest(flat[:200_000].numpy(), "norm").pvalue > 1e-4
    assert abs(float(flat.mean())) < 5 / math.sqrt(flat.numel())
    assert abs(float(flat.var()) - 1) < 5 * math.sqrt(2 / flat.numel())
    radius2 = z.pow(2).sum(1)
    assert kstest(radius2.numpy(), "chi2", args=(64,)).pvalue > 1e-4
    signs = torch.stack([(flat > 0).sum(), (flat < 0).sum()]).numpy()
    assert chisquare(signs).pvalue > 1e-4
