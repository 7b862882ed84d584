from __future__ import annotations

import torch
from torch import nn

from engine.models.folding import fold_batch_norm, trace


def test_folding_removes_the_layer_and_keeps_the_function(network):
    plain = network("cifar_resnet20", 10)
    folded = fold_batch_norm(trace(plain))
    assert not any(isinstance(module, nn.BatchNorm2d) for module in folded.modules())
    x = torch.randn(4, 3, 32, 32)
    torch.testing.assert_close(folded(x), plain(x), rtol=1e-4, atol=1e-5)
    assert any(isinstance(module, nn.BatchNorm2d) for module in plain.modules())


class Shared(nn.Module):
    """One convolution, used twice, normalised once: folding it would change the other use."""

    def __init__(self) -> None:
        super().__init__()
        self.conv = nn.Conv2d(3, 3, 3, padding=1)
        self.norm = nn.BatchNorm2d(3)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return self.norm(self.conv(self.conv(x)))


def test_a_shared_convolution_is_left_alone():
    plain = Shared().eval()
    plain.norm.running_var.fill_(4.0)
    folded = fold_batch_norm(trace(plain))
    x = torch.randn(2, 3, 8, 8)
    assert torch.equal(folded(x), plain(x))
