"""The small network of the shipped image-to-command model: an image in, a few words out."""

from __future__ import annotations

import torch
from torch import nn

END, BEGIN = 0, 1
"""Indices of the two marks that every vocabulary starts with."""
MARKS = ("<end>", "<begin>")
SIDE = 16
_HIDDEN, _EMBEDDED = 64, 16


class CommandWriter(nn.Module):
    """Two convolutions, a linear layer, and a recurrent decoder over whole words.

    It has no batch statistics, so training and evaluation compute the same function.

    Args:
        words: size of the vocabulary, marks included.
    """

    def __init__(self, words: int) -> None:
        super().__init__()
        self.conv1 = nn.Conv2d(1, 16, 3, stride=2, padding=1)
        self.conv2 = nn.Conv2d(16, 32, 3, stride=2, padding=1)
        self.seen = nn.Linear(32 * (SIDE // 4) ** 2, _HIDDEN)
        self.embedded = nn.Embedding(words, _EMBEDDED)
        self.step = nn.GRUCell(_EMBEDDED, _HIDDEN)
        self.output = nn.Linear(_HIDDEN, words)

    def encode(self, images: torch.Tensor) -> torch.Tensor:
        """The decoder's first state (B, 64) from images (B, 1, 16, 16) in [0, 1]."""
        x = torch.relu(self.conv1(images))
        x = torch.relu(self.conv2(x))
        return torch.tanh(self.seen(x.flatten(1)))

    def forward(self, images: torch.Tensor, texts: torch.Tensor) -> torch.Tensor:
        """Scores (B, L, words) of every next word, each given the right words before it.

        Args:
            images: (B, 1, 16, 16).
            texts: (B, L) word indices that end in END.
        """
        state = self.encode(images)
        before = torch.cat([torch.full_like(texts[:, :1], BEGIN), texts[:, :-1]], dim=1)
        scores = []
        for column in self.embedded(before).unbind(dim=1):
            state = self.step(column, state)
            scores.append(self.output(state))
        return torch.stack(scores, dim=1)

    def write(self, images: torch.Tensor, longest: int) -> tuple[torch.Tensor, torch.Tensor]:
        """The likeliest next word again and again, until END.

        Returns:
            Word indices (B, up to longest), END after the end, and whether all scores of a
            image's words were finite (B,).
        """
        state = self.encode(images)
        word = torch.full((len(images),), BEGIN, device=images.device)
        over = torch.zeros(len(images), dtype=torch.bool, device=images.device)
        finite = ~over
        written = []
        for _ in range(longest):
            state = self.step(self.embedded(word), state)
            scores = self.output(state)
            finite = finite & torch.isfinite(scores).all(dim=1)
            word = torch.where(over, END, scores.argmax(dim=1))
            over = over | (word == END)
            written.append(word)
        return torch.stack(written, dim=1), finite
