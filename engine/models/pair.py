"""Our own networks over a picture and a text, from safetensors whose header holds the words."""

from __future__ import annotations

import copy
from pathlib import Path

import torch

from engine.errors import UserError, quoted
from engine.files import sha256_file
from engine.inputs.coding import WordTokenizer
from engine.models.base import Classifier
from engine.models.checkpoint import fill
from engine.models.header import listed, training_sigma
from engine.models.names import class_names
from engine.models.pair_network import PairNetwork
from engine.models.request import ModelRequest
from engine.models.taught import training_scheme
from engine.models.torch_classifier import checked_dtype
from engine.models.weights import WeightFile, read_card, read_safetensors
from engine.records import ModelIdentity

SIDE = 32


class PairClassifier(Classifier):
    """A network that takes pictures (B, 3, 32, 32) and tokens (B, L) of its own words."""

    def __init__(
        self, network: PairNetwork, tokenizer: WordTokenizer, identity: ModelIdentity
    ) -> None:
        self.identity = identity
        self.network = network.eval().requires_grad_(False)
        self._tokenizer = tokenizer
        self._ready: PairNetwork = self.network
        self._dtype = torch.float32

    @property
    def coding(self) -> WordTokenizer:
        """Its words."""
        return self._tokenizer

    @property
    def differentiable(self) -> bool:
        """Gradients reach the picture."""
        return True

    def prepare(self, device: torch.device, precision: str) -> None:
        """Copy the network to ``device``, in the chosen precision."""
        self._dtype = checked_dtype(device, precision)
        self._ready = copy.deepcopy(self.network).to(device, self._dtype)

    def scores(self, batch: tuple[torch.Tensor, torch.Tensor]) -> torch.Tensor:
        """Scores (B, K), float32."""
        pictures, tokens = batch
        scores: torch.Tensor = self._ready(pictures.to(self._dtype), tokens)
        return scores.float()

    def unload(self) -> None:
        """Drop the prepared copy."""
        self._ready, self._dtype = self.network, torch.float32


def load_pair_model(path: Path, request: ModelRequest) -> PairClassifier:
    """A network over pairs; its header names words, classes and noise.

    Raises:
        UserError: damaged, without words, or shapes that do not fit.
    """
    file = read_safetensors(path)
    words = listed(file.metadata, "words")
    network = _network(path, file)
    if len(words) != network.words.num_embeddings - 1 or len(set(words)) != len(words):
        raise UserError(
            f"{path} does not name the {network.words.num_embeddings - 1} words of its alphabet in "
            "its header; write it again with python -m engine.training.filter."
        )
    card = read_card(path)
    scheme, unknown = training_scheme(file.metadata, card)
    identity = ModelIdentity(
        name=quoted(card.get("name") or path.name, 80),
        source=request.spec,
        format=file.format,
        sha256=sha256_file(path),
        architecture=file.arch,
        parameters=sum(p.numel() for p in network.parameters()),
        class_names=class_names(
            network.head.out_features,
            given=request.class_names,
            stored=listed(file.metadata, "classes"),
        ),
        input_shape=(3, SIDE, SIDE),
        kind="pair",
        training_sigma=training_sigma(scheme),
        training_scheme=scheme,
        notes=(unknown,) if unknown else (),
    )
    return PairClassifier(network, WordTokenizer(words), identity)


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
        raise UserError(f"{path} holds no weights of a network over a picture and a text.")

    def build() -> PairNetwork:
        return PairNetwork(table[0] - 1, last[0], width=first[0], features=text[0], words=table[1])

    filled = fill(build, file.tensors, path=path, arch="pair_cnn")
    if not isinstance(filled, PairNetwork):
        raise TypeError(f"{type(filled).__name__} is no network over pairs")
    return filled
