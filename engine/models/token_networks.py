"""Small networks of our own over token ids: texts, images with texts, rows of a table."""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import nn
from torch.nn import functional


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
