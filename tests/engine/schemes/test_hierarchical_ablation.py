import pytest
import torch

from engine.schemes import Ablation, HierarchicalAblation
from engine.schemes.base import IMPOSSIBLE

SCHEME = HierarchicalAblation(p=0.9)


def test_the_lower_level_costs_delta(bounds):
    """Certified iff p_lower - (1 - 0.9^r) > 1/2."""
    for p_lower in (0.55, 0.7, 0.85, 0.99, 1 - 1e-12):
        most = SCHEME.region(bounds(p_lower)).most
        assert p_lower - (1 - 0.9**most) > 0.5 >= p_lower - (1 - 0.9 ** (most + 1))


def test_it_is_independent_ablation(bounds):
    other = Ablation(p=0.9)
    for one in (bounds(0.7), bounds(0.9, 0.02), bounds(0.5)):
        assert SCHEME.region(one) == other.region(one)
    for r in range(9):
        assert SCHEME.required_probability({"entities": r}) == other.required_probability(
            {"entities": r}
        )


def test_required_probability():
    assert SCHEME.required_probability({"entities": 0}) == 0.5
    assert SCHEME.required_probability({"entities": 3}) == pytest.approx(1.5 - 0.9**3)
    assert SCHEME.required_probability({"entities": 7}) == IMPOSSIBLE


def test_a_rare_centre_is_attacked_first(bounds):
    scheme = HierarchicalAblation(p=0.9, centre=1, p_centre=0.7)
    assert scheme.required_probability({"entities": 2}) == pytest.approx(1.5 - 0.7 * 0.9)


@pytest.mark.parametrize("shape", [(3, 4, 4), (10, 6)])
def test_the_noise_law(shape, draw):
    x = 0.1 + torch.rand(shape, generator=torch.Generator().manual_seed(0))
    told = SCHEME.layouts(shape)["indicator"]
    out = draw(SCHEME, x, 20_000, shape=told)
    image = len(shape) == 3
    mask = (out[:, -1] if image else out[..., -1]).flatten(1)
    values = out[:, :3].flatten(2) if image else out[..., :6].transpose(1, 2)
    full = x.flatten(1) if image else x.T
    assert torch.equal(values, full * (1 - mask[:, None]))
    assert (mask.double().mean(0) - 0.9).abs().max() < 0.011
    pairs = torch.corrcoef(mask.T.double()) - torch.eye(mask.shape[1])
    assert pairs.abs().max() < 0.045
    assert torch.equal(draw(SCHEME, x, 1000, batch=64), draw(SCHEME, x, 1000))


def test_words():
    assert SCHEME.noise_in_words() == "ablation: each pixel or node taken away with probability 0.9"
    assert SCHEME.noise().total_variation(64) == 64 * 2.0**-62
