"""Every plan computes what its torch network computes."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from torch import nn

from engine.core.errors import UserError
from engine.models.architectures.digits_cnn import DigitsCNN
from engine.models.architectures.keypoint_cnn import KeypointCNN
from engine.models.networks.plans import PLANS, network_of

NETWORKS: dict[str, tuple[nn.Module, tuple[int, int, int]]] = {
    "keypoint_cnn": (KeypointCNN(2), (1, 32, 32)),
    "digits_cnn": (DigitsCNN(), (1, 8, 8)),
    "digits_cnn16": (DigitsCNN(large=True), (1, 16, 16)),
}


@pytest.mark.parametrize("name", PLANS)
def test_a_plan_is_the_network(name: str) -> None:
    module, shape = NETWORKS[name]
    tensors = {key: one.numpy() for key, one in module.state_dict().items()}
    network = network_of(name, tensors, shape)
    x = np.random.default_rng(0).uniform(size=(4, *shape))
    with torch.no_grad():
        expected = module.double()(torch.from_numpy(x)).numpy()
    assert network.output_shape == expected.shape[1:]
    assert np.allclose(network.values(x), expected, atol=1e-12)


def test_narrower_layers_are_read_as_they_are() -> None:
    tensors = {
        "conv1.weight": np.ones((3, 1, 3, 3)), "conv1.bias": np.zeros(3),
        "conv2.weight": np.ones((5, 3, 3, 3)), "conv2.bias": np.zeros(5),
        "conv3.weight": np.ones((4, 5, 3, 3)), "conv3.bias": np.zeros(4),
        "output.weight": np.ones((1, 4, 3, 3)), "output.bias": np.zeros(1),
    }  # fmt: skip
    network = network_of("keypoint_cnn", tensors, (1, 32, 32))
    assert network.output_shape == (1, 8, 8) and network.work < 100_000


def test_another_architecture_is_refused_with_what_would_work() -> None:
    with pytest.raises(UserError, match=r"resnet50 is not read layer by layer: .*keypoint_cnn"):
        network_of("resnet50", {}, (3, 224, 224))
