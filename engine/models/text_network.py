"""A small network that decides over a text of token ids: a bag of words."""

from __future__ import annotations

import torch
from torch import nn


class TextNetwork(nn.Module):
    """The sum of the words' vectors, then two layers; the text may have any length.

    Args:
        vocabulary: size of the alphabet; the mask is one past it, and counts for nothing.
        classes: how many.
        words: length of a word's vector.
        features: width of the layer in between.
    """

    def __init__(
        self, vocabulary: int, classes: int, *, words: int = 32, features: int = 64
    ) -> None:
        super().__init__()
        self.words = nn.Embedding(vocabulary + 1, words, padding_idx=vocabulary)
        self.first = nn.Linear(words, features)
        self.last = nn.Linear(features, classes)

    def forward(self, tokens: torch.Tensor) -> torch.Tensor:
        """Scores (B, K) of tokens (B, L)."""
        read = self.words(tokens).sum(dim=1)
        scores: torch.Tensor = self.last(torch.relu(self.first(read)))
        return scores
