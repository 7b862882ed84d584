"""Graph networks from safetensors files; bound to a neighbourhood they classify its node."""

from __future__ import annotations

import copy
from pathlib import Path
from typing import Any

import torch

from engine.core.errors import UserError, quoted
from engine.core.records import Encoding, ModelIdentity
from engine.inputs.base import FittedInput
from engine.inputs.neighbourhood import Neighbourhood
from engine.models.base import Classifier
from engine.models.checkpoint import fill
from engine.models.graph_networks import LAYERS, GraphNetwork, Messages, messages
from engine.models.input_layout import ANY
from engine.models.native_file import own_identity
from engine.models.request import ModelRequest
from engine.models.torch_classifier import checked_dtype
from engine.models.weights import WeightFile, read_safetensors

_TITLES = {"gcn": "GCN", "gat": "GAT"}


class GraphClassifier(Classifier):
    """A graph network; :meth:`bound_to` a neighbourhood it can classify.

    A batch is (B, M, D): the features of M nodes, or (B, M, D + 1) with the encoding
    ``indicator``, whose last column is 1 for the nodes that were noised.
    """

    def __init__(
        self,
        network: GraphNetwork,
        identity: ModelIdentity,
        around: Neighbourhood | None = None,
    ) -> None:
        self.identity = identity
        self.network = network.eval().requires_grad_(False)
        self.around = around
        self._prepared: tuple[torch.device, str] | None = None
        self._ready: tuple[GraphNetwork, Messages, Messages] | None = None
        self._dtype = torch.float32

    def bound_to(self, fitted: FittedInput) -> GraphClassifier:
        """This model for one neighbourhood, prepared as this one is.

        Raises:
            UserError: the input is no graph.
        """
        around = fitted.context
        if not isinstance(around, Neighbourhood) or around.reach < LAYERS:
            raise UserError(
                f"The model '{self.identity.name}' takes a node of a graph, e.g. karate:12."
            )
        if around is self.around:
            return self
        bound = GraphClassifier(self.network, self.identity, around)
        if self._prepared is not None:
            bound.prepare(*self._prepared)
        return bound

    def prepare(self, device: torch.device, precision: str) -> None:
        """Copy network and messages to ``device``, in the chosen precision."""
        if self._prepared == (device, precision):
            return
        dtype = checked_dtype(device, precision)
        if self.around is not None:
            first, second = (layer.to(device, dtype) for layer in messages_of(self.around))
            network = copy.deepcopy(self.network).to(device, dtype)
            self._ready = (network, first, second)
        self._dtype = dtype
        self._prepared = (device, precision)

    def scores(self, batch: Any) -> torch.Tensor:
        """Scores (B, K), float32.

        Raises:
            UserError: the model is not bound to a neighbourhood, or not prepared.
        """
        if self._ready is None:
            raise UserError(
                f"The model '{self.identity.name}' classifies nodes of a graph; name one first, "
                "e.g. karate:12."
            )
        network, first, second = self._ready
        scores: torch.Tensor = network(batch.to(self._dtype), first, second)
        return scores[:, 0].float()

    def unload(self) -> None:
        """Drop the prepared copies."""
        self._prepared = self._ready = None


def messages_of(around: Neighbourhood) -> tuple[Messages, Messages]:
    """The messages of both layers: into the nodes one hop away, then into the node itself."""
    sources, targets, degrees = (
        torch.from_numpy(part) for part in (around.sources, around.targets, around.degrees)
    )
    inner = int((around.hops < LAYERS).sum())
    return messages(sources, targets, degrees, inner), messages(sources, targets, degrees, 1)


def load_graph_model(path: Path, request: ModelRequest) -> GraphClassifier:
    """A GCN or GAT from safetensors; its header names architecture, encoding and noise.

    Raises:
        UserError: damaged, of no known architecture, or shapes that do not fit it.
    """
    file = read_safetensors(path)
    if request.arch not in ("", file.arch):
        raise UserError(f"{path} says that it is a {file.arch}, not a '{request.arch}'.")
    network = _network(path, file)
    identity = own_identity(
        path,
        request,
        file,
        network,
        classes=network.classes,
        input_shape=(ANY, network.width),
        kind="graph",
        encoding=_encoding(path, file),
    )
    return GraphClassifier(network, identity)


def _network(path: Path, file: WeightFile) -> GraphNetwork:
    """The network whose sizes the shapes of the tensors tell, filled with them."""
    title = _TITLES.get(file.arch)
    if title is None:
        raise UserError(
            f"{path} is of the architecture '{quoted(file.arch)}'; graph models are gcn or gat."
        )
    shapes = {key: tuple(tensor.shape) for key, tensor in file.tensors.items()}
    first, last = shapes.get("first.weight", ()), shapes.get("second.bias", ())
    heads, *_ = (*shapes.get("first.source", ()), 1)
    sound = len(first) == 2 and len(last) == 1 and min(heads, *first) >= 1 and last[0] >= 2
    if not sound or first[0] % heads:
        raise UserError(f"{path} holds no weights of a {title} of {LAYERS} layers.")

    def build() -> GraphNetwork:
        hidden, token = first[0] // heads, "token" in shapes
        return GraphNetwork(file.arch, first[1], last[0], hidden=hidden, heads=heads, token=token)

    filled = fill(build, file.tensors, path=path, arch=title)
    if not isinstance(filled, GraphNetwork):
        raise TypeError(f"{type(filled).__name__} is no graph network")
    return filled


def _encoding(path: Path, file: WeightFile) -> Encoding:
    stated = file.metadata.get("encoding", "plain")
    token = "token" in file.tensors
    if stated == "indicator":
        return "indicator"
    if stated == "plain" and not token:
        return "plain"
    raise UserError(
        f"{path} states the encoding '{quoted(stated)}'; graph models have 'plain' or "
        "'indicator', and those with an ablation token 'indicator'."
    )
