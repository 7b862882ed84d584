import pytest
import torch
from torch import nn

from engine.core.errors import UserError
from engine.schemes import Gaussian
from engine.schemes.ablation import Ablation
from engine.schemes.contrast_brightness import ContrastBrightness
from engine.training.step import Step


def step(scheme, network=None) -> Step:
    return Step(network or nn.Flatten(), scheme, torch.Generator().manual_seed(0))


def test_added_noise_does_not_depend_on_the_image():
    x = torch.rand(3, 1, 4, 4)
    noises = step(Gaussian(sigma=0.5)).noises(x, 2)
    assert noises.shape == (6, 1, 4, 4)
    torch.testing.assert_close(
        x.repeat(2, 1, 1, 1) + noises, step(Gaussian(sigma=0.5)).noisy(x.repeat(2, 1, 1, 1))
    )


def test_an_image_without_noise_is_laid_out_as_the_network_takes_it():
    x = torch.rand(2, 1, 4, 4)
    shown = step(Ablation()).clean(x)
    assert torch.equal(shown, torch.cat([x, 1 - x], 1))
    assert torch.equal(step(Gaussian()).clean(x), x)


def test_only_one_strength_is_a_sigma():
    assert step(Gaussian(sigma=0.5)).sigma == 0.5
    with pytest.raises(UserError, match="contrast-brightness has no single strength"):
        assert step(ContrastBrightness(sigma_k=0.2, sigma_b=0.3)).sigma


def test_a_frozen_network_is_what_it_was_afterwards():
    network = nn.Sequential(nn.Flatten(), nn.Linear(4, 2), nn.BatchNorm1d(2))
    network[1].bias.requires_grad_(requires_grad=False)
    one = step(Gaussian(), network.train())
    with one.frozen():
        assert not network.training and not any(p.requires_grad for p in network.parameters())
        before = network[2].running_mean.clone()
        one.scores(torch.rand(3, 1, 2, 2))
        assert torch.equal(network[2].running_mean, before)
    assert network.training and network[1].weight.requires_grad
    assert not network[1].bias.requires_grad
