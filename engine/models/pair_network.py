"""A small network that decides over an image and a text of token ids together."""

from __future__ import annotations

import torch
from torch import nn


class PairNetwork(nn.Module):
    """Convolutions over the image, a bag of words over the text, and their product.

    Each part becomes a vector; the classes are read from both and from their product, so that what
    a word means may depend on what is seen. The text may have any length.

    Args:
        vocabulary: size of the alphabet; the mask is one past it, and counts for nothing.
        classes: how many.
        width: channels of the first convolution.
        features: length of the vector of each part.
        words: length of a word's embedding.
    """

    def __init__(
        self, vocabulary: int, classes: int, *, width: int = 16, features: int = 32, words: int = 32
    ) -> None:
        super().__init__()
        # The name is part of the files of weights.
        self.picture = nn.Sequential(
            *_block(3, width),
            *_block(width, 2 * width),
            *_block(2 * width, 2 * width),
            nn.Flatten(),
            nn.Linear(2 * width * 16, features),
            nn.Tanh(),
        )
        self.words = nn.Embedding(vocabulary + 1, words, padding_idx=vocabulary)
        self.text = nn.Sequential(
            nn.Linear(words, features), nn.ReLU(), nn.Linear(features, features), nn.Tanh()
        )
        self.head = nn.Linear(3 * features, classes)

    def forward(self, images: torch.Tensor, tokens: torch.Tensor) -> torch.Tensor:
        """Scores (B, K) of images (B, 3, 32, 32) and tokens (B, L)."""
        seen = self.picture(images)
        read = self.text(self.words(tokens).sum(dim=1))
        scores: torch.Tensor = self.head(torch.cat([seen, read, seen * read], dim=1))
        return scores


def _block(inputs: int, outputs: int) -> tuple[nn.Module, ...]:
    """Half the side, ``outputs`` channels."""
    return (
        nn.Conv2d(inputs, outputs, 3, stride=2, padding=1, bias=False),
        nn.BatchNorm2d(outputs),
        nn.ReLU(),
    )
