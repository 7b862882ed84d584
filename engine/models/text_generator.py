"""A small model of ours that writes: safetensors with its vocabulary in the header."""

from __future__ import annotations

import copy
import json
from functools import partial
from pathlib import Path
from typing import cast

import torch

from engine.core.errors import UserError
from engine.core.files import sha256_file
from engine.core.records import ModelIdentity
from engine.models.architectures.command_writer import END, MARKS, SIDE, CommandWriter
from engine.models.checkpoint import fill
from engine.models.generative import (
    GenerativeClassifier,
    TextGenerator,
    composite,
    longest_answer,
    oracle_for,
)
from engine.models.request import ModelRequest
from engine.models.torch_classifier import checked_dtype
from engine.models.weights import read_card, read_safetensors

ARCHITECTURE = "command_writer"
_MOST_WORDS = 10_000


class CommandGenerator(TextGenerator):
    """Greedy decoding over whole words.

    Args:
        network: trained.
        vocabulary: its words, the two marks first.
        longest: words of an answer at most.
    """

    def __init__(self, network: CommandWriter, vocabulary: tuple[str, ...], longest: int) -> None:
        self._network = network.eval().requires_grad_(False)
        self._prepared = self._network
        self._dtype = torch.float32
        self._vocabulary = vocabulary
        self._longest = longest

    def prepare(self, device: torch.device, precision: str) -> None:
        """Move a copy, so that every run starts from the weights as they were loaded."""
        self._dtype = checked_dtype(device, precision)
        self._prepared = copy.deepcopy(self._network).to(device, self._dtype)

    def answers(self, batch: torch.Tensor) -> list[str | None]:
        """The words of every image, with spaces between them."""
        words, finite = self._prepared.write(batch.to(self._dtype), self._longest)
        return [
            self._text(row) if whole else None
            for row, whole in zip(words.tolist(), finite.tolist(), strict=True)
        ]

    def unload(self) -> None:
        """Drop the prepared copy."""
        self._prepared, self._dtype = self._network, torch.float32

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
