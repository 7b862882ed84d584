"""The loop everybody else runs, restated: what the sampler is compared with.

Repeat the input, add fresh Gaussian noise, classify in float32, bring each batch's answers to the
host and count them in Python. The normalisation layer repeats mean and deviation to the size of
the batch, as the published smoothing code does.
"""

from __future__ import annotations

import torch
from torch import nn


class RepeatingNormalize(nn.Module):
    """(x - mean) / std with both repeated over batch, height and width."""

    mean: torch.Tensor
    std: torch.Tensor

    def __init__(self, mean: tuple[float, ...], std: tuple[float, ...]) -> None:
        super().__init__()
        self.register_buffer("mean", torch.tensor(mean))
        self.register_buffer("std", torch.tensor(std))

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """Normalised ``x`` (B, C, H, W)."""
        batch, _channels, height, width = x.shape
        mean = self.mean.repeat((batch, height, width, 1)).permute(0, 3, 1, 2)
        std = self.std.repeat((batch, height, width, 1)).permute(0, 3, 1, 2)
        return (x - mean) / std


def reference_votes(
    model: nn.Module, x: torch.Tensor, *, sigma: float, n: int, batch: int, classes: int
) -> list[int]:
    """Counts of ``n`` noisy votes."""
    counts = [0] * classes
    with torch.no_grad():
        left = n
        while left > 0:
            size = min(batch, left)
            left -= size
            copies = x.repeat((size, 1, 1, 1))
            noise = torch.randn_like(copies) * sigma
            answers = model(copies + noise).argmax(1)
            for answer in answers.cpu().numpy():
                counts[answer] += 1
    return counts
