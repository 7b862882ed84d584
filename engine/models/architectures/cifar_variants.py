"""Two families of residual networks for 32x32 images that people publish weights of.

``OptionA``: depth 6k + 2 as in He et al. 2016, section 4.2, whose shortcuts have no parameters:
every other pixel, and zeros for the new channels. ``WideStem``: ResNet-18 to ResNet-152 with a 3x3
stem of stride 1 and no pooling before the stages. The names of their parameters are those of the
published files (``layer2.0.shortcut.0.weight``, ``linear.weight``).
"""

from __future__ import annotations

import torch
from torch import nn
from torch.nn import functional

BASIC = {18: (2, 2, 2, 2), 34: (3, 4, 6, 3)}
DEEP = {50: (3, 4, 6, 3), 101: (3, 4, 23, 3), 152: (3, 8, 36, 3)}
"""Blocks of each stage, of two and of three convolutions, by depth."""
_NARROW, _WIDE = (16, 32, 64), (64, 128, 256, 512)


class Subsampled(nn.Module):
    """A shortcut without parameters: every other pixel, zeros for the channels that are new."""

    def __init__(self, added: int) -> None:
        super().__init__()
        self.added = added

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """The shortcut of a block with stride 2."""
        half = self.added // 2
        return functional.pad(x[:, :, ::2, ::2], (0, 0, 0, 0, half, half))


def _projected(inputs: int, outputs: int, stride: int) -> nn.Module:
    return nn.Sequential(nn.Conv2d(inputs, outputs, 1, stride, bias=False), nn.BatchNorm2d(outputs))


class Basic(nn.Module):
    """Two 3x3 convolutions and a shortcut."""

    def __init__(self, inputs: int, width: int, stride: int, *, option_a: bool = False) -> None:
        super().__init__()
        self.conv1 = nn.Conv2d(inputs, width, 3, stride, padding=1, bias=False)
        self.bn1 = nn.BatchNorm2d(width)
        self.conv2 = nn.Conv2d(width, width, 3, padding=1, bias=False)
        self.bn2 = nn.BatchNorm2d(width)
        self.relu = nn.ReLU(inplace=True)
        self.shortcut: nn.Module = nn.Sequential()
        if stride != 1 or inputs != width:
            self.shortcut = (
                Subsampled(width - inputs) if option_a else _projected(inputs, width, stride)
            )

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """Features after the block."""
        y = self.bn2(self.conv2(self.relu(self.bn1(self.conv1(x)))))
        y = y + self.shortcut(x)
        return self.relu(y)  # type: ignore[no-any-return]


class Bottleneck(nn.Module):
    """A 1x1, a 3x3 and a 1x1 convolution that widens four times, and a shortcut."""

    def __init__(self, inputs: int, width: int, stride: int) -> None:
        super().__init__()
        self.conv1 = nn.Conv2d(inputs, width, 1, bias=False)
        self.bn1 = nn.BatchNorm2d(width)
        self.conv2 = nn.Conv2d(width, width, 3, stride, padding=1, bias=False)
        self.bn2 = nn.BatchNorm2d(width)
        self.conv3 = nn.Conv2d(width, 4 * width, 1, bias=False)
        self.bn3 = nn.BatchNorm2d(4 * width)
        self.relu = nn.ReLU(inplace=True)
        self.shortcut: nn.Module = nn.Sequential()
        if stride != 1 or inputs != 4 * width:
            self.shortcut = _projected(inputs, 4 * width, stride)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """Features after the block."""
        y = self.relu(self.bn1(self.conv1(x)))
        y = self.bn3(self.conv3(self.relu(self.bn2(self.conv2(y)))))
        y = y + self.shortcut(x)
        return self.relu(y)  # type: ignore[no-any-return]


class _Staged(nn.Module):
    """A stem, stages called ``layer1``, ``layer2``, ... as in published files, a linear head."""

    conv1: nn.Conv2d
    bn1: nn.BatchNorm2d
    relu: nn.ReLU
    linear: nn.Linear

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """Logits (B, classes) of images (B, channels, 32, 32)."""
        y = self.relu(self.bn1(self.conv1(x)))
        for name, stage in self.named_children():
            y = stage(y) if name.startswith("layer") else y
        scores: torch.Tensor = self.linear(y.mean(dim=(2, 3)))
        return scores


class OptionA(_Staged):
    """The network of depth 6k + 2 with shortcuts without parameters."""

    def __init__(self, *, depth: int, classes: int = 10, channels: int = 3) -> None:
        super().__init__()
        self.conv1 = nn.Conv2d(channels, _NARROW[0], 3, padding=1, bias=False)
        self.bn1 = nn.BatchNorm2d(_NARROW[0])
        inputs = _NARROW[0]
        for stage, width in enumerate(_NARROW, start=1):
            first = Basic(inputs, width, 1 if stage == 1 else 2, option_a=True)
            rest = [Basic(width, width, 1, option_a=True) for _ in range((depth - 2) // 6 - 1)]
            setattr(self, f"layer{stage}", nn.Sequential(first, *rest))
            inputs = width
        self.relu = nn.ReLU(inplace=True)
        self.linear = nn.Linear(inputs, classes)


class WideStem(_Staged):
    """ResNet-18, -34, -50, -101 or -152 for 32x32 images."""

    def __init__(self, *, depth: int, classes: int = 10, channels: int = 3) -> None:
        super().__init__()
        self.conv1 = nn.Conv2d(channels, _WIDE[0], 3, padding=1, bias=False)
        self.bn1 = nn.BatchNorm2d(_WIDE[0])
        self.relu = nn.ReLU(inplace=True)
        block, grows = (Basic, 1) if depth in BASIC else (Bottleneck, 4)
        inputs = _WIDE[0]
        blocks = {**BASIC, **DEEP}[depth]
        for stage, (width, count) in enumerate(zip(_WIDE, blocks, strict=True), start=1):
            layers: list[nn.Module] = [block(inputs, width, 1 if stage == 1 else 2)]
            layers += [block(grows * width, width, 1) for _ in range(count - 1)]
            setattr(self, f"layer{stage}", nn.Sequential(*layers))
            inputs = grows * width
        self.linear = nn.Linear(inputs, classes)
