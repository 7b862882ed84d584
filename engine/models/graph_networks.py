"""Graph networks of two layers in plain torch: GCN and GAT over lists of messages.

GCN: Kipf & Welling (ICLR 2017). GAT: Velickovic et al. (ICLR 2018), attention dropout included.
"""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import nn
from torch.nn import functional

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
