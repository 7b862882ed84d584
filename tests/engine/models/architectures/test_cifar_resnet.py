from __future__ import annotations

import pytest
import torch

from engine.models.architectures.cifar_resnet import CifarResNet


@pytest.mark.parametrize(
    ("depth", "keys", "parameters"), [(20, 128, 272_474), (110, 668, 1_730_714)]
)
def test_sizes_of_the_published_checkpoints(depth, keys, parameters):
    """Counted in the checkpoints of Cohen et al. 2019."""
    network = CifarResNet(depth=depth)
    assert len(network.state_dict()) == keys
    assert sum(p.numel() for p in network.parameters()) == parameters
    assert "layer2.0.downsample.0.weight" in network.state_dict()


def test_logits():
    assert CifarResNet(depth=8, classes=7, channels=1)(torch.rand(2, 1, 32, 32)).shape == (2, 7)


@pytest.mark.parametrize("depth", [2, 21])
def test_other_depths_do_not_exist(depth):
    with pytest.raises(ValueError, match="6k"):
        CifarResNet(depth=depth)
