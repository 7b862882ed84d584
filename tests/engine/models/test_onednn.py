from __future__ import annotations

import pytest
import torch
from torch import nn

from engine.models.folding import fold_batch_norm, trace
from engine.models.onednn import PackedConv, PackedLinear, pack

pytestmark = pytest.mark.skipif(
    not torch.backends.mkldnn.is_available(), reason="this torch has no oneDNN"
)


class Block(nn.Module):
    """Every case: ReLU after, sum after, sum and ReLU after, nothing after, a broadcast sum."""

    def __init__(self) -> None:
        super().__init__()
        self.a = nn.Conv2d(3, 8, 3, padding=1)
        self.b = nn.Conv2d(8, 8, 3, padding=1, groups=8, bias=False)
        self.c = nn.Conv2d(8, 8, 1)
        self.d = nn.Conv2d(8, 4, 3, stride=2)
        self.e = nn.Conv2d(3, 8, 1)
        self.pool = nn.AdaptiveAvgPool2d(1)
        self.relu = nn.ReLU(inplace=True)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        y = torch.relu(self.a(x))
        y = self.b(y) + y
        y = self.relu(self.c(y) + self.e(x))
        y = y + self.pool(self.c2(y)) if hasattr(self, "c2") else y
        return self.d(y).flatten(1)


@pytest.mark.parametrize(("dtype", "tolerance"), [(torch.float32, 1e-5), (torch.bfloat16, 0.05)])
def test_packed_convolutions_compute_the_same(dtype, tolerance):
    torch.manual_seed(0)
    plain = Block().eval().requires_grad_(False)
    plain.c2 = nn.Conv2d(8, 8, 1).requires_grad_(False)
    x = torch.randn(5, 3, 12, 12)
    with torch.inference_mode():
        packed = pack(trace(plain), torch.randn(2, 3, 12, 12), dtype)
        assert sum(isinstance(module, PackedConv) for module in packed.modules()) == 6
        assert not any(isinstance(module, nn.Conv2d) for module in packed.modules())
        before = x.clone()
        found = packed(x.to(dtype)).float()
        torch.testing.assert_close(found, plain(x), rtol=tolerance, atol=tolerance)
        assert torch.equal(x, before)


def test_a_whole_network_is_packed(network):
    plain = network("cifar_resnet20", 10)
    x = torch.randn(3, 3, 32, 32)
    with torch.inference_mode():
        packed = pack(fold_batch_norm(trace(plain)), x, torch.float32)
        torch.testing.assert_close(packed(x), plain(x), rtol=1e-4, atol=1e-5)
    names = [str(node.target) for node in packed.graph.nodes]
    assert not [name for name in names if "relu" in name or "add" in name]


def test_unusual_padding_is_left_alone():
    plain = (
        nn.Sequential(nn.Conv2d(3, 4, 3, padding="same"), nn.ReLU()).eval().requires_grad_(False)
    )
    packed = pack(trace(plain), torch.randn(1, 3, 6, 6), torch.float32)
    assert isinstance(packed.get_submodule("0"), nn.Conv2d)


class Head(nn.Module):
    """Linear layers with and without ReLU after them, one of them on matrices, and the last."""

    def __init__(self) -> None:
        super().__init__()
        self.conv = nn.Conv2d(1, 4, 3)
        self.a = nn.Linear(4 * 6 * 6, 16)
        self.b = nn.Linear(16, 16, bias=False)
        self.matrices = nn.Linear(4, 4)
        self.last = nn.Linear(16, 3)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        y = torch.relu(self.a(self.conv(x).flatten(1)))
        y = self.matrices(self.b(y).view(-1, 4, 4)).flatten(1)
        return self.last(y)


@pytest.mark.parametrize(("dtype", "tolerance"), [(torch.float32, 1e-5), (torch.bfloat16, 0.05)])
def test_packed_linear_layers_compute_the_same(dtype, tolerance):
    torch.manual_seed(0)
    plain = Head().eval().requires_grad_(False)
    x = torch.randn(7, 1, 8, 8)
    with torch.inference_mode():
        packed = pack(trace(plain), torch.randn(2, 1, 8, 8), dtype)
        assert sum(isinstance(module, PackedLinear) for module in packed.modules()) == 2
        found = packed.to(dtype)(x.to(dtype)).float()
        torch.testing.assert_close(found, plain(x), rtol=tolerance, atol=tolerance)
