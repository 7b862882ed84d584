"""Our own networks over rows of a table, from safetensors whose header describes the columns."""

from __future__ import annotations

import copy
from pathlib import Path

import torch

from engine.errors import UserError, quoted
from engine.files import sha256_file
from engine.inputs.coding import TableCoding
from engine.models.base import Classifier
from engine.models.checkpoint import fill
from engine.models.codings import read_columns
from engine.models.header import listed, training_sigma
from engine.models.names import class_names
from engine.models.request import ModelRequest
from engine.models.table_network import TableNetwork
from engine.models.taught import training_scheme
from engine.models.torch_classifier import checked_dtype
from engine.models.weights import WeightFile, read_card, read_safetensors
from engine.records import ModelIdentity


class TableClassifier(Classifier):
    """A network that takes numbers (B, F) and codes (B, G)."""

    def __init__(self, network: TableNetwork, coding: TableCoding, identity: ModelIdentity) -> None:
        self.identity = identity
        self.network = network.eval().requires_grad_(False)
        self._coding = coding
        self._ready: TableNetwork = self.network
        self._dtype = torch.float32

    @property
    def coding(self) -> TableCoding:
        """Its columns."""
        return self._coding

    @property
    def differentiable(self) -> bool:
        """Gradients reach the numbers."""
        return True

    def prepare(self, device: torch.device, precision: str) -> None:
        """Copy the network to ``device``, in the chosen precision."""
        self._dtype = checked_dtype(device, precision)
        self._ready = copy.deepcopy(self.network).to(device, self._dtype)

    def scores(self, batch: tuple[torch.Tensor, torch.Tensor]) -> torch.Tensor:
        """Scores (B, K), float32."""
        numbers, codes = batch
        scores: torch.Tensor = self._ready(numbers.to(self._dtype), codes)
        return scores.float()

    def unload(self) -> None:
        """Drop the prepared copy."""
        self._ready, self._dtype = self.network, torch.float32


def load_table_model(path: Path, request: ModelRequest) -> TableClassifier:
    """A network over rows; its header describes columns, classes and noise.

    Raises:
        UserError: damaged, without columns, or shapes that do not fit.
    """
    file = read_safetensors(path)
    coding = read_columns(path, file.metadata)
    network = _network(path, file, coding)
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
            network.last.out_features,
            given=request.class_names,
            stored=listed(file.metadata, "classes"),
        ),
        input_shape=(len(coding.numeric),),
        kind="table",
        training_sigma=training_sigma(scheme),
        training_scheme=scheme,
        notes=(unknown,) if unknown else (),
    )
    return TableClassifier(network, coding, identity)


def _network(path: Path, file: WeightFile, coding: TableCoding) -> TableNetwork:
    first, last = (
        tuple(file.tensors[k].shape) if k in file.tensors else ()
        for k in ("first.weight", "last.weight")
    )
    if len(first) != 2 or len(last) != 2 or last[0] < 2 or not coding.numeric or not coding.fields:
        raise UserError(f"{path} holds no weights of a network over rows of a table.")

    def build() -> TableNetwork:
        return TableNetwork(len(coding.numeric), coding.arities, last[0], hidden=first[0])

    filled = fill(build, file.tensors, path=path, arch="table_mlp")
    if not isinstance(filled, TableNetwork):
        raise TypeError(f"{type(filled).__name__} is no network over rows")
    return filled
