"""Networks of sums and squares alone, which can be evaluated under encryption."""

from __future__ import annotations

from math import prod

import torch
from torch import nn

HIDDEN = 24
SHAPES = {64: (1, 8, 8), 784: (1, 28, 28), 3072: (3, 32, 32)}
"""Images of the usual data sets, by their number of values."""


class SquareNet(nn.Module):
    """One hidden layer whose units are squared, or none: a linear model.

    Args:
        features: values of an image.
        classes: scores.
        hidden: units of the hidden layer; 0 for none.
    """

    def __init__(self, features: int = 64, classes: int = 10, *, hidden: int = HIDDEN) -> None:
        super().__init__()
        self.hidden = nn.Linear(features, hidden) if hidden else None
        self.output = nn.Linear(hidden or features, classes)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """Scores (B, K) of a batch (B, C, H, W)."""
        values = x.flatten(1)
        if self.hidden is not None:
            values = self.hidden(values) ** 2
        scores: torch.Tensor = self.output(values)
        return scores


def image_shape(features: int) -> tuple[int, int, int]:
    """(channels, height, width) of so many values: of a usual data set, a square, or a row."""
    if features in SHAPES:
        return SHAPES[features]
    side = round(features**0.5)
    shape = (1, side, side) if side * side == features else (1, 1, features)
    assert prod(shape) == features
    return shape
