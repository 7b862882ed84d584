"""Hidden layers of a detector: their channels, what these answer, and a network without some."""

from __future__ import annotations

from collections.abc import Mapping

import torch
from torch import nn

from engine.core.errors import UserError
from engine.demos.data.aircraft import KEYPOINTS
from engine.models import ModelRequest, load_model
from engine.models.architectures.keypoint_cnn import KeypointCNN
from engine.models.outputs import OutputsClassifier
from engine.models.torch_classifier import TorchClassifier

HIDDEN = ("conv1", "conv2", "conv3")
"""The layers whose channels may go; the last layer has one for each keypoint."""

Kept = Mapping[str, torch.Tensor]
"""Indices of the channels that stay, in rising order, by layer."""


def detector(spec: str) -> KeypointCNN:
    """A copy of a detector of drawn aircraft, to be pruned.

    Raises:
        UserError: the model does not open, or is another network than the lab has images for.
    """
    opened = load_model(ModelRequest(spec))
    inner = opened.inner if isinstance(opened, OutputsClassifier) else opened
    network = inner.network if isinstance(inner, TorchClassifier) else None
    if (
        not isinstance(network, KeypointCNN)
        or network.conv1.in_channels != 1
        or network.output.out_channels != len(KEYPOINTS)
        or opened.identity.normalization != "none"
    ):
        raise UserError(
            f"{spec} is {opened.identity.architecture}; the lab prunes detectors of the "
            "architecture keypoint_cnn that find nose, tail and left wing tip of drawn aircraft, "
            "since it tunes them on such images: take demo:aircraft, or a file that the lab wrote."
        )
    return copied(network)


def copied(network: nn.Module) -> KeypointCNN:
    """The same network, whose weights can be tuned."""
    return without(network, {name: torch.arange(n) for name, n in widths(network).items()})


def widths(network: nn.Module) -> dict[str, int]:
    """Channels of each hidden layer."""
    return {name: len(kernel(network, name)) for name in HIDDEN}


def kernel(network: nn.Module, name: str) -> torch.Tensor:
    """The weights (out, in, 3, 3) of a layer."""
    return network.get_parameter(f"{name}.weight")


def weights(network: nn.Module) -> int:
    """Numbers that the network has learned."""
    return sum(p.numel() for p in network.parameters())


def activations(network: nn.Module, images: torch.Tensor) -> dict[str, torch.Tensor]:
    """(B, C, h, w) after the ReLU of each hidden layer; gradients reach the weights."""
    found, x = dict[str, torch.Tensor](), images
    for name in HIDDEN:
        x = torch.relu(network.get_submodule(name)(x))
        found[name] = x
    return found


def without(network: nn.Module, kept: Kept) -> KeypointCNN:
    """A smaller network that has only the channels that stay.

    It computes what the network would if the others answered 0 everywhere: each goes with its
    filter, its bias, and its place in the filters of the next layer.

    Args:
        network: is left as it is.
        kept: at least one channel of each hidden layer.
    """
    state = {name: tensor.detach().clone() for name, tensor in network.state_dict().items()}
    following = dict(zip(HIDDEN, (*HIDDEN[1:], "output"), strict=True))
    for name, after in following.items():
        for part in ("weight", "bias"):
            state[f"{name}.{part}"] = state[f"{name}.{part}"][kept[name]]
        state[f"{after}.weight"] = state[f"{after}.weight"][:, kept[name]]
    first, second, third = (len(kept[name]) for name in HIDDEN)
    smaller = KeypointCNN(
        len(state["output.bias"]), state["conv1.weight"].shape[1], (first, second, third)
    )
    smaller.load_state_dict(state)
    return smaller.eval()
