"""The fastest form of a network that computes the same function.

Which form is chosen depends on network, device and precision alone, never on a stopwatch: a choice
by timing could differ between two runs, and with it the last bit of a score.

Folded: a batch normalisation becomes part of the convolution before it. Fused, on the CPU: a
network of small convolutions is bound by memory, as batch normalisation, the shortcut's addition
and ReLU each read and write every feature map; oneDNN does them while the convolution's result is
still in cache. These are the operations that torch's own compiler would choose; no C++ compiler is
needed to call them.
"""

from __future__ import annotations

import copy
import operator
from collections import Counter
from collections.abc import Sequence
from typing import Any, Literal

import torch
from torch import fx, nn
from torch.nn import functional
from torch.nn.utils.fusion import fuse_conv_bn_eval

from engine.models.keeping import (
    is_steady,
    keeps_nothing,
    plain,
    written_between,
)
from engine.models.leaks import SLOPE, may_leak, without_traces
from engine.models.one_call import Network, Packed, in_one_call, is_traced, operations
from engine.models.tracing import Steps, trace

_PACKED_PIXELS = 64 * 32 * 32
_TOLERANCE = {torch.float32: 1e-4, torch.bfloat16: 0.1, torch.float16: 0.02}


def accelerate(
    network: nn.Module, shape: tuple[int, ...], device: torch.device, dtype: torch.dtype
) -> nn.Module:
    """``network`` on ``device`` in ``dtype``, folded, fused and laid out for speed.

    Args:
        network: in eval mode, float32, anywhere; left as it is.
        shape: of one input.
        device: where it will run.
        dtype: of its arithmetic.
    """
    network = copy.deepcopy(network).to(device)
    if not any(isinstance(module, nn.Conv2d) for module in network.modules()):
        return network.to(dtype)
    probe = _probe(shape, device)
    with torch.inference_mode():
        if not is_steady(network, probe[:1]):  # every other form would be of what it did just now
            return network.to(dtype)
        with Steps(network) as usual:
            two = network(probe[:2].clone())
        own = (two, network(probe[:1].clone()))  # a graph may be of the one size that it met
        for form in (_fused, _folded, _laid_out):
            try:
                fast = form(network, probe.clone(), dtype, usual)
                same = _agree(own, fast, probe, dtype)
                if same and dtype != torch.float32:  # whose rounding would hide another function
                    exact = form(network, probe.clone(), torch.float32, usual)
                    same = _agree(own, exact, probe, torch.float32)
            except Exception:
                # Not every network can be traced and not every torch has oneDNN: the next form,
                # and in the end the network as it is, computes the same, only slower.
                continue
            if same:
                if device.type == "cpu":  # elsewhere one batch at a time is enough
                    fast.watch(probe.to(dtype))
                return fast
    return network.to(dtype)


def is_concurrent(network: nn.Module) -> bool:
    """Whether several threads may ask a network that :func:`accelerate` made.

    It could be traced, and nothing of a batch is kept between its operations or after them.
    """
    return isinstance(network, _ChannelsLast) and network.keeps_nothing


class _ChannelsLast(nn.Module):
    """Runs a network on images laid out pixel by pixel, as fast convolutions read them.

    Attributes:
        keeps_nothing: it is known to be operations on its argument alone.
    """

    def __init__(self, network: nn.Module) -> None:
        super().__init__()
        self.keeps_nothing = False
        self.network = network.to(memory_format=torch.channels_last)
        self._whole: Network | None = None

    def watch(self, probe: torch.Tensor) -> None:
        """Find out, on a few samples, whether it keeps anything; if not, run it in one call."""
        if isinstance(self.network, fx.GraphModule):
            self.keeps_nothing = keeps_nothing(self.network, probe[:2])
        if self.keeps_nothing:
            self._whole = in_one_call(self, probe)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """Scores of a batch of images."""
        if self._whole is not None:
            return self._whole(x)
        x = x.contiguous(memory_format=torch.channels_last)
        if isinstance(self.network, fx.GraphModule):
            # called as a module it prints where it failed, and then fails
            return self.network.forward(x)  # type: ignore[no-any-return]
        return self.network(x)  # type: ignore[no-any-return]


class _FullPrecisionHead(nn.Module):
    """The last linear layer in float32, so that close scores do not become ties."""

    def __init__(self, linear: nn.Linear) -> None:
        super().__init__()
        # Plain attributes, not buffers: casting the network leaves them alone.
        self.weight = linear.weight.detach().clone()
        self.bias = None if linear.bias is None else linear.bias.detach().clone()

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """Scores in float32."""
        return functional.linear(x.float(), self.weight, self.bias)


def _fused(
    network: nn.Module, probe: torch.Tensor, dtype: torch.dtype, usual: Steps
) -> _ChannelsLast:
    if probe.device.type != "cpu":
        raise NotImplementedError("oneDNN runs on the CPU")
    packed = _cast(pack(fold_batch_norm(trace(network, usual)), probe, dtype), dtype)
    leaky = any(isinstance(one, Packed) and one.after == "leaky" for one in packed.modules())
    return _ChannelsLast(without_traces(packed) if leaky else packed)


