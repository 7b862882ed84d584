from __future__ import annotations

import pytest
import torch
from torch import nn

from engine.models.fast import accelerate
from engine.models.onednn import PackedConv

CPU = torch.device("cpu")


@pytest.mark.parametrize("name", ["cifar_resnet20", "digits_cnn", "resnet18", "mobilenet_v2"])
def test_the_fast_form_computes_the_same(network, name):
    from engine.models.architectures import by_name

    shape = by_name(name, {}).input_shape
    plain = network(name, 10)
    x = torch.rand(3, *shape)
    with torch.inference_mode():
        fast = accelerate(plain, shape, CPU, torch.float32)
        expected = plain(x)
        scale = float(expected.abs().max())
        torch.testing.assert_close(fast(x), expected, rtol=1e-4, atol=1e-4 * scale)
        coarse = accelerate(plain, shape, CPU, torch.bfloat16)(x.bfloat16())
    # The head works in float32: close scores do not become ties.
    assert coarse.dtype == torch.float32
    assert float((coarse - expected).abs().max()) < 0.1 * scale


@pytest.mark.skipif(not torch.backends.mkldnn.is_available(), reason="this torch has no oneDNN")
@pytest.mark.parametrize("dtype", [torch.float32, torch.bfloat16])
def test_known_networks_take_the_fused_form(network, dtype):
    for name, shape in (("cifar_resnet20", (3, 32, 32)), ("digits_cnn", (1, 8, 8))):
        fast = accelerate(network(name, 10), shape, CPU, dtype)
        assert any(isinstance(module, PackedConv) for module in fast.modules())


class Branching(nn.Module):
    """Cannot be traced: it looks at its data."""

    def __init__(self) -> None:
        super().__init__()
        self.conv = nn.Conv2d(1, 2, 3)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        y = self.conv(x) if x.mean() > 0 else self.conv(-x)
        return y.mean(dim=(2, 3))


def test_a_network_that_cannot_be_traced_runs_as_it_is():
    plain = Branching().eval().requires_grad_(False)
    x = torch.randn(4, 1, 8, 8)
    fast = accelerate(plain, (1, 8, 8), CPU, torch.float32)
    torch.testing.assert_close(fast(x), plain(x))


def test_a_network_without_convolutions_is_only_cast():
    plain = nn.Sequential(nn.Flatten(), nn.Linear(4, 2)).eval().requires_grad_(False)
    fast = accelerate(plain, (1, 2, 2), CPU, torch.bfloat16)
    assert fast(torch.zeros(1, 1, 2, 2, dtype=torch.bfloat16)).dtype == torch.bfloat16
    assert plain[1].weight.dtype == torch.float32


def test_a_network_of_nan_keeps_its_nan(network):
    plain = network("digits_cnn", 10)
    plain.conv1.bias.fill_(float("nan"))
    fast = accelerate(plain, (1, 8, 8), CPU, torch.float32)
    assert bool(torch.isnan(fast(torch.zeros(2, 1, 8, 8))).all())
