"""Residual networks of stages and blocks as lists of layers, by the names of their tensors."""

from __future__ import annotations

import re
from collections.abc import Mapping

import numpy as np

from engine.exact.network import Network, Step
from engine.exact.operations import (
    Add,
    AveragePool,
    Convolution,
    Dense,
    Flatten,
    Floats,
    Operation,
    Relu,
    Scale,
)

KNOWN = re.compile(r"(cifar|digits)_resnet\d+(_option_a|_wide)?")
"""Names of the architectures that are read so."""
_EPSILON = 1e-5
"""Of torch's batch normalisation."""


def residual(tensors: Mapping[str, Floats], shape: tuple[int, int, int]) -> Network:
    """As ``architectures.cifar_resnet`` and ``architectures.cifar_variants``.

    Args:
        tensors: by name; stages, blocks and widths are theirs.
        shape: (channels, height, width) of an image.

    Raises:
        KeyError: a tensor is missing.
        ValueError: tensors and shape do not fit together.
    """
    layers = _Layers(tensors)
    at = layers.then(0, layers.convolved("conv1"), *layers.normalized("bn1"), Relu())
    blocks = {match[0] for name in tensors if (match := re.match(r"layer\d+\.\d+\.", name))}
    for block in sorted(blocks, key=_place):
        at = layers.block(at, block)
    side = Network(shape, tuple(layers.steps)).shapes[at]
    mean = AveragePool((side[0], side[1]), (1, 1), (0, 0, 0, 0))
    head = "fc" if "fc.weight" in tensors else "linear"
    last = Dense(tensors[f"{head}.weight"], tensors[f"{head}.bias"])
    layers.then(at, mean, Flatten(), last)
    found = Network(shape, tuple(layers.steps))
    assert found.shapes  # they fit
    return found


def _place(block: str) -> tuple[int, ...]:
    """Stage and number of ``layer2.0.``."""
    return tuple(int(number) for number in re.findall(r"\d+", block))


class _Layers:
    """Steps as they are added."""

    def __init__(self, tensors: Mapping[str, Floats]) -> None:
        self.tensors = tensors
        self.steps: list[Step] = []

    def then(self, at: int, *operations: Operation) -> int:
        """Some operations after the result ``at``; the last one's result."""
        for operation in operations:
            self.steps.append(Step(operation, (at,)))
            at = len(self.steps)
        return at

    def block(self, at: int, name: str) -> int:
        """Two or three convolutions with fixed statistics, and a shortcut.

        The first block of every stage but the first takes every other pixel, in the first of its
        convolutions that is wider than a pixel.
        """
        stage, number = _place(name)
        count = sum(f"{name}conv{i}.weight" in self.tensors for i in (1, 2, 3))
        stride = 2 if stage > 1 and number == 0 else 1
        y = at
        for i in range(1, count + 1):
            step = stride if i == (2 if count == 3 else 1) else 1
            y = self.then(y, self.convolved(f"{name}conv{i}", step))
            y = self.then(y, *self.normalized(f"{name}bn{i}"))
            y = y if i == count else self.then(y, Relu())
        self.steps.append(Step(Add(), (y, self._shortcut(at, name, stride, count))))
        return self.then(len(self.steps), Relu())

    def _shortcut(self, at: int, name: str, stride: int, count: int) -> int:
        for kind in ("downsample", "shortcut"):
            if f"{name}{kind}.0.weight" in self.tensors:
                own = f"{name}{kind}."
                at = self.then(at, self.convolved(f"{own}0", stride))
                return self.then(at, *self.normalized(f"{own}1"))
        given = self.tensors[f"{name}conv1.weight"].shape[1]
        out = len(self.tensors[f"{name}conv{count}.weight"])
        if stride == 1 and given == out:
            return at
        return self.then(at, _subsampled(given, out, stride))

    def convolved(self, name: str, stride: int = 1) -> Convolution:
        """Without a bias, padded so that a stride of 1 keeps the size."""
        weight = self.tensors[f"{name}.weight"]
        pad = weight.shape[2] // 2
        return Convolution(weight, np.zeros(len(weight)), (stride, stride), (pad, pad, pad, pad))

    def normalized(self, name: str) -> tuple[Operation, Operation]:
        """Batch normalisation with its fixed statistics, the mean first."""
        scale, shift, mean, variance = (
            self.tensors[f"{name}.{part}"]
            for part in ("weight", "bias", "running_mean", "running_var")
        )
        # one after the other: shift - mean factor may lose more than the bounds of a layer allow
        return Scale(np.ones(1), -mean), Scale(scale / np.sqrt(variance + _EPSILON), shift)


def _subsampled(given: int, out: int, stride: int) -> Convolution:
    """Every other pixel, with zeros for the channels that are new, as many before as after."""
    weight = np.zeros((out, given, 1, 1))
    before = (out - given) // 2
    weight[np.arange(given) + before, np.arange(given)] = 1.0
    return Convolution(weight, np.zeros(out), (stride, stride), (0, 0, 0, 0))