def _folded(
    network: nn.Module, probe: torch.Tensor, dtype: torch.dtype, usual: Steps
) -> _ChannelsLast:
    return _ChannelsLast(_cast(fold_batch_norm(trace(network, usual)), dtype))


def _laid_out(
    network: nn.Module, probe: torch.Tensor, dtype: torch.dtype, usual: Steps
) -> _ChannelsLast:
    return _ChannelsLast(copy.deepcopy(network).to(dtype))


def _cast(graph: fx.GraphModule, dtype: torch.dtype) -> fx.GraphModule:
    output = next(node for node in graph.graph.nodes if node.op == "output")
    last = output.args[0]
    head = called_once(graph, last) if isinstance(last, fx.Node) else None
    if isinstance(head, nn.Linear) and isinstance(last, fx.Node):
        replace_module(graph, last, _FullPrecisionHead(head))
    return graph.to(dtype)


def _probe(shape: tuple[int, ...], device: torch.device) -> torch.Tensor:
    size = max(2, min(64, _PACKED_PIXELS // (shape[1] * shape[2])))
    generator = torch.Generator().manual_seed(0)
    return torch.randn((size, *shape), generator=generator).to(device)


def _agree(
    own: Sequence[torch.Tensor], form: nn.Module, probe: torch.Tensor, dtype: torch.dtype
) -> bool:
    """Whether a form answers the first samples of a probe as the network did, batch by batch."""
    return all(_close(one, form(probe[: len(one)].to(dtype, copy=True)), dtype) for one in own)


def _close(expected: torch.Tensor, found: torch.Tensor, dtype: torch.dtype) -> bool:
    apart = (expected - found.float()).abs().max()
    return bool(apart <= _TOLERANCE[dtype] * expected.abs().max())


def fold_batch_norm(graph: fx.GraphModule) -> fx.GraphModule:
    """Fold, in place, every batch normalisation that directly follows a convolution."""
    for node in list(graph.graph.nodes):
        convolution = node.args[0] if node.args else None
        if not isinstance(convolution, fx.Node) or len(convolution.users) != 1:
            continue
        norm, conv = called_once(graph, node), called_once(graph, convolution)
        if isinstance(norm, nn.BatchNorm2d) and isinstance(conv, nn.Conv2d) and not norm.training:
            replace_module(graph, convolution, fuse_conv_bn_eval(conv, norm))
            node.replace_all_uses_with(convolution)
            graph.graph.erase_node(node)
    graph.delete_all_unused_submodules()
    graph.recompile()
    return graph


def called_once(graph: fx.GraphModule, node: fx.Node) -> nn.Module | None:
    """The module that ``node`` calls, if nothing else calls it and nothing is hooked to it."""
    if node.op != "call_module":
        return None
    calls = Counter(other.target for other in graph.graph.nodes if other.op == "call_module")
    layer = graph.get_submodule(str(node.target))
    return layer if calls[node.target] == 1 and plain(layer) else None


def replace_module(graph: fx.GraphModule, node: fx.Node, module: nn.Module) -> None:
    """Let ``node`` call ``module`` instead."""
    parent, _, leaf = str(node.target).rpartition(".")
    setattr(graph.get_submodule(parent), leaf, module)


_NO_SCALARS: list[float] = []
After = Literal["nothing", "relu", "leaky"]
_FUSED = {
    "nothing": ("none", _NO_SCALARS),
    "relu": ("none", _NO_SCALARS),
    "leaky": ("leaky_relu", [SLOPE]),
}
"""What oneDNN does at the end of a layer; its own ReLU takes a NaN for 0."""
_ADDITIONS = (operator.add, operator.iadd, torch.add)
_RELUS = (torch.relu, functional.relu, torch.relu_)


class PackedConv(Packed):
    """A convolution, optionally plus a second tensor, optionally through ReLU."""

    def __init__(
        self, conv: nn.Conv2d, input_size: tuple[int, ...], dtype: torch.dtype, after: After
    ) -> None:
        super().__init__()
        self._where = ([*conv.padding], [*conv.stride], [*conv.dilation], conv.groups)
        weight = conv.weight.detach().to(dtype)
        self._weight = torch.ops.mkldnn._reorder_convolution_weight(
            weight, *self._where, list(input_size)
        )
        self._bias = None if conv.bias is None else conv.bias.detach().to(dtype)
        self.after = after

    def forward(self, x: torch.Tensor, other: torch.Tensor | None = None) -> torch.Tensor:
        """Result for ``x``, with ``other`` added before the ReLU."""
        own = (self._weight, self._bias, *self._where)
        fused = _FUSED[self.after]
        if other is None:
            if is_traced():
                found = operations().convolution(x, *own, *fused)
            else:
                found = torch.ops.mkldnn._convolution_pointwise(x, *own, *fused, "")
            return _exact_relu(found) if self.after == "relu" else found  # type: ignore[no-any-return]
        if is_traced():
            found = operations().convolution_and_sum(x, other, *own)
        else:
            convolve = torch.ops.mkldnn._convolution_pointwise.binary
            found = convolve(x, other, *own, "add", 1.0, None, _NO_SCALARS, "")
        return found if self.after == "nothing" else _exact_relu(found)  # type: ignore[no-any-return]


class PackedLinear(Packed):
    """A linear layer, optionally through ReLU; twice as fast as the default on some processors."""

    def __init__(self, linear: nn.Linear, dtype: torch.dtype, after: After) -> None:
        super().__init__()
        self._weight = linear.weight.detach().to(dtype)
        self._bias = None if linear.bias is None else linear.bias.detach().to(dtype)
        self.after = after

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """Result for ``x`` (B, N)."""
        own = (self._weight, self._bias, *_FUSED[self.after])
        if is_traced():
            found = operations().linear(x.contiguous(), *own)
        else:
            found = torch.ops.mkldnn._linear_pointwise(x.contiguous(), *own, "")
        return _exact_relu(found) if self.after == "relu" else found  # type: ignore[no-any-return]


def _exact_relu(x: Any) -> Any:
    return x.relu_()


def pack(graph: fx.GraphModule, probe: torch.Tensor, dtype: torch.dtype) -> fx.GraphModule:
    """Replace, in place, the convolutions and inner linear layers of a float32 graph.

    Args:
        graph: traced, batch normalisation already folded.
        probe: a batch of the size the weights are packed for.
        dtype: of the arithmetic.
    """
    sizes = _Sizes(graph)
    sizes.run(probe)
    relu: After = "leaky" if may_leak(graph, sizes.largest) else "relu"
    for node in list(graph.graph.nodes):
        layer = called_once(graph, node)
        if isinstance(layer, nn.Conv2d) and _zero_padded(layer):
            _pack_one(graph, node, layer, sizes.seen, dtype, relu)
        elif isinstance(layer, nn.Linear) and _inner(node, sizes.seen):
            _pack_linear(graph, node, layer, dtype, relu)
    graph.graph.lint()
    graph.recompile()
    return graph


class _Sizes(fx.Interpreter):
    """Runs a graph and remembers the size of every tensor, and the largest number of all."""

    def __init__(self, graph: fx.GraphModule) -> None:
        super().__init__(graph)
        self.seen: dict[fx.Node, tuple[int, ...]] = {}
        self.largest = 0.0

    def run_node(self, n: fx.Node) -> object:
        """Run one node."""
        value = super().run_node(n)
        if isinstance(value, torch.Tensor):
            self.seen[n] = tuple(value.shape)
            if value.is_floating_point() and value.numel():  # NaN stays what it is
                self.largest = float(value.abs().max().clamp(min=self.largest))
        return value


def _zero_padded(conv: nn.Conv2d) -> bool:
    return conv.padding_mode == "zeros" and not isinstance(conv.padding, str)


def _pack_one(
    graph: fx.GraphModule,
    node: fx.Node,
    conv: nn.Conv2d,
    sizes: dict[fx.Node, tuple[int, ...]],
    dtype: torch.dtype,
    kind: After,
) -> None:
    addition = _only_user(node)
    other = _summand(graph, addition, node, sizes) if addition is not None else None
    end = addition if addition is not None and other is not None else node
    following = _only_user(end)
    relu = following if following is not None and _is_relu(graph, following) else None
    source = node.all_input_nodes[0]
    after: After = "nothing" if relu is None else kind
    replace_module(graph, node, PackedConv(conv, sizes[source], dtype, after))
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
    graph: fx.GraphModule, node: fx.Node, linear: nn.Linear, dtype: torch.dtype, kind: After
) -> None:
    following = _only_user(node)
    relu = following if following is not None and _is_relu(graph, following) else None
    replace_module(graph, node, PackedLinear(linear, dtype, "nothing" if relu is None else kind))
    if relu is not None:
        relu.replace_all_uses_with(node)
        graph.graph.erase_node(relu)


def _only_user(node: fx.Node) -> fx.Node | None:
    users = list(node.users)
    return users[0] if len(users) == 1 else None


def _summand(
    graph: fx.GraphModule,
    addition: fx.Node,
    node: fx.Node,
    sizes: dict[fx.Node, tuple[int, ...]],
) -> fx.Node | None:
    """What ``addition`` adds to ``node``, if that is a tensor of the same size.

    The convolution is made at the addition then: nothing may be written over what it reads before,
    nor may the sum be written over anything but its result.
    """
    if addition.target not in _ADDITIONS or addition.kwargs or len(addition.args) != 2:
        return None
    if addition.target is operator.iadd and addition.args[0] is not node:
        return None
    if written_between(graph, node, addition):
        return None
    others = [part for part in addition.args if part is not node]
    if len(others) != 1 or not isinstance(others[0], fx.Node):
        return None
    return others[0] if sizes.get(others[0]) == sizes[node] else None


def _is_relu(graph: fx.GraphModule, node: fx.Node) -> bool:
    if node.op == "call_module":
        layer = graph.get_submodule(str(node.target))
        return isinstance(layer, nn.ReLU) and plain(layer)
    return node.target in _RELUS
