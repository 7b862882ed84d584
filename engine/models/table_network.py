"""A small network over rows of a table: standardised numbers and codes of categorical fields."""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import nn
from torch.nn import functional


class TableNetwork(nn.Module):
    """Two layers over the numbers and the codes as zeros and ones.

    Args:
        numeric: columns of numbers.
        arities: number of values of each categorical field.
        classes: how many.
        hidden: width of the first layer.
    """

    def __init__(
        self, numeric: int, arities: Sequence[int], classes: int, *, hidden: int = 64
    ) -> None:
        super().__init__()
        self.arities = tuple(arities)
        self.first = nn.Linear(numeric + sum(self.arities), hidden)
        self.second = nn.Linear(hidden, hidden)
        self.last = nn.Linear(hidden, classes)

    def forward(self, numbers: torch.Tensor, codes: torch.Tensor) -> torch.Tensor:
        """Scores (B, K) of numbers (B, F) and codes (B, G)."""
        ones = [
            functional.one_hot(codes[:, index], arity).to(numbers.dtype)
            for index, arity in enumerate(self.arities)
        ]
        inner = functional.relu(self.first(torch.cat([numbers, *ones], dim=1)))
        scores: torch.Tensor = self.last(functional.relu(self.second(inner)))
        return scores
