"""Convolutions on the CPU through oneDNN with packed weights and what follows fused in.

A network of small convolutions is bound by memory: batch normalisation, the shortcut's addition and
ReLU each read and write every feature map. oneDNN does them while the convolution's result is still
in cache. These are the operations that torch's own compiler would choose; no C++ compiler is needed
to call them.
"""

from __future__ import annotations

import operator

import torch
from torch import fx, nn
from torch.nn import functional

from engine.models.folding import called_once, replace_module

_NO_SCALARS: list[float] = []
_ADDITIONS = (operator.add, operator.iadd, torch.add)
_RELUS = (torch.relu, functional.relu, torch.relu_)


class PackedConv(nn.Module):
    """A convolution, optionally plus a second tensor, optionally through ReLU."""

    def __init__(
        self, conv: nn.Conv2d, input_size: tuple[int, ...], dtype: torch.dtype, *, relu: bool
    ) -> None:
        super().__init__()
        self._where = ([*conv.padding], [*conv.stride], [*conv.dilation], conv.groups)
        weight = conv.weight.detach().to(dtype)
        self._weight = torch.ops.mkldnn._reorder_convolution_weight(
            weight, *self._where, list(input_size)
        )
        self._bias = None if conv.bias is None else conv.bias.detach().to(dtype)
        self._relu = relu

    def forward(self, x: torch.Tensor, other: torch.Tensor | None = None) -> torch.Tensor:
        """Result for ``x``, with ``other`` added before the ReLU."""
        if other is None:
            after = ("relu" if self._relu else "none", _NO_SCALARS, "")
            out = torch.ops.mkldnn._convolution_pointwise(
                x, self._weight, self._bias, *self._where, *after
            )
        else:
            after_sum = ("add", 1.0, "relu" if self._relu else None, _NO_SCALARS, "")
            out = torch.ops.mkldnn._convolution_pointwise.binary(
                x, other, self._weight, self._bias, *self._where, *after_sum
            )
        return out  # type: ignore[no-any-return]


class PackedLinear(nn.Module):
    """A linear layer, optionally through ReLU; twice as fast as the default on some processors."""

    def __init__(self, linear: nn.Linear, dtype: torch.dtype, *, relu: bool) -> None:
        super().__init__()
        # Plain attributes, not buffers: they are in their dtype already.
        self._weight = linear.weight.detach().to(dtype)
        self._bias = None if linear.bias is None else linear.bias.detach().to(dtype)
        self._after: tuple[str, list[float], str] = ("relu" if relu else "none", [], "")

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """Result for ``x`` (B, N)."""
        return torch.ops.mkldnn._linear_pointwise(  # type: ignore[no-any-return]
            x.contiguous(), self._weight, self._bias, *self._after
        )


def pack(graph: fx.GraphModule, probe: torch.Tensor, dtype: torch.dtype) -> fx.GraphModule:
    """Replace, in place, the convolutions and inner linear layers of a float32 graph.

    Args:
        graph: traced, batch normalisation already folded.
        probe: a batch of the size the weights are packed for.
        dtype: of the arithmetic.
    """
    sizes = _Sizes(graph)
    sizes.run(probe)
    for node in list(graph.graph.nodes):
        layer = called_once(graph, node)
        if isinstance(layer, nn.Conv2d) and _plain(layer):
            _pack_one(graph, node, layer, sizes.seen, dtype)
        elif isinstance(layer, nn.Linear) and _inner(node, sizes.seen):
            _pack_linear(graph, node, layer, dtype)
    graph.graph.lint()
    graph.recompile()
    return graph


class _Sizes(fx.Interpreter):
    """Runs a graph and remembers the size of every tensor."""

    def __init__(self, graph: fx.GraphModule) -> None:
        super().__init__(graph)
        self.seen: dict[fx.Node, tuple[int, ...]] = {}

    def run_node(self, n: fx.Node) -> object:
        """Run one node."""
        value = super().run_node(n)
        if isinstance(value, torch.Tensor):
            self.seen[n] = tuple(value.shape)
        return value


def _plain(conv: nn.Conv2d) -> bool:
    return conv.padding_mode == "zeros" and not isinstance(conv.padding, str)


def _pack_one(
    graph: fx.GraphModule,
    node: fx.Node,
    conv: nn.Conv2d,
    sizes: dict[fx.Node, tuple[int, ...]],
    dtype: torch.dtype,
) -> None:
    addition = _only_user(node)
    other = _summand(addition, node, sizes) if addition is not None else None
    end = addition if addition is not None and other is not None else node
    following = _only_user(end)
    relu = following if following is not None and _is_relu(graph, following) else None
    source = node.all_input_nodes[0]
    replace_module(graph, node, PackedConv(conv, sizes[source], dtype, relu=relu is not None))
    # The sum can only be taken where both of its parts exist: at the addition.
    with graph.graph.inserting_before(end):
        arguments = (source,) if other is None else (source, other)
        fused = graph.graph.call_module(str(node.target), arguments)
    sizes[fused] = sizes[node]
    for old in filter(None, (relu, addition if other is not None else None, node)):
        old.replace_all_uses_with(fused)
        graph.graph.erase_node(old)


def _inner(node: fx.Node, sizes: dict[fx.Node, tuple[int, ...]]) -> bool:
    """Whether a linear layer works on vectors and is not the last: the last keeps float32."""
    ends = any(user.op == "output" for user in node.users)
    return not ends and len(sizes[node.all_input_nodes[0]]) == 2


def _pack_linear(
    graph: fx.GraphModule, node: fx.Node, linear: nn.Linear, dtype: torch.dtype
) -> None:
    following = _only_user(node)
    relu = following if following is not None and _is_relu(graph, following) else None
    replace_module(graph, node, PackedLinear(linear, dtype, relu=relu is not None))
    if relu is not None:
        relu.replace_all_uses_with(node)
        graph.graph.erase_node(relu)


def _only_user(node: fx.Node) -> fx.Node | None:
    users = list(node.users)
    return users[0] if len(users) == 1 else None


def _summand(
    addition: fx.Node, node: fx.Node, sizes: dict[fx.Node, tuple[int, ...]]
) -> fx.Node | None:
    """What ``addition`` adds to ``node``, if that is a tensor of the same size."""
    if addition.target not in _ADDITIONS or addition.kwargs or len(addition.args) != 2:
        return None
    others = [part for part in addition.args if part is not node]
    if len(others) != 1 or not isinstance(others[0], fx.Node):
        return None
    return others[0] if sizes.get(others[0]) == sizes[node] else None


def _is_relu(graph: fx.GraphModule, node: fx.Node) -> bool:
    if node.op == "call_module":
        return isinstance(graph.get_submodule(str(node.target)), nn.ReLU)
    return node.target in _RELUS
