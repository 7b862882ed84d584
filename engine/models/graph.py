"""Graph networks from safetensors files; bound to a neighbourhood they classify its node.

Two layers in plain torch over lists of messages. GCN: Kipf & Welling (ICLR 2017). GAT: Velickovic
et al. (ICLR 2018), attention dropout included.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from torch import nn
from torch.nn import functional

from engine.core.errors import UserError, quoted
from engine.core.records import Encoding, ModelIdentity
from engine.inputs.base import FittedInput
from engine.inputs.node import Neighbourhood
from engine.models.base import Classifier
from engine.models.checkpoint import fill, own_identity
from engine.models.input_layout import ANY
from engine.models.request import ModelRequest
from engine.models.torch_classifier import OnDevice
from engine.models.weights import WeightFile, read_safetensors
from engine.schemes import Scheme

GCN_HIDDEN, GAT_HEADS, GAT_HIDDEN = 64, 8, 8
LAYERS = 2
_SLOPE = 0.2


@dataclass(frozen=True)
class Messages:
    """Who sends to whom in one layer, self loops included, by rising target.

    Attributes:
        sources, targets: (E,) rows of the ends of each message.
        weights: (E,) 1 / sqrt((d_source + 1)(d_target + 1)), the normalisation of a GCN.
        receivers: number of rows that come out: the first so many nodes.
    """

    sources: torch.Tensor
    targets: torch.Tensor
    weights: torch.Tensor
    receivers: int

    def to(self, device: torch.device, dtype: torch.dtype) -> Messages:
        """The same on a device, weights in the network's precision."""
        return Messages(
            self.sources.to(device),
            self.targets.to(device),
            self.weights.to(device, dtype),
            self.receivers,
        )


def messages(
    sources: torch.Tensor, targets: torch.Tensor, degrees: torch.Tensor, receivers: int
) -> Messages:
    """Messages into the first ``receivers`` nodes, with a self loop for each of them.

    Args:
        sources: (E,) int64, rows that send; no self loops.
        targets: (E,) int64, rows that receive.
        degrees: (M,) of the whole graph, without self loops.
        receivers: at most M.
    """
    loops = torch.arange(receivers)
    kept = targets < receivers
    sources = torch.cat([sources[kept], loops])
    targets = torch.cat([targets[kept], loops])
    order = torch.argsort(targets, stable=True)
    sources, targets = sources[order], targets[order]
    scale = (degrees.double() + 1).rsqrt()
    weights = (scale[sources] * scale[targets]).float()
    return Messages(sources, targets, weights, receivers)


def summed(values: torch.Tensor, over: Messages) -> torch.Tensor:
    """Sums of messages (B, E, F) by target, (B, receivers, F), always in the same order."""
    out = values.new_zeros(over.receivers, values.shape[0], *values.shape[2:])
    by_message = values.transpose(0, 1)
    if values.device.type == "cpu":
        out.index_add_(0, over.targets, by_message)
    else:
        # index_add_ is atomic on a GPU, so its sums vary in the last bit; this one sorts first.
        out.index_put_((over.targets,), by_message, accumulate=True)
    return out.transpose(0, 1)


class GraphConvolution(nn.Module):
    """Weighted sum over neighbours of a linear map of their features."""

    def __init__(self, inputs: int, outputs: int) -> None:
        super().__init__()
        self.weight = nn.Parameter(torch.empty(outputs, inputs))
        self.bias = nn.Parameter(torch.zeros(outputs))
        nn.init.xavier_uniform_(self.weight)

    def forward(self, x: torch.Tensor, over: Messages) -> torch.Tensor:
        """(B, M, inputs) to (B, receivers, outputs)."""
        hidden = functional.linear(x, self.weight)
        return summed(hidden[:, over.sources] * over.weights[:, None], over) + self.bias


class GraphAttention(nn.Module):
    """Several heads, each a sum over neighbours with weights that it computes from both ends."""

    def __init__(self, inputs: int, outputs: int, heads: int) -> None:
        super().__init__()
        self.weight = nn.Parameter(torch.empty(heads * outputs, inputs))
        self.source = nn.Parameter(torch.empty(heads, outputs))
        self.target = nn.Parameter(torch.empty(heads, outputs))
        self.bias = nn.Parameter(torch.zeros(heads * outputs))
        for parameter in (self.weight, self.source, self.target):
            nn.init.xavier_uniform_(parameter)
        self.dropout = 0.0

    def forward(self, x: torch.Tensor, over: Messages) -> torch.Tensor:
        """(B, M, inputs) to (B, receivers, heads * outputs)."""
        heads, outputs = self.source.shape
        hidden = functional.linear(x, self.weight).unflatten(-1, (heads, outputs))
        sent, received = ((hidden * way).sum(-1) for way in (self.source, self.target))
        logits = functional.leaky_relu(sent[:, over.sources] + received[:, over.targets], _SLOPE)
        attention = functional.dropout(_softmax(logits, over), self.dropout, self.training)
        return summed(hidden[:, over.sources] * attention[..., None], over).flatten(2) + self.bias


