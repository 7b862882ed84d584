"""Whether two threads may run a traced network at once: nothing of a batch is kept by it."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from typing import Any

import pytest
import torch
from torch import nn
from torch.nn import functional
from torch.nn.utils import parametrize

import certiscope as cs
from engine.models.fast import accelerate, is_concurrent
from engine.models.keeping import is_steady

SHAPE, CPU = (3, 8, 8), torch.device("cpu")


class Plain(nn.Module):
    """Two convolutions, in which much can go on beside."""

    kept: torch.Tensor
    rows: torch.Tensor

    def __init__(self) -> None:
        super().__init__()
        generator = torch.Generator().manual_seed(0)
        self.one, self.two = nn.Conv2d(3, 16, 3, padding=1), nn.Conv2d(16, 16, 3, padding=1)
        self.head = nn.Linear(16 * 64, 3)
        for tensor in self.parameters():
            tensor.data = torch.randn(tensor.shape, generator=generator) / tensor[0].numel() ** 0.5
        self.register_buffer("kept", torch.zeros(1, 16, 8, 8))
        self.register_buffer("rows", torch.zeros(16))

    def between(self, x: torch.Tensor) -> torch.Tensor:
        """What comes between the two."""
        return x.relu_()

    def forward(self, x: torch.Tensor) -> Any:
        """Scores."""
        return self.head(torch.relu(self.two(self.between(self.one(x)))).flatten(1))


class Written(Plain):
    """Writes into a tensor of its own, and takes the result from there."""

    def between(self, x: torch.Tensor) -> torch.Tensor:
        """Its mean."""
        return x - self.kept.copy_(x.mean(dim=0, keepdim=True))[:1]


class Out(Plain):
    """Lets an operation write into a tensor of its own, through a view."""

    def between(self, x: torch.Tensor) -> torch.Tensor:
        """Its sum, through a view."""
        torch.sum(x, dim=(0, 2, 3), out=self.rows.view(16))
        return x - self.rows[:, None, None] * 1e-6


class Followed(Plain):
    """Follows statistics, as in training."""

    def between(self, x: torch.Tensor) -> torch.Tensor:
        """Normalised by its batch."""
        return functional.batch_norm(x, self.rows, self.rows + 1, training=True)


def hooked() -> nn.Module:
    """A shortcut that hooks carry: a function of one sample, of one batch at a time."""
    network, held = Plain(), dict[str, torch.Tensor]()

    def keep(module: nn.Module, given: Any, found: torch.Tensor) -> None:
        held["first"] = found

    def take(module: nn.Module, given: Any, found: torch.Tensor) -> torch.Tensor:
        return found - held["first"]

    network.one.register_forward_hook(keep)
    network.two.register_forward_hook(take)
    return network


def patched() -> nn.Module:
    """A layer with a forward of its own."""
    network = Plain()
    layer = network.two
    held = list[torch.Tensor]()

    def forward(x: torch.Tensor) -> torch.Tensor:
        held[:] = [x]
        return functional.conv2d(held[0], layer.weight, layer.bias, padding=1) / 2

    vars(layer)["forward"] = forward
    return network


class Counted(nn.Module):
    """A parametrization that is asked in every call."""

    def __init__(self) -> None:
        super().__init__()
        self.asked = 0

    def forward(self, weight: torch.Tensor) -> torch.Tensor:
        """The weight."""
        self.asked += 1
        return weight


def parametrized() -> nn.Module:
    """A layer whose weight a stranger's code makes."""
    network = Plain()
    network.two.padding_mode = "circular"  # so that it is not packed
    parametrize.register_parametrization(network.two, "weight", Counted())
    return network


HELD: dict[str, torch.Tensor] = {}


@torch.library.custom_op("strangers::keep", mutates_args=())
def keep(x: torch.Tensor) -> torch.Tensor:
    """Keeps a batch for the next operation."""
    HELD["x"] = x.clone()
    return x.clone()


@torch.library.custom_op("strangers::take", mutates_args=())
def take(x: torch.Tensor) -> torch.Tensor:
    """Takes what was kept."""
    return x - HELD["x"]


class Registered(Plain):
    """A shortcut that operations of a stranger carry."""

    def between(self, x: torch.Tensor) -> torch.Tensor:
        """Through torch's own register."""
        return take(self.two(keep(x)))


class Method(Plain):
    """Calls a method that a stranger gave to every tensor."""

    def between(self, x: torch.Tensor) -> torch.Tensor:
        """By its name."""
        return x.of_a_stranger()


