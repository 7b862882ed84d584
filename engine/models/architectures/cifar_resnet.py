"""Residual networks for 32x32 images of depth 6k + 2 (He et al. 2016, section 4.2).

Three stages of k basic blocks with 16, 32 and 64 channels; where a stage changes resolution the
shortcut is a 1x1 convolution with batch normalisation. Parameter names follow the convention of
published smoothing checkpoints (``layer2.0.downsample.0.weight``), so that those load unchanged.
"""

from __future__ import annotations

import torch
from torch import nn

_WIDTHS = (16, 32, 64)


class BasicBlock(nn.Module):
    """Two 3x3 convolutions and a shortcut."""

    def __init__(self, inputs: int, outputs: int, *, stride: int) -> None:
        super().__init__()
        self.conv1 = nn.Conv2d(inputs, outputs, 3, stride, padding=1, bias=False)
        self.bn1 = nn.BatchNorm2d(outputs)
        self.relu = nn.ReLU(inplace=True)
        self.conv2 = nn.Conv2d(outputs, outputs, 3, padding=1, bias=False)
        self.bn2 = nn.BatchNorm2d(outputs)
        self.downsample: nn.Module | None = None
        if stride != 1 or inputs != outputs:
            self.downsample = nn.Sequential(
                nn.Conv2d(inputs, outputs, 1, stride, bias=False), nn.BatchNorm2d(outputs)
            )

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """Features after the block."""
        shortcut = x if self.downsample is None else self.downsample(x)
        y = self.relu(self.bn1(self.conv1(x)))
        y = self.bn2(self.conv2(y))
        y = y + shortcut
        return self.relu(y)  # type: ignore[no-any-return]


class CifarResNet(nn.Module):
    """The network of depth 6k + 2.

    Args:
        depth: 20, 32, 44, 56, 110, ...
        classes: number of logits.
        channels: of the input.
        side: of the input, 32 in all published ones.
    """

    def __init__(self, *, depth: int, classes: int = 10, channels: int = 3, side: int = 32) -> None:
        super().__init__()
        if depth < 8 or (depth - 2) % 6:
            raise ValueError(f"depth must be 6k + 2, not {depth}")
        blocks = (depth - 2) // 6
        self.conv1 = nn.Conv2d(channels, _WIDTHS[0], 3, padding=1, bias=False)
        self.bn1 = nn.BatchNorm2d(_WIDTHS[0])
        self.relu = nn.ReLU(inplace=True)
        self.layer1 = _stage(_WIDTHS[0], _WIDTHS[0], blocks, stride=1)
        self.layer2 = _stage(_WIDTHS[0], _WIDTHS[1], blocks, stride=2)
        self.layer3 = _stage(_WIDTHS[1], _WIDTHS[2], blocks, stride=2)
        self.avgpool = nn.AvgPool2d(side // 4)
        self.fc = nn.Linear(_WIDTHS[2], classes)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """Logits (B, classes) of images (B, channels, 32, 32)."""
        y = self.relu(self.bn1(self.conv1(x)))
        y = self.layer3(self.layer2(self.layer1(y)))
        return self.fc(self.avgpool(y).flatten(1))  # type: ignore[no-any-return]


def _stage(inputs: int, outputs: int, blocks: int, *, stride: int) -> nn.Sequential:
    first = BasicBlock(inputs, outputs, stride=stride)
    rest = [BasicBlock(outputs, outputs, stride=1) for _ in range(blocks - 1)]
    return nn.Sequential(first, *rest)
