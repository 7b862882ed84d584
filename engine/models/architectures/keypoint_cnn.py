"""A small detector: 32 by 32 grey images in, a heatmap of 8 by 8 cells per keypoint out."""

from __future__ import annotations

import torch
from torch import nn

SIDES = (32, 32)
CELLS = 8


WIDTHS = (16, 32, 32)
"""Channels of the three hidden layers, where nothing was pruned."""


class KeypointCNN(nn.Module):
    """Four convolutions: unless pruned, 14,048 weights and 289 for each keypoint.

    It takes pixels in [0, 1] as they are, and has no batch statistics, so that training and
    evaluation compute the same function.

    Args:
        keypoints: heatmaps.
        channels: 1, or 2 for a noised image with its indicator or its complement.
        widths: channels of the three hidden layers.
    """

    def __init__(
        self, keypoints: int = 3, channels: int = 1, widths: tuple[int, int, int] = WIDTHS
    ) -> None:
        super().__init__()
        first, second, third = widths
        self.conv1 = nn.Conv2d(channels, first, 3, stride=2, padding=1)
        self.conv2 = nn.Conv2d(first, second, 3, stride=2, padding=1)
        self.conv3 = nn.Conv2d(second, third, 3, padding=1)
        self.output = nn.Conv2d(third, keypoints, 3, padding=1)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """Heatmaps (B, keypoints, 8, 8) of a batch (B, channels, 32, 32)."""
        x = torch.relu(self.conv1(x))
        x = torch.relu(self.conv2(x))
        x = torch.relu(self.conv3(x))
        heat: torch.Tensor = self.output(x)
        return heat
