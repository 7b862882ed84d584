"""A network as a graph of its calls, which computes the same."""

from __future__ import annotations

import copy
import operator
import sys
from collections.abc import Callable
from typing import Any

import torch
from torch import fx, nn

from engine.models.keeping import IN_PLACE, has_hooks_everywhere


def trace(network: nn.Module) -> fx.GraphModule:
    """A copy of ``network`` as a graph of its calls.

    Raises:
        Exception: the network branches on its data; many kinds of error, none of them ours.
        NotImplementedError: it has more around it than the forward of its class, which is all that
            a graph holds.
    """
    if not _bare(network):
        raise NotImplementedError("a graph would lack the network's hooks")
    tracer = _InPlaceTracer()
    graph = tracer.trace(copy.deepcopy(network))
    return fx.GraphModule(tracer.root, graph, type(network).__name__)


def _bare(network: nn.Module) -> bool:
    called = type(network).__call__ is nn.Module.__call__
    hooked = network._forward_hooks or network._forward_pre_hooks or has_hooks_everywhere()
    return called and not hooked and "forward" not in vars(network)


class _InPlaceProxy(fx.Proxy):
    """Stands for a tensor: what is written into it is written, and not computed beside it.

    torch's own knows no ``x += y`` and takes it for ``x = x + y``, so that whatever else is the
    same memory, such as a part of it, would stay as it was.
    """

    @property  # type: ignore[misc]  # nobody sets the class of a stand-in
    def __class__(self) -> Any:
        """A tensor, for a network that asks: a trace would lack what it does with tensors alone."""
        caller = sys._getframe(1)
        inside = str(caller.f_globals.get("__name__")).partition(".")[0] == "torch"
        own = inside and caller.f_code is not torch.is_tensor.__code__
        return type(self) if own else torch.Tensor


def _writes(how: Callable[[Any, Any], Any]) -> Callable[[fx.Proxy, Any], fx.Proxy]:
    return lambda own, other: own.tracer.create_proxy("call_function", how, (own, other), {})


for _name in IN_PLACE:
    setattr(_InPlaceProxy, f"__{_name}__", _writes(getattr(operator, _name)))


class _InPlaceTracer(fx.Tracer):
    def proxy(self, node: fx.Node) -> fx.Proxy:
        """What stands for the result of a node."""
        return _InPlaceProxy(node, self)
