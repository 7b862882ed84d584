"""Our own networks over an image and a text, from safetensors whose header holds the words."""

from __future__ import annotations

from pathlib import Path

from engine.core.errors import UserError
from engine.inputs.coding import WordTokenizer
from engine.models.checkpoint import fill
from engine.models.native_file import own_identity
from engine.models.pair_network import PairNetwork
from engine.models.request import ModelRequest
from engine.models.token_network import CodedClassifier
from engine.models.tokenizers import read_words
from engine.models.weights import WeightFile, read_safetensors

SIDE = 32


class PairClassifier(CodedClassifier[WordTokenizer]):
    """A network that takes images (B, 3, 32, 32) and tokens (B, L) of its own words."""


def load_pair_model(path: Path, request: ModelRequest) -> PairClassifier:
    """A network over pairs; its header names words, classes and noise.

    Raises:
        UserError: damaged, without words, or shapes that do not fit.
    """
    file = read_safetensors(path)
    network = _network(path, file)
    known = network.words.num_embeddings - 1  # the mask is one more
    tokenizer = read_words(path, file.metadata, known, made_by="filter")
    identity = own_identity(
        path,
        request,
        file,
        network,
        classes=network.head.out_features,
        input_shape=(3, SIDE, SIDE),
        kind="pair",
    )
    return PairClassifier(network, tokenizer, identity)


def _network(path: Path, file: WeightFile) -> PairNetwork:
    """The network whose sizes the shapes of the tensors tell, filled with them."""
    shapes = {key: tuple(tensor.shape) for key, tensor in file.tensors.items()}
    wanted = (
        ("picture.0.weight", 4),
        ("words.weight", 2),
        ("head.weight", 2),
        ("text.0.weight", 2),
    )
    first, table, last, text = (shapes.get(name, ()) for name, _ in wanted)
    ranks = tuple(map(len, (first, table, last, text)))
    if ranks != tuple(rank for _, rank in wanted) or last[0] < 2 or table[0] < 3:
        raise UserError(f"{path} holds no weights of a network over an image and a text.")

    def build() -> PairNetwork:
        return PairNetwork(table[0] - 1, last[0], width=first[0], features=text[0], words=table[1])

    filled = fill(build, file.tensors, path=path, arch="pair_cnn")
    if not isinstance(filled, PairNetwork):
        raise TypeError(f"{type(filled).__name__} is no network over pairs")
    return filled
