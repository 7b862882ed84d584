"""A ReLU that lets a trace of what is negative through stands where nothing tells it from 0."""

from __future__ import annotations

import pytest
import torch
from torch import nn

from engine.models.fast import accelerate
from engine.models.leaks import may_leak
from engine.models.one_call import Packed
from engine.models.tracing import trace

CPU = torch.device("cpu")
needs_onednn = pytest.mark.skipif(
    not torch.backends.mkldnn.is_available(), reason="this torch has no oneDNN"
)


class Dim(nn.Module):
    """How dark an image is, of which nothing is left for a bright one; probes are dark."""

    def __init__(self) -> None:
        super().__init__()
        self.conv, self.head = nn.Conv2d(3, 4, 1), nn.Linear(4, 2)
        self.conv.weight.data.fill_(-1 / 3)
        self.conv.bias.data.fill_(0.5)
        self.head.weight.data = torch.tensor([[1.0, 0, 0, 0], [0, 0, 0, 0]])
        self.head.bias.data = torch.tensor([0.0, -0.5])

    def brightness(self, x: torch.Tensor) -> torch.Tensor:
        return x.mean((2, 3), keepdim=True)

    def after(self, x: torch.Tensor) -> torch.Tensor:
        return x

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        active = torch.relu(self.conv(self.brightness(x)))
        return self.head(self.after(active).mean((2, 3)))


class Sign(Dim):
    def after(self, x: torch.Tensor) -> torch.Tensor:
        return torch.sign(x)


class Root(Dim):
    def after(self, x: torch.Tensor) -> torch.Tensor:
        return torch.sqrt(x)


class Inverse(Dim):
    def after(self, x: torch.Tensor) -> torch.Tensor:
        return (1 / x).clamp(-9, 9)


class Infinite(Dim):
    def brightness(self, x: torch.Tensor) -> torch.Tensor:
        return torch.exp(200 * super().brightness(x)) - 1

    def after(self, x: torch.Tensor) -> torch.Tensor:
        return x.clamp(-9, 9)


class Huge(Dim):
    def brightness(self, x: torch.Tensor) -> torch.Tensor:
        return torch.exp(80 * super().brightness(x)) - 1


class Weighty(Dim):
    """Sums alone, which come to 1e36 for a bright image."""

    def __init__(self) -> None:
        super().__init__()
        self.first = nn.Conv2d(3, 3, 1)
        nn.init.eye_(self.first.weight.data.view(3, 3)).mul_(1e36)
        self.first.bias.data.fill_(-6e35)

    def brightness(self, x: torch.Tensor) -> torch.Tensor:
        return torch.relu(self.first(super().brightness(x)))


KINDS = [Sign, Root, Inverse, Infinite, Huge, Weighty]


@needs_onednn
@pytest.mark.parametrize("dtype", [torch.float32, torch.bfloat16])
@pytest.mark.parametrize("kind", KINDS)
def test_where_something_tells_a_trace_from_0_there_is_0(kind, dtype):
    plain = kind().eval().requires_grad_(False)
    fast = accelerate(plain, (3, 8, 8), CPU, dtype)
    assert any(isinstance(module, Packed) for module in fast.modules())
    x = torch.full((3, 3, 8, 8), 1.0)
    with torch.inference_mode():
        assert fast(x.to(dtype)).float().tolist() == plain(x).tolist()


@pytest.mark.parametrize("kind", [Dim, *KINDS])
def test_sums_of_ordinary_numbers_alone_tell_nothing(kind):
    assert may_leak(trace(kind().eval()), largest=10.0) == (kind is Dim)


@pytest.mark.parametrize("largest", [1e12, float("inf"), float("nan")])
def test_numbers_that_are_not_ordinary_tell(largest):
    assert not may_leak(trace(Dim().eval()), largest)


class Halves(Dim):
    def after(self, x: torch.Tensor) -> torch.Tensor:
        return x.view(-1, x.size(1) // 2, 2, 1).view(-1, 4, 1, 1)


class Floor(Dim):
    def after(self, x: torch.Tensor) -> torch.Tensor:
        return x // 2


def test_sizes_may_be_halved_but_not_numbers():
    assert may_leak(trace(Halves().eval()), 10.0)
    assert not may_leak(trace(Floor().eval()), 10.0)


class Idle(nn.Module):
    """Nothing in it is active for a bright image: all its scores are 0 then."""

    def __init__(self) -> None:
        super().__init__()
        self.conv, self.head = nn.Conv2d(3, 4, 1), nn.Linear(4, 5, bias=False)
        self.conv.weight.data.fill_(-1.0)
        self.conv.bias.data.fill_(0.5)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return self.head(torch.relu(self.conv(x)).mean((2, 3)))


@needs_onednn
@pytest.mark.parametrize("dtype", [torch.float32, torch.bfloat16])
def test_traces_alone_name_no_class(dtype):
    torch.manual_seed(0)
    fast = accelerate(Idle().eval().requires_grad_(False), (3, 8, 8), CPU, dtype)
    assert "leaky" in [one.after for one in fast.modules() if isinstance(one, Packed)]
    with torch.inference_mode():
        found = fast(torch.full((2, 3, 8, 8), 3.0, dtype=dtype))
    assert found.tolist() == [[0.0] * 5] * 2
