"""A network as a graph computes the same, with what is written in place and around it."""

from __future__ import annotations

import builtins
import subprocess
import sys
import threading
from collections.abc import Callable
from typing import Any

import pytest
import torch
from torch import nn
from torch.nn import functional

from engine.models.tracing import Steps, trace


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


def test_the_names_of_its_file_are_as_before() -> None:
    with pytest.raises(torch.fx.proxy.TraceError):
        trace(Asking(officially=False))
    assert "isinstance" not in globals()
    assert torch.is_tensor(torch.ones(1))
    assert torch.is_tensor.__module__ == "torch"
    assert isinstance is builtins.isinstance


@pytest.mark.parametrize(
    "calls",
    [
        "torch.arange(x.shape[0])",
        "torch.zeros(x.shape[0], 1)",
        "torch.full((x.shape[0], 1), 2.0)",
        "torch.as_tensor(x.shape[0])",
    ],
)
def test_a_network_that_makes_tensors_by_a_batchs_size_does_not_end_the_program(calls: str) -> None:
    # in C++ torch takes what calls itself a tensor for the memory of one
    program = f"""
import torch
from torch import nn
from engine.models.tracing import trace

class Sized(nn.Module):
    def forward(self, x):
        return x.flatten(1) + {calls}.sum()

x = torch.rand(2, 3, 2, 2)
try:
    graph = trace(Sized())
except TypeError:
    print("none")
else:
    print("same" if torch.equal(graph(x), Sized()(x)) else "another")
"""
    given = [sys.executable, "-c", program]
    done = subprocess.run(given, capture_output=True, text=True, timeout=100, check=False)
    assert done.returncode == 0, done.stderr
    assert done.stdout.split() in (["none"], ["same"])


def by_type(x: torch.Tensor) -> torch.Tensor:
    """Clipped where it is a tensor and nothing else."""
    return x.clamp(max=3) if type(x) is torch.Tensor else x


def by_error(x: torch.Tensor) -> torch.Tensor:
    """Turned round where it is bright, if that can be told."""
    try:
        return -x if bool(x.max() > 3) else x
    except Exception:
        return x


def by_rounds(x: torch.Tensor) -> torch.Tensor:
    """Once more for every dimension of a tensor."""
    for _ in range(2 if type(x) is torch.Tensor else 1):
        x = x.clamp(max=3) * 2
    return x


class Otherwise(nn.Module):
    """Does something else with what stands for a tensor."""

    def __init__(self, how: Callable[[torch.Tensor], torch.Tensor]) -> None:
        super().__init__()
        self.how = how

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return self.how(x).flatten(1)


@pytest.mark.parametrize("how", [by_type, by_error, by_rounds])
def test_a_network_that_takes_another_way_for_a_tensor_is_not_traced(
    how: Callable[[torch.Tensor], torch.Tensor],
) -> None:
    network, x = Otherwise(how), torch.rand(2, 3, 2, 2)
    with Steps(network) as usual:
        network(x)
    with pytest.raises(NotImplementedError):
        trace(network, usual)


def test_one_that_takes_the_same_way_is() -> None:
    network, x = Otherwise(lambda x: x * 2), torch.rand(2, 3, 2, 2)
    with Steps(network) as usual:
        network(x)
    assert usual.taken
    assert torch.equal(trace(network, usual)(x), network(x))


def test_whoever_watched_the_thread_goes_on() -> None:
    before = sys.gettrace()
    with Steps(nn.Identity()):
        assert sys.gettrace() is not before
    assert sys.gettrace() is before


class Meanwhile(nn.Module):
    """Asks another network in another thread."""

    def __init__(self, other: nn.Module) -> None:
        super().__init__()
        self.other = [other]  # none of its layers
        self.found = list[Any]()
        self.own = nn.Flatten()

    def ask(self) -> None:
        try:
            self.found.append(self.other[0](torch.ones(1, 2)))
        except Exception as error:
            self.found.append(error)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        thread = threading.Thread(target=self.ask)
        thread.start()
        thread.join()
        return self.own(x)


def test_another_thread_asks_its_network_as_ever_meanwhile() -> None:
    other = nn.Sequential(nn.Linear(2, 2))
    network = Meanwhile(other)
    network.__deepcopy__ = lambda memo: network  # to see what was found
    trace(network)
    assert len(network.found) == 1
    assert torch.equal(network.found[0], other(torch.ones(1, 2)))
