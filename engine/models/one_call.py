"""A traced network as one call: torch's own interpreter runs its operations, without Python.

Called from Python, each operation gives Python's lock up and asks for it again. That costs a fast
network a fifth of its time in bf16, and while a window draws each operation waits. In one call the
lock is asked for once a batch. The operations, and every bit of what they compute, are the same.
"""

from __future__ import annotations

import warnings
from collections.abc import Callable
from functools import cache
from typing import Any

import torch
from torch import nn
from torch.utils._pytree import tree_leaves

from engine.models.keeping import Watching

_PACKED = """
def convolution(
    x: Tensor, weight: Tensor, bias: Optional[Tensor], padding: List[int], stride: List[int],
    dilation: List[int], groups: int, after: str, slopes: List[float]
) -> Tensor:
    slope: List[Optional[number]] = []
    for one in slopes:
        slope.append(one)
    return torch.ops.mkldnn._convolution_pointwise(
        x, weight, bias, padding, stride, dilation, groups, after, slope, "")

def convolution_and_sum(
    x: Tensor, other: Tensor, weight: Tensor, bias: Optional[Tensor], padding: List[int],
    stride: List[int], dilation: List[int], groups: int
) -> Tensor:
    none: List[Optional[number]] = []
    return torch.ops.mkldnn._convolution_pointwise(
        x, other, weight, bias, padding, stride, dilation, groups, "add", 1.0, None, none, "")

def linear(
    x: Tensor, weight: Tensor, bias: Optional[Tensor], after: str, slopes: List[float]
) -> Tensor:
    slope: List[Optional[number]] = []
    for one in slopes:
        slope.append(one)
    return torch.ops.mkldnn._linear_pointwise(x, weight, bias, after, slope, "")
"""
"""oneDNN's operations as a trace can hold them: their lists of optional numbers it cannot."""

Network = Callable[[torch.Tensor], torch.Tensor]


class Packed(nn.Module):
    """A layer whose weights are packed for one operation, in their dtype.

    They are plain attributes, not buffers: casting the network leaves them alone.

    Attributes:
        after: what comes at its end: "nothing", "relu", or "leaky" for a ReLU that keeps a NaN.
    """

    after: str

    _weight: torch.Tensor
    _bias: torch.Tensor | None

    def show_weights(self) -> None:
        """Make them buffers: a trace takes those from the layer, and cannot write these down."""
        for name in ("_weight", "_bias"):
            self.register_buffer(name, self.__dict__.pop(name), persistent=False)


@cache
def operations() -> Any:
    """Those of packed layers, to be called while a network is traced."""
    return torch.jit.CompilationUnit(_PACKED)


def is_traced() -> bool:
    """Whether the calling thread is in a trace."""
    return bool(torch.jit.is_tracing())  # type: ignore[attr-defined, no-untyped-call]


def in_one_call(network: nn.Module, probe: torch.Tensor) -> Network | None:
    """The same function in one call; None where it cannot be had.

    Args:
        network: on the CPU, of torch's own operations and packed layers; keeps nothing of a batch.
        probe: two samples or more, by two of which it is traced; for one of them, and for all and
            one more, its results must be equal.
    """
    for layer in network.modules():
        if isinstance(layer, Packed):
            layer.show_weights()
    try:
        with warnings.catch_warnings(), torch.inference_mode():
            warnings.simplefilter("ignore", FutureWarning)  # torch will go on without it one day
            # a number that depends on the batch would be written down as it is now
            warnings.simplefilter("error", torch.jit.TracerWarning)  # type: ignore[attr-defined]
            if _tells_python(network, probe[:2].clone()):
                return None
            traced = torch.jit.trace(network, (probe[:2].clone(),), check_trace=False)
            whole = _Whole(traced)
            parts = (probe[:1], torch.cat([probe, probe[:1]]))
            same = all(torch.equal(whole(one.clone()), network(one.clone())) for one in parts)
    except Exception:  # many kinds of error, none of them ours; operation by operation it goes
        return None
    return whole if same else None


def _tells_python(network: nn.Module, probe: torch.Tensor) -> bool:
    """Whether an operation gives Python a number, which a trace may write down without a warning.

    Such as torch.equal: whether two batches are equal is to be asked of every batch anew.
    """
    numbers = _Numbers()
    with numbers:
        network(probe)
    return numbers.told


class _Numbers(Watching):
    """Notes whether an operation gives anything but tensors."""

    told: bool

    def __init__(self) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self.told = False

    def __torch_dispatch__(self, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        """Carry an operation out."""
        del types
        found = func(*args, **(kwargs or {}))
        self.told |= not all(isinstance(one, torch.Tensor | None) for one in tree_leaves(found))
        return found


class _Whole:
    """Calls a trace as it stands: what torch would make faster might round otherwise."""

    def __init__(self, traced: Any) -> None:
        self._traced = traced

    def __call__(self, x: torch.Tensor) -> torch.Tensor:
        # of this thread alone
        with torch.jit.optimized_execution(False):  # type: ignore[attr-defined]
            return self._traced(x)  # type: ignore[no-any-return]
