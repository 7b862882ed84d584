"""The three networks that are timed; random weights do as well as trained ones for speed."""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import nn

from bench.reference import RepeatingNormalize
from engine.core.records import ModelIdentity
from engine.models.architectures import by_name
from engine.models.named_normalizations import NAMED
from engine.models.normalize import Normalization
from engine.models.torch_classifier import TorchClassifier

SIGMA = 0.25


@dataclass(frozen=True)
class Subject:
    """A network with its input.

    Attributes:
        title: for the table.
        arch, normalize: as on the command line.
        classes: number of them.
        batch: of the reference loop: 1,000 as published, less where memory is the limit.
        first: shape of the first convolution's weights; it tells the channels of the input.
    """

    title: str
    arch: str
    normalize: str
    classes: int
    batch: int
    first: tuple[int, int, int, int]

    def network(self) -> tuple[nn.Module, tuple[int, int, int]]:
        """A fresh network, the same on every call, and the shape of its input."""
        torch.manual_seed(0)
        architecture = by_name(self.arch, {"conv1.weight": self.first})
        return architecture.build(self.classes).eval(), architecture.input_shape

    def ours(self) -> TorchClassifier:
        """The network as Certiscope loads it."""
        network, shape = self.network()
        mean, std = NAMED[self.normalize]
        layer = Normalization(self.normalize, mean, std, "given")
        identity = ModelIdentity(
            name=self.title,
            source="bench",
            format="state_dict",
            sha256="0" * 64,
            architecture=self.arch,
            class_names=tuple(str(index) for index in range(self.classes)),
            input_shape=shape,
            normalization=layer.words,
        )
        return TorchClassifier(network, layer, identity)

    def theirs(self) -> nn.Module:
        """The network behind the reference's normalisation layer."""
        network, _shape = self.network()
        mean, std = NAMED[self.normalize]
        return nn.Sequential(RepeatingNormalize(mean, std), network) if mean else network

    def input(self) -> torch.Tensor:
        """An image, float32 in [0, 1]."""
        _network, shape = self.network()
        return torch.rand(shape, generator=torch.Generator().manual_seed(1))


SUBJECTS = (
    Subject("digits CNN 8x8", "digits_cnn", "none", 10, 1000, (32, 1, 3, 3)),
    Subject("CIFAR ResNet-20 32x32", "cifar_resnet20", "cifar10", 10, 1000, (16, 3, 3, 3)),
    Subject("ResNet-50 224x224", "resnet50", "imagenet", 1000, 32, (64, 3, 7, 7)),
)