@pytest.fixture(autouse=True)
def _of_a_stranger(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(torch.Tensor, "of_a_stranger", lambda x: keep(x), raising=False)


@pytest.mark.parametrize("dtype", [torch.float32, torch.bfloat16])
def test_operations_on_the_argument_alone_keep_nothing(network: Any, dtype: torch.dtype) -> None:
    for plain, shape in ((Plain(), SHAPE), (network("cifar_resnet20", 10), (3, 32, 32))):
        assert is_concurrent(accelerate(plain.eval(), shape, CPU, dtype))


@pytest.mark.parametrize(
    "make", [Written, Out, Followed, Registered, Method, hooked, patched, parametrized]
)
def test_one_that_keeps_something_is_asked_by_one_thread(make: Callable[[], nn.Module]) -> None:
    network = make().eval().requires_grad_(requires_grad=False)
    assert not is_concurrent(accelerate(network, SHAPE, CPU, torch.float32))


def test_hooks_of_all_modules_may_keep_something() -> None:
    hook = nn.modules.module.register_module_forward_hook(lambda *_: None)
    try:
        assert not is_concurrent(accelerate(Plain().eval(), SHAPE, CPU, torch.float32))
    finally:
        hook.remove()


def test_what_cannot_be_traced_is_asked_by_one_thread() -> None:
    class Branching(Plain):
        def between(self, x: torch.Tensor) -> torch.Tensor:
            return x if x.sum() > 0 else -x

    assert not is_concurrent(accelerate(Branching().eval(), SHAPE, CPU, torch.float32))


def test_hooks_that_hand_over_have_the_votes_of_one_thread() -> None:
    usual, found = torch.get_num_threads(), []
    try:
        for threads in (1, 2):
            torch.set_num_threads(threads)
            smoothed = cs.smooth(hooked(), cs.Gaussian(sigma=0.5), batch=32)
            run = smoothed.certify(torch.full(SHAPE, 0.5), n=4000, seed=1)
            found.append(run.result().evidence.votes.estimation)
    finally:
        torch.set_num_threads(usual)
    assert found[0] == found[1]


class Tired(Plain):
    """Another function after its tenth batch."""

    asked = 0

    def between(self, x: torch.Tensor) -> torch.Tensor:
        """Counts, and after a while turns round."""
        self.asked += 1
        return x if self.asked < 10 else -x


class Grown(Plain):
    """Adds up how often it was asked in a tensor of its own."""

    def between(self, x: torch.Tensor) -> torch.Tensor:
        """Adds what it has added up."""
        self.kept += 1
        return x + self.kept


class Buffered(Plain):
    """Another function after its tenth batch, which it counts in a tensor of its own."""

    def between(self, x: torch.Tensor) -> torch.Tensor:
        """Counts, and after a while turns round."""
        self.kept += 1
        return x if float(self.kept.mean()) < 10 else -x


class Listed(Plain):
    """Another function after its tenth batch, which it counts in a list."""

    def between(self, x: torch.Tensor) -> torch.Tensor:
        """Counts, and after a while turns round."""
        self.asked = [*getattr(self, "asked", []), 1]
        return x if len(self.asked) < 10 else -x


class Largest(Plain):
    """Turns round as soon as it has met what is brighter than all that was asked before."""

    def between(self, x: torch.Tensor) -> torch.Tensor:
        """Follows the largest."""
        self.kept.copy_(torch.maximum(self.kept, x.detach().abs().max()))
        return x * (1 - 2 * (self.kept > 100).float())


def test_what_follows_the_largest_that_it_met_is_not_steady():
    assert not is_steady(Largest().eval(), torch.rand(1, *SHAPE))


@pytest.mark.parametrize("kind", [Tired, Grown, Buffered, Listed])
def test_what_counts_how_often_it_was_asked_is_not_written_down_as_it_is_now(kind):
    network, x = kind().eval(), torch.rand(2, *SHAPE)
    assert not is_steady(network, x)
    with torch.inference_mode():
        fast = accelerate(network, SHAPE, CPU, torch.float32)
        first = fast(x)
        assert not all(torch.equal(first, fast(x)) for _ in range(12))


class Scratch(Plain):
    """Keeps its last batch, of which no later one learns."""

    def between(self, x: torch.Tensor) -> torch.Tensor:
        """Writes it down."""
        self.last = self.kept[:1].copy_(x[:1])
        return x


def test_one_that_only_keeps_its_last_batch_is_steady():
    assert is_steady(Scratch().eval(), torch.rand(1, *SHAPE))


def test_a_network_that_answers_with_nan_is_steady():
    assert is_steady(nn.ReLU(), torch.full((2, 3), float("nan")))


def test_one_that_fails_is_not():
    assert not is_steady(nn.Linear(4, 2), torch.zeros(2, 3))


@pytest.mark.thorough
def test_looking_loads_no_compiler() -> None:
    """torch's takes as long to load as torch itself."""
    code = (
        "import sys, torch; from torch import nn; from engine.models.fast import accelerate; "
        "network = nn.Sequential(nn.Conv2d(3, 4, 3), nn.ReLU()).eval(); "
        "accelerate(network, (3, 8, 8), torch.device('cpu'), torch.float32); "
        "assert 'torch._dynamo' not in sys.modules"
    )
    subprocess.run([sys.executable, "-c", code], check=True)
