"""Graph networks from safetensors files; bound to a neighbourhood they classify its node."""

from __future__ import annotations

import copy
import json
import re
from pathlib import Path
from typing import Any, Literal

import torch

from engine.errors import UserError
from engine.files import sha256_file
from engine.inputs.base import FittedInput
from engine.inputs.neighbourhood import Neighbourhood
from engine.layouts import ANY
from engine.models.base import Classifier
from engine.models.checkpoint import fill
from engine.models.graph_networks import LAYERS, GraphNetwork, Messages, messages
from engine.models.names import class_names
from engine.models.request import ModelRequest
from engine.models.torch_classifier import checked_dtype
from engine.models.weights import WeightFile, read_card, read_safetensors
from engine.records import Encoding, ModelIdentity

_TITLES = {"gcn": "GCN", "gat": "GAT"}
Kind = Literal["gcn", "gat"]


class GraphClassifier(Classifier):
    """A graph network; :meth:`bound_to` a neighbourhood it can classify.

    A batch is (B, M, D): the features of M nodes, or (B, M, D + 1) with the encoding
    ``indicator``, whose last column is 1 for the nodes that were noised.
    """

    def __init__(
        self,
        network: GraphNetwork,
        identity: ModelIdentity,
        layers: tuple[Messages, Messages] | None = None,
    ) -> None:
        self.identity = identity
        self.network = network.eval().requires_grad_(False)
        self.layers = layers
        self._prepared: tuple[torch.device, str] | None = None
        self._ready: tuple[GraphNetwork, Messages, Messages] | None = None
        self._dtype = torch.float32

    def bound_to(self, fitted: FittedInput) -> GraphClassifier:
        """This model for one neighbourhood.

        Raises:
            UserError: the input is no graph.
        """
        around = fitted.context
        if not isinstance(around, Neighbourhood) or around.reach < LAYERS:
            raise UserError(
                f"The model '{self.identity.name}' takes a node of a graph, e.g. karate:12."
            )
        return GraphClassifier(self.network, self.identity, messages_of(around))

    def prepare(self, device: torch.device, precision: str) -> None:
        """Copy network and messages to ``device``, in the chosen precision."""
        if self._prepared == (device, precision):
            return
        dtype = checked_dtype(device, precision)
        if self.layers is not None:
            first, second = (layer.to(device, dtype) for layer in self.layers)
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
    kind = _kind(path, file.arch)
    network = _network(path, kind, file)
    fill(network, file.tensors, path=path, arch=_TITLES[kind])
    card = read_card(path)
    encoding = _encoding(path, file)
    classes = network.second.bias.shape[0]
    width = network.first.weight.shape[1] + (network.token is not None)
    identity = ModelIdentity(
        name=str(card.get("name") or path.name)[:80],
        source=request.spec,
        format=file.format,
        sha256=sha256_file(path),
        architecture=file.arch,
        parameters=sum(p.numel() for p in network.parameters()),
        class_names=class_names(classes, given=request.class_names, stored=_names(file)),
        input_shape=(ANY, width),
        kind="graph",
        encoding=encoding,
        training_scheme=_scheme(path, file),
    )
    return GraphClassifier(network, identity)


def _kind(path: Path, arch: str) -> Kind:
    if arch == "gcn":
        return "gcn"
    if arch == "gat":
        return "gat"
    raise UserError(f"{path} is of the architecture '{arch[:60]}'; graph models are gcn or gat.")


def _network(path: Path, kind: Kind, file: WeightFile) -> GraphNetwork:
    """A network of the sizes that the tensors have, never larger than all of them together."""
    shapes = {key: tuple(tensor.shape) for key, tensor in file.tensors.items()}
    first, last = shapes.get("first.weight", ()), shapes.get("second.bias", ())
    heads = shapes.get("first.source", (1,))[0]
    sound = len(first) == 2 and len(last) == 1 and heads >= 1 and min(*first, *last) >= 1
    if not sound or first[0] % heads or last[0] < 2:
        raise UserError(f"{path} holds no weights of a {_TITLES[kind]} of {LAYERS} layers.")

    def build() -> GraphNetwork:
        hidden, token = first[0] // heads, "token" in shapes
        return GraphNetwork(kind, first[1], last[0], hidden=hidden, heads=heads, token=token)

    with torch.device("meta"):
        needed = sum(parameter.numel() for parameter in build().parameters())
    if needed > sum(tensor.numel() for tensor in file.tensors.values()):
        raise UserError(f"{path} holds fewer weights than a {_TITLES[kind]} of its sizes has.")
    return build()


def _encoding(path: Path, file: WeightFile) -> Encoding:
    stated = file.metadata.get("encoding", "plain")
    token = "token" in file.tensors
    if stated == "indicator":
        return "indicator"
    if stated == "plain" and not token:
        return "plain"
    raise UserError(
        f"{path} states the encoding '{stated[:40]}'; graph models have 'plain' or 'indicator', "
        "and those with an ablation token 'indicator'."
    )


def _names(file: WeightFile) -> tuple[str, ...]:
    try:
        stored = json.loads(file.metadata.get("classes", "[]"))
    except (ValueError, RecursionError):
        return ()
    return tuple(str(name)[:80] for name in stored) if isinstance(stored, list) else ()


def _scheme(path: Path, file: WeightFile) -> dict[str, Any] | None:
    """The scheme whose noise it was trained with, as its header states it."""
    text = file.metadata.get("training_scheme", "")
    if not text:
        return None
    try:
        stated = json.loads(text)
    except (ValueError, RecursionError):
        stated = None
    if not isinstance(stated, dict) or not re.fullmatch(r"[a-z0-9-]{1,40}", str(stated.get("key"))):
        raise UserError(f"{path}: the training scheme in its header cannot be read.")
    return stated
