"""The fastest form of a network that computes the same function.

Which form is chosen depends on network, device and precision alone, never on a stopwatch: a choice
by timing could differ between two runs, and with it the last bit of a score.
"""

from __future__ import annotations

import copy

import torch
from torch import fx, nn
from torch.nn import functional

from engine.models.folding import called_once, fold_batch_norm, replace_module, trace
from engine.models.onednn import pack

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
        for form in (_fused, _folded):
            try:
                fast = form(network, probe, dtype)
                same = _agree(network(probe[:2]), fast(probe[:2].to(dtype)), dtype)
            except Exception:
                # Not every network can be traced and not every torch has oneDNN: the next form,
                # and in the end the network as it is, computes the same, only slower.
                continue
            if same:
                return fast
    return _ChannelsLast(network.to(dtype))


class _ChannelsLast(nn.Module):
    """Runs a network on images laid out pixel by pixel, as fast convolutions read them."""

    def __init__(self, network: nn.Module) -> None:
        super().__init__()
        self.network = network.to(memory_format=torch.channels_last)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """Scores of a batch of images."""
        return self.network(x.contiguous(memory_format=torch.channels_last))  # type: ignore[no-any-return]


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


def _fused(network: nn.Module, probe: torch.Tensor, dtype: torch.dtype) -> nn.Module:
    if probe.device.type != "cpu":
        raise NotImplementedError("oneDNN runs on the CPU")
    return _ChannelsLast(_cast(pack(fold_batch_norm(trace(network)), probe, dtype), dtype))


def _folded(network: nn.Module, probe: torch.Tensor, dtype: torch.dtype) -> nn.Module:
    return _ChannelsLast(_cast(fold_batch_norm(trace(network)), dtype))


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


def _agree(expected: torch.Tensor, found: torch.Tensor, dtype: torch.dtype) -> bool:
    scale = expected.abs().max().clamp(min=1e-6)
    return bool(((expected - found.float()).abs().max() / scale) < _TOLERANCE[dtype])
