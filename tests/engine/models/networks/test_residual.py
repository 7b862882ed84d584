"""Residual networks as lists of layers compute what their torch networks compute."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from torch import nn

from engine.exact.light import Light
from engine.exact.linear_bounds import Forms, propagated
from engine.models import ModelRequest, load_model
from engine.models.architectures.cifar_resnet import CifarResNet
from engine.models.architectures.cifar_variants import OptionA, WideStem
from engine.models.networks.checked import read_network
from engine.models.networks.plans import network_of

NETWORKS: dict[str, tuple[nn.Module, tuple[int, int, int]]] = {
    "digits_resnet8": (CifarResNet(depth=8, channels=1, side=16), (1, 16, 16)),
    "cifar_resnet14": (CifarResNet(depth=14), (3, 32, 32)),
    "cifar_resnet8_option_a": (OptionA(depth=8), (3, 32, 32)),
    "cifar_resnet50_wide": (WideStem(depth=50), (3, 32, 32)),
}


def stirred(module: nn.Module) -> nn.Module:
    """The network with statistics that differ from channel to channel."""
    generator = torch.Generator().manual_seed(3)
    for name, one in module.state_dict().items():
        if name.endswith(("running_mean", "bias")):
            one.copy_(torch.randn(one.shape, generator=generator) / 4)
        elif name.endswith("running_var"):
            one.copy_(torch.rand(one.shape, generator=generator) + 0.5)
    return module.double().eval()


@pytest.mark.walk
@pytest.mark.parametrize("name", NETWORKS)
def test_it_is_the_network(name: str) -> None:
    module, shape = NETWORKS[name]
    tensors = {key: one.numpy() for key, one in stirred(module).state_dict().items()}
    network = network_of(name, tensors, shape)
    x = np.random.default_rng(0).uniform(size=(2, *shape))
    with torch.no_grad():
        expected = module(torch.from_numpy(x)).numpy()
    scale = np.abs(expected).max()
    assert np.allclose(network.values(x), expected, atol=1e-10 * scale)


def test_true_outputs_lie_within_its_bounds() -> None:
    classifier = load_model(ModelRequest("demo:digits-clean"))
    classifier.prepare(torch.device("cpu"), "fp32")
    network = read_network(classifier, torch.device("cpu")).network  # compared with torch there
    rng = np.random.default_rng(1)
    form = np.stack([rng.uniform(size=(1, 16, 16)), *rng.normal(scale=2e-5, size=(2, 1, 16, 16))])
    t = rng.uniform(-1, 1, (500, 2))
    outputs = network.values(form[0] + np.tensordot(t, form[1:], axes=1))
    given = Forms(form[:, None], form[:, None])
    for forms in (given, given.narrowed()):
        found = propagated(network, forms)
        assert (found.least <= outputs).all() and (outputs <= found.most).all()
    found = propagated(network, given)
    assert (found.most - found.least).max() < 1.5


def test_so_deep_a_network_is_bounded_in_float64() -> None:
    classifier = load_model(ModelRequest("demo:digits-clean"))
    classifier.prepare(torch.device("cpu"), "fp32")
    model = read_network(classifier, torch.device("cpu"))
    x = np.random.default_rng(1).uniform(size=(1, 16, 16))
    problem, _ = model.problem(x, Light("linear", 0.001, 0.001))
    assert problem.behind.narrow and problem.lost == float("inf")
