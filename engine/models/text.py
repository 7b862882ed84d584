"""Our own networks over a text, from safetensors whose header holds the words."""

from __future__ import annotations

from pathlib import Path

from engine.core.errors import UserError
from engine.inputs.coding import WordTokenizer
from engine.models.checkpoint import fill
from engine.models.kinds import TEXT_ARCHITECTURE
from engine.models.native_file import own_identity
from engine.models.request import ModelRequest
from engine.models.text_network import TextNetwork
from engine.models.token_network import CodedClassifier
from engine.models.tokenizers import read_words
from engine.models.weights import WeightFile, read_safetensors


class TextClassifier(CodedClassifier[WordTokenizer]):
    """A network that takes tokens (B, L) of its own words."""


def load_text_model(path: Path, request: ModelRequest) -> TextClassifier:
    """A network over texts; its header names words, classes and noise.

    Raises:
        UserError: damaged, without words, or shapes that do not fit.
    """
    file = read_safetensors(path)
    network = _network(path, file)
    known = network.words.num_embeddings - 1  # the mask is one more
    tokenizer = read_words(path, file.metadata, known, made_by="letters")
    identity = own_identity(
        path,
        request,
        file,
        network,
        classes=network.last.out_features,
        input_shape=(0,),
        kind="text",
    )
    return TextClassifier(network, tokenizer, identity)


def _network(path: Path, file: WeightFile) -> TextNetwork:
    """The network whose sizes the shapes of the tensors tell, filled with them."""
    names = ("words.weight", "first.weight", "last.weight")
    table, first, last = (
        tuple(file.tensors[name].shape) if name in file.tensors else () for name in names
    )
    if {len(table), len(first), len(last)} != {2} or last[0] < 2 or table[0] < 3:
        raise UserError(f"{path} holds no weights of a network over a text.")

    def build() -> TextNetwork:
        return TextNetwork(table[0] - 1, last[0], words=table[1], features=first[0])

    filled = fill(build, file.tensors, path=path, arch=TEXT_ARCHITECTURE)
    if not isinstance(filled, TextNetwork):
        raise TypeError(f"{type(filled).__name__} is no network over texts")
    return filled
