"""Architectures that are known here as lists of layers, filled with the tensors of a file."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

import numpy as np
import numpy.typing as npt

from engine.core.errors import UserError
from engine.exact.network import Network
from engine.exact.operations import Convolution, Dense, Flatten, Floats, Operation, Relu
from engine.models.networks.residual import KNOWN, residual

Tensors = Mapping[str, npt.NDArray[np.generic]]
READ = (
    "convolutions, linear layers, ReLU, average and max pooling, batch normalisation, flattening "
    "and sums of two results"
)
"""What layers are read."""


def network_of(architecture: str, tensors: Tensors, shape: tuple[int, int, int]) -> Network:
    """The network of an architecture, filled with tensors by name.

    Args:
        architecture: its name, as in evidence.
        tensors: of its file; widths of layers are theirs.
        shape: (channels, height, width) of an image.

    Raises:
        UserError: it is not known as a list of layers.
        ValueError: tensors and shape do not fit together.
        KeyError: a tensor is missing.
    """
    plan = PLANS.get(architecture)
    if plan is None and not KNOWN.fullmatch(architecture):
        raise UserError(
            f"The architecture {architecture} is not read layer by layer: an exact map takes "
            f"{', '.join(PLANS)}, residual networks for CIFAR-10 (cifar_resnet20), and ONNX files "
            f"of {READ}."
        )
    numbers = {name: _as_float64(one) for name, one in tensors.items()}
    return residual(numbers, shape) if plan is None else Network.chain(shape, plan(numbers))


def _keypoints(tensors: Mapping[str, Floats]) -> Sequence[Operation]:
    """As ``architectures.keypoint_cnn``."""
    return (
        convolution(tensors, "conv1", 2),
        Relu(),
        convolution(tensors, "conv2", 2),
        Relu(),
        convolution(tensors, "conv3", 1),
        Relu(),
        convolution(tensors, "output", 1),
    )


def _digits(tensors: Mapping[str, Floats], stride: int = 1) -> Sequence[Operation]:
    """As ``architectures.digits_cnn``."""
    return (
        convolution(tensors, "conv1", stride),
        Relu(),
        convolution(tensors, "conv2", 2),
        Relu(),
        Flatten(),
        Dense(tensors["hidden.weight"], tensors["hidden.bias"]),
        Relu(),
        Dense(tensors["output.weight"], tensors["output.bias"]),
    )


def _large_digits(tensors: Mapping[str, Floats]) -> Sequence[Operation]:
    """Its first convolution takes every second pixel."""
    return _digits(tensors, 2)


PLANS: dict[str, Callable[[Mapping[str, Floats]], Sequence[Operation]]] = {
    "keypoint_cnn": _keypoints,
    "digits_cnn": _digits,
    "digits_cnn16": _large_digits,
}
"""By name of architecture."""


def convolution(tensors: Mapping[str, Floats], name: str, stride: int) -> Convolution:
    """A convolution padded by one pixel, with its bias."""
    weight, bias = tensors[f"{name}.weight"], tensors[f"{name}.bias"]
    return Convolution(weight, bias, (stride, stride), (1, 1, 1, 1))


def _as_float64(tensor: npt.NDArray[np.generic]) -> Floats:
    return np.ascontiguousarray(tensor, dtype=np.float64)
