"""A small generative model of ours: safetensors with its vocabulary in the header."""

from __future__ import annotations

import json
from functools import partial
from pathlib import Path
from typing import cast

import torch
from torch import nn

from engine.core.errors import UserError
from engine.core.files import sha256_file
from engine.core.records import ModelIdentity
from engine.models.checkpoint import fill
from engine.models.generative import (
    GenerativeClassifier,
    TextGenerator,
    composite,
    longest_answer,
    oracle_for,
)
from engine.models.request import ModelRequest
from engine.models.torch_classifier import OnDevice
from engine.models.weights import read_card, read_safetensors

END, BEGIN = 0, 1
"""Indices of the two marks that every vocabulary starts with."""
MARKS = ("<end>", "<begin>")
SIDE = 16
_HIDDEN, _EMBEDDED = 64, 16


class CommandWriter(nn.Module):
    """An image in, a few words out: two convolutions, a linear layer, a decoder over whole words.

    The decoder is recurrent.

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


ARCHITECTURE = "command_writer"
_MOST_WORDS = 10_000


class CommandGenerator(OnDevice, TextGenerator):
    """Greedy decoding over whole words.

    Args:
        network: trained.
        vocabulary: its words, the two marks first.
        longest: words of an answer at most.
    """

    def __init__(self, network: CommandWriter, vocabulary: tuple[str, ...], longest: int) -> None:
        super().__init__(network)
        self._vocabulary = vocabulary
        self._longest = longest

    def answers(self, batch: torch.Tensor) -> list[str | None]:
        """The words of every image, with spaces between them."""
        words, finite = self._ready.write(batch.to(self._dtype), self._longest)
        return [
            self._text(row) if whole else None
            for row, whole in zip(words.tolist(), finite.tolist(), strict=True)
        ]

    def _text(self, row: list[int]) -> str:
        end = row.index(END) if END in row else len(row)
        return " ".join(self._vocabulary[index] for index in row[:end])


def load_text_generator(path: Path, request: ModelRequest) -> GenerativeClassifier:
    """A generative model, with its oracle.

    Raises:
        UserError: damaged, without a vocabulary, misshapen, or without an oracle.
    """
    if request.prompt:
        raise UserError(f"{path} takes no prompt; omit --prompt.")
    oracle = oracle_for(path, request)
    file, card = read_safetensors(path), read_card(path)
    vocabulary = _vocabulary(path, file.metadata)
    build = partial(CommandWriter, len(vocabulary))
    network = cast(CommandWriter, fill(build, file.tensors, path=path, arch=ARCHITECTURE))
    sigma = file.metadata.get("training_sigma", "")
    identity = ModelIdentity(
        name=str(card.get("name") or path.stem),
        source=request.spec,
        format="safetensors",
        sha256=sha256_file(path),
        architecture=ARCHITECTURE,
        parameters=sum(p.numel() for p in network.parameters()),
        class_names=("answer",),
        input_shape=(1, SIDE, SIDE),
        training_sigma=_positive(sigma),
    )
    generator = CommandGenerator(network, vocabulary, longest_answer(request))
    return composite(generator, oracle, identity, request)


def _vocabulary(path: Path, metadata: dict[str, str]) -> tuple[str, ...]:
    try:
        words = json.loads(metadata.get("vocabulary", ""))
    except (ValueError, RecursionError):
        words = None
    good = isinstance(words, list) and all(isinstance(word, str) for word in words)
    if not good or tuple(words[:2]) != MARKS or len(words) > _MOST_WORDS:
        raise UserError(f"{path} holds no vocabulary that is understood; copy or train it again.")
    return tuple(words)


def _positive(text: str) -> float | None:
    try:
        value = float(text)
    except ValueError:
        return None
    return value if 0 < value < float("inf") else None
