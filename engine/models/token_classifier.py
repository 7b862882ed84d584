"""Networks of our own over tokens: of words or fields, beside numbers, an image or nothing.

They come as safetensors whose header holds the words or describes the columns.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial
from pathlib import Path

import torch
from torch import nn
from torch.nn import functional

from engine.core.batches import Batch, parts
from engine.core.errors import UserError
from engine.core.records import ModelIdentity
from engine.inputs.coding import Coding
from engine.models.base import Classifier
from engine.models.checkpoint import fill, own_identity
from engine.models.request import ModelRequest
from engine.models.tokenizers import read_columns, read_words
from engine.models.torch_classifier import OnDevice
from engine.models.weights import WeightFile, read_safetensors


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


SIDE = 32
"""Of the image of a pair."""


class TokenClassifier(OnDevice, Classifier):
    """A network of tokens (B, L), after a first part (B, ...), which is cast to the precision.

    Args:
        network: takes all parts.
        coding: how words or fields become tokens.
        identity: what a run records of it.
    """

    def __init__(self, network: nn.Module, coding: Coding, identity: ModelIdentity) -> None:
        super().__init__(network)
        self.identity = identity
        self._coding = coding

    @property
    def coding(self) -> Coding:
        """Its words or columns."""
        return self._coding

    @property
    def differentiable(self) -> bool:
        """Gradients reach the first part, if there is one."""
        return self.identity.kind != "text"

    def scores(self, batch: Batch) -> torch.Tensor:
        """Scores (B, K), float32."""
        *first, codes = parts(batch)
        scores: torch.Tensor = self._ready(*(part.to(self._dtype) for part in first), codes)
        return scores.float()


def load_text_model(path: Path, request: ModelRequest) -> TokenClassifier:
    """A network over texts; its header names words, classes and noise.

    Raises:
        UserError: damaged, without words, or shapes that do not fit.
    """
    file = read_safetensors(path)
    ranks = {"words.weight": 2, "first.weight": 2, "last.weight": 2}
    words, first, last = _shapes(path, file, ranks, "a text")
    known = words[0] - 1  # the mask is one more
    build = partial(TextNetwork, known, last[0], words=words[1], features=first[0])
    network = fill(build, file.tensors, path=path, arch=file.arch)
    tokenizer = read_words(path, file.metadata, known)
    facts = own_identity(path, request, file, network, last[0], (0,), kind="text")
    return TokenClassifier(network, tokenizer, facts)


def load_pair_model(path: Path, request: ModelRequest) -> TokenClassifier:
    """A network over images (B, 3, 32, 32) with texts; its header names words, classes and noise.

    Raises:
        UserError: damaged, without words, or shapes that do not fit.
    """
    file = read_safetensors(path)
    ranks = {"words.weight": 2, "text.0.weight": 2, "head.weight": 2, "picture.0.weight": 4}
    words, text, head, first = _shapes(path, file, ranks, "an image and a text")
    known = words[0] - 1  # the mask is one more
    sizes = {"width": first[0], "features": text[0], "words": words[1]}
    build = partial(PairNetwork, known, head[0], **sizes)
    network = fill(build, file.tensors, path=path, arch=file.arch)
    tokenizer = read_words(path, file.metadata, known)
    facts = own_identity(path, request, file, network, head[0], (3, SIDE, SIDE), kind="pair")
    return TokenClassifier(network, tokenizer, facts)


def load_table_model(path: Path, request: ModelRequest) -> TokenClassifier:
    """A network over numbers (B, F) and codes (B, G); its header describes columns and noise.

    Raises:
        UserError: damaged, without columns, or shapes that do not fit.
    """
    file = read_safetensors(path)
    coding = read_columns(path, file.metadata)
    ranks = {"first.weight": 2, "last.weight": 2}
    first, last = _shapes(
        path,
        file,
        ranks,
        "rows of a table",
        possible=bool(coding.numeric),
        least=1 if request.outputs == "numbers" else 2,
    )
    numeric = len(coding.numeric)
    build = partial(TableNetwork, numeric, coding.arities, last[0], hidden=first[0])
    network = fill(build, file.tensors, path=path, arch=file.arch)
    facts = own_identity(path, request, file, network, last[0], (numeric,), kind="table")
    return TokenClassifier(network, coding, facts)


def _shapes(
    path: Path,
    file: WeightFile,
    ranks: Mapping[str, int],
    what: str,
    *,
    possible: bool = True,
    least: int = 2,
) -> list[tuple[int, ...]]:
    """Shapes of the tensors that tell a network's sizes.

    Raises:
        UserError: one is missing, has another rank, or leaves too few words or classes.
    """
    shapes = {
        name: tuple(file.tensors[name].shape) if name in file.tensors else () for name in ranks
    }
    fits = all(len(shapes[name]) == rank for name, rank in ranks.items())
    words = shapes.get("words.weight", (3,))
    classes = shapes.get("last.weight") or shapes.get("head.weight") or (0,)
    if not (possible and fits and words[0] >= 3 and classes[0] >= least):
        raise UserError(f"{path} holds no weights of a network over {what}.")
    return list(shapes.values())
