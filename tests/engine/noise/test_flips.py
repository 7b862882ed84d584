import math

import pytest
import torch

from engine.noise.flips import flip
from engine.noise.gaussian import NoiseStream

N = 40_000


def flipped(x: torch.Tensor, **rates) -> torch.Tensor:
    out = torch.empty(N, *x.shape)
    flip(x, NoiseStream(5, 1), 0, out, **rates)
    return out


@pytest.mark.parametrize("shape", [(6,), (2, 3), (1, 2, 3)])
def test_zeros_and_ones_flip_at_their_own_rates(shape):
    x = torch.tensor([0.0, 1, 0, 1, 1, 0]).view(shape)
    out = flipped(x, p_plus=0.1, p_minus=0.7)
    assert set(out.unique().tolist()) == {0.0, 1.0}
    changed = (out != x).double().flatten(1)
    rates = torch.where(x.flatten() > 0, 0.7, 0.1).double()
    assert (changed.mean(0) - rates).abs().max() < 5 * math.sqrt(0.25 / N)
    together = torch.cov(changed.T) - torch.diag(rates * (1 - rates))
    assert together.abs().max() < 6 * 0.25 / math.sqrt(N)


def test_no_noise_and_all_noise():
    x = torch.tensor([0.0, 1.0])
    assert torch.equal(flipped(x, p_plus=0.0, p_minus=0.0), x.expand(N, 2))
    assert torch.equal(flipped(x, p_plus=1.0, p_minus=1.0), (1 - x).expand(N, 2))


def test_categories_are_left_for_each_other_one_alike():
    x = torch.tensor([0.0, 2.0])
    out = flipped(x, p_plus=0.3, p_minus=0.6, categories=4).long()
    shares = torch.stack([torch.bincount(out[:, i], minlength=4) for i in (0, 1)]).double() / N
    expected = torch.tensor([[0.7, 0.1, 0.1, 0.1], [0.2, 0.2, 0.4, 0.2]], dtype=torch.float64)
    assert (shares - expected).abs().max() < 5 * math.sqrt(0.25 / N)


def test_an_images_categories_lie_between_0_and_1():
    x = torch.tensor([[[0.0, 0.5, 1.0]]])
    out = flipped(x, p_plus=0.3, p_minus=0.6, categories=3)
    assert set(out.unique().tolist()) == {0.0, 0.5, 1.0}
    assert (out[:, 0, 0, 1] == 0.5).double().mean() == pytest.approx(0.4, abs=0.02)


def test_other_values_count_as_the_nearest():
    x = torch.tensor([0.2, 0.9, -3.0, 7.0])
    out = flipped(x, p_plus=0.0, p_minus=0.0)
    assert torch.equal(out[0], torch.tensor([0.0, 1.0, 0.0, 1.0]))


def test_a_sample_depends_on_its_index_alone():
    x = (torch.rand(9, 5, generator=torch.Generator().manual_seed(1)) > 0.5).float()
    whole = torch.empty(500, 9, 5)
    flip(x, NoiseStream(5, 1), 0, whole, p_plus=0.2, p_minus=0.5, categories=3)
    part = torch.empty(64, 9, 5)
    flip(x, NoiseStream(5, 1), 321, part, p_plus=0.2, p_minus=0.5, categories=3)
    assert torch.equal(part, whole[321:385])
