"""A network as a graph computes the same, with what is written in place and around it."""

from __future__ import annotations

from typing import Any

import pytest
import torch
from torch import nn
from torch.nn import functional

from engine.models.tracing import trace


class Writing(nn.Module):
    """Writes into a part of its argument's copy, where an image is bright."""

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        x = x.clone()
        part = x[:, :1]
        part += functional.relu(part - 5)
        part *= 2
        part -= 1
        part /= 4
        return x.flatten(1)


def test_what_is_written_in_place_is_written_in_a_graph_too() -> None:
    x = torch.rand(2, 3, 2, 2) + torch.tensor([0.0, 9.0])[:, None, None, None]
    assert torch.equal(trace(Writing())(x), Writing()(x))


def hooked(network: nn.Module) -> nn.Module:
    """Clipped by a hook."""

    def clip(module: nn.Module, given: Any, found: torch.Tensor) -> torch.Tensor:
        return found.clamp(max=3)

    network.register_forward_hook(clip)
    return network


def hooked_before(network: nn.Module) -> nn.Module:
    """Clipped by a hook on its argument."""

    def clip(module: nn.Module, given: Any) -> torch.Tensor:
        return given[0].clamp(max=3)

    network.register_forward_pre_hook(clip)
    return network


def replaced(network: nn.Module) -> nn.Module:
    """With another forward than that of its class."""
    network.forward = lambda x: x.flatten(1).clamp(max=3)
    return network


class Calling(nn.Flatten):
    """Clips where it is called."""

    def __call__(self, x: torch.Tensor) -> torch.Tensor:
        return super().__call__(x).clamp(max=3)


@pytest.mark.parametrize(
    "network",
    [
        hooked(nn.Sequential(nn.Flatten())),
        hooked_before(nn.Sequential(nn.Flatten())),
        replaced(nn.Sequential(nn.Flatten())),
        Calling(),
    ],
)
def test_what_is_around_a_network_is_not_left_out(network: nn.Module) -> None:
    with pytest.raises(NotImplementedError):
        trace(network)


def test_what_is_hooked_to_every_layer_is_not_left_out() -> None:
    handle = nn.modules.module.register_module_forward_hook(lambda module, given, found: None)
    try:
        with pytest.raises(NotImplementedError):
            trace(nn.Sequential(nn.Flatten()))
    finally:
        handle.remove()


class Asking(nn.Module):
    """Looks at its data, after it has asked whether there are any."""

    def __init__(self, *, officially: bool) -> None:
        super().__init__()
        self.officially = officially

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        known = torch.is_tensor(x) if self.officially else isinstance(x, torch.Tensor)
        if known and bool((x > 5).any()):
            x = -x
        return x.flatten(1)


@pytest.mark.parametrize("officially", [False, True])
def test_what_a_network_does_with_tensors_alone_is_not_left_out(*, officially: bool) -> None:
    with pytest.raises(torch.fx.proxy.TraceError):
        trace(Asking(officially=officially))