def _softmax(logits: torch.Tensor, over: Messages) -> torch.Tensor:
    """Over the messages into each target: (B, E, heads)."""
    index = over.targets[None, :, None].expand_as(logits)
    room = logits.new_zeros(logits.shape[0], over.receivers, logits.shape[2])
    highest = room.scatter_reduce(1, index, logits.detach(), "amax", include_self=False)
    raised = (logits - highest[:, over.targets]).exp()
    return raised / summed(raised, over)[:, over.targets]


class GraphNetwork(nn.Module):
    """Two layers with dropout between them; the last gives one score per class.

    Args:
        kind: ``gcn`` or ``gat``.
        inputs: features per node, the indicator among them where the network takes one.
        classes: number of classes.
        hidden: outputs of the first layer; of each head of a GAT.
        heads: of a GAT's first layer.
        token: whether rows whose indicator is 1 are replaced by a learned row; the indicator
            then is no feature.
    """

    def __init__(
        self,
        kind: str,
        inputs: int,
        classes: int,
        *,
        hidden: int | None = None,
        heads: int = GAT_HEADS,
        token: bool = False,
    ) -> None:
        super().__init__()
        self.first: GraphConvolution | GraphAttention
        self.second: GraphConvolution | GraphAttention
        if kind == "gat":
            hidden = hidden or GAT_HIDDEN
            self.first = GraphAttention(inputs, hidden, heads)
            self.second = GraphAttention(heads * hidden, classes, 1)
        else:
            hidden = hidden or GCN_HIDDEN
            self.first = GraphConvolution(inputs, hidden)
            self.second = GraphConvolution(hidden, classes)
        self.activation = functional.elu if kind == "gat" else functional.relu
        self.dropout = 0.0
        self.token = nn.Parameter(torch.empty(1, inputs)) if token else None
        if self.token is not None:
            nn.init.xavier_uniform_(self.token)

    def forward(self, x: torch.Tensor, first: Messages, second: Messages) -> torch.Tensor:
        """Scores (B, receivers of the second layer, K) of features (B, M, D or D + 1)."""
        if self.token is not None:
            x = torch.where(x[..., -1:] > 0, self.token, x[..., :-1])
        hidden = self.activation(self.first(x, first))
        hidden = functional.dropout(hidden, self.dropout, self.training)
        scores: torch.Tensor = self.second(hidden, second)
        return scores

    @property
    def classes(self) -> int:
        """Scores per node."""
        return self.second.bias.shape[0]

    @property
    def width(self) -> int:
        """Columns of its input, the indicator among them."""
        return self.first.weight.shape[1] + (self.token is not None)

    def drop(self, *, hidden: float, attention: float) -> None:
        """Dropout for training, between the layers and on the attention."""
        self.dropout = hidden
        for layer in (self.first, self.second):
            if isinstance(layer, GraphAttention):
                layer.dropout = attention


_TITLES = {"gcn": "GCN", "gat": "GAT"}


class GraphClassifier(OnDevice, Classifier):
    """A graph network; :meth:`bound_to` a neighbourhood it can classify.

    A batch is (B, M, D): the features of M nodes, or (B, M, D + 1) with the encoding
    ``indicator``, whose last column is 1 for the nodes that were noised.
    """

    _messages: list[Messages]

    def __init__(
        self,
        network: GraphNetwork,
        identity: ModelIdentity,
        around: Neighbourhood | None = None,
    ) -> None:
        super().__init__(network)
        self.identity = identity
        self.around = around

    def bound_to(self, fitted: FittedInput, scheme: Scheme | None = None) -> GraphClassifier:
        """This model for one neighbourhood, prepared as this one is.

        Raises:
            UserError: the input is not a graph.
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
        super().prepare(device, precision)
        if self.around is not None:
            self._messages = [one.to(device, self._dtype) for one in messages_of(self.around)]

    def scores(self, batch: Any) -> torch.Tensor:
        """Scores (B, K), float32.

        Raises:
            UserError: the model is not bound to a neighbourhood, or not prepared.
        """
        if not self._messages:
            raise UserError(
                f"The model '{self.identity.name}' classifies nodes of a graph; name one first, "
                "e.g. karate:12."
            )
        scores: torch.Tensor = self._ready(batch.to(self._dtype), *self._messages)
        return scores[:, 0].float()

    def unload(self) -> None:
        """Drop the prepared copies."""
        super().unload()
        self._messages = []


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
        raise TypeError(f"{type(filled).__name__} is not a graph network")
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
