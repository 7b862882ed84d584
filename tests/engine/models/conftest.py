"""Small models in the layouts of published checkpoints."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
import torch
from torch import nn

from engine.models import architectures


def lively(network: nn.Module) -> nn.Module:
    """Give batch normalisation statistics that matter, as training would."""
    generator = torch.Generator().manual_seed(1)
    for module in network.modules():
        if isinstance(module, nn.BatchNorm2d):
            module.running_mean.normal_(0, 0.1, generator=generator)
            module.running_var.uniform_(0.5, 1.5, generator=generator)
            module.weight.data.uniform_(0.5, 1.0, generator=generator)
            module.bias.data.normal_(0, 0.1, generator=generator)
    return network.eval().requires_grad_(False)


@pytest.fixture
def network() -> Callable[[str, int], nn.Module]:
    """A network of known weights by architecture and number of classes."""

    def make(name: str, classes: int) -> nn.Module:
        torch.manual_seed(0)
        return lively(architectures.by_name(name, {}).build(classes))

    return make


@pytest.fixture
def cohen(tmp_path: Path, network: Callable[[str, int], nn.Module]) -> Callable[..., Path]:
    """A CIFAR ResNet-20 in the layout of Cohen et al. 2019, optionally below other folders."""

    def write(folder: str = "cifar10/resnet20/noise_0.25", **changes: object) -> Path:
        weights = network("cifar_resnet20", 10).state_dict()
        content = {
            "epoch": 90,
            "arch": "cifar_resnet20",
            "state_dict": {f"1.{key}": value for key, value in weights.items()},
            "optimizer": {"state": {}, "param_groups": []},
        }
        path = tmp_path / folder / "checkpoint.pth.tar"
        path.parent.mkdir(parents=True, exist_ok=True)
        torch.save(content | changes, path)
        return path

    return write
