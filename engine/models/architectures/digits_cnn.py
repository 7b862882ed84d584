"""The small networks of the shipped models: grey digits in, ten scores out."""

from __future__ import annotations

import torch
from torch import nn

SIDES = (8, 8)
LARGE_SIDES = (16, 16)
CLASS_NAMES = tuple("0123456789")


class DigitsCNN(nn.Module):
    """Two convolutions and two linear layers, 151,306 weights; takes pixels in [0, 1] as they are.

    It has no batch statistics, so training and evaluation compute the same function.

    Args:
        channels: 1, or 2 for a noised image with its indicator or its complement (288 more
            weights).
        large: for images of 16 by 16: the first convolution takes every second pixel (224 more
            weights).
    """

    def __init__(self, channels: int = 1, *, large: bool = False) -> None:
        super().__init__()
        size, stride = (4, 2) if large else (3, 1)
        self.conv1 = nn.Conv2d(channels, 32, size, stride=stride, padding=1)
        self.conv2 = nn.Conv2d(32, 64, 3, stride=2, padding=1)
        self.hidden = nn.Linear(64 * 4 * 4, 128)
        self.output = nn.Linear(128, len(CLASS_NAMES))

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """Scores (B, 10) of a batch (B, channels, 8, 8), or (B, channels, 16, 16) if large."""
        x = torch.relu(self.conv1(x))
        x = torch.relu(self.conv2(x))
        x = torch.relu(self.hidden(x.flatten(1)))
        scores: torch.Tensor = self.output(x)
        return scores
