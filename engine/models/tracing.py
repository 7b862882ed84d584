"""A network as a graph of its calls, which computes the same."""

from __future__ import annotations

import builtins
import copy
import operator
import sys
import threading
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import CodeType, FrameType, FunctionType
from typing import Any, Self, cast

import torch
from torch import fx, nn

from engine.models.keeping import IN_PLACE, has_hooks_everywhere

_ASKING = threading.RLock()
"""Held while a network is traced: names of its own files, and what torch does to call a layer, are
others, and are to be put back by whoever changed them first."""
_FOREIGN = {"torch", *sys.stdlib_module_names} - {"__main__"}
"""Packages whose code is none of a network's own."""


class Steps:
    """Counts the instructions of a network's own code that are carried out while it is entered.

    A stand-in for a tensor is none, and code that asks what it is given, or catches an error, may
    take another branch for it: nothing but the way that it took shows that.

    Args:
        network: whose code is that of the packages that its layers are from.

    Attributes:
        taken: how often each instruction was, by its code and place.
    """

    def __init__(self, network: nn.Module) -> None:
        self.taken = Counter[tuple[CodeType, int]]()
        self._packages = {_package(names) for names in _files(network)}
        self._own = dict[CodeType, bool]()

    def __enter__(self) -> Self:
        """Watch the calling thread; whoever watched it does not meanwhile."""
        self._before = sys.gettrace()
        sys.settrace(self._called)
        return self

    def __exit__(self, *_: object) -> None:
        """Let it be watched as before."""
        sys.settrace(self._before)

    def alike(self, other: Steps) -> bool:
        """Whether what both ran took the same way in both; a function may be run in one alone."""
        common = {code for code, _ in self.taken} & {code for code, _ in other.taken}
        own, others = (
            {place: times for place, times in one.taken.items() if place[0] in common}
            for one in (self, other)
        )
        return own == others

    def _called(self, frame: FrameType, event: str, argument: Any) -> Any:
        code = frame.f_code
        if code not in self._own:
            ours = frame.f_globals is globals()
            self._own[code] = _package(frame.f_globals) in self._packages and not ours
        if not self._own[code]:
            return None
        frame.f_trace_lines, frame.f_trace_opcodes = False, True
        return self._step

    def _step(self, frame: FrameType, event: str, argument: Any) -> Any:
        if event == "opcode":
            self.taken[frame.f_code, frame.f_lasti] += 1
        return self._step


def trace(network: nn.Module, usual: Steps | None = None) -> fx.GraphModule:
    """A copy of ``network`` as a graph of its calls.

    Args:
        network: to be traced; left as it is.
        usual: the way that its code took for a tensor.

    Raises:
        Exception: the network branches on its data; many kinds of error, none of them ours.
        NotImplementedError: it has more around it than the forward of its class, which is all that
            a graph holds, or its code took another way than ``usual``.
    """
    if not _bare(network):
        raise NotImplementedError("a graph would lack the network's hooks")
    tracer, own = _InPlaceTracer(), copy.deepcopy(network)
    with _told_tensors(own), Steps(own) as taken:
        graph = tracer.trace(own)
    if usual is not None and not taken.alike(usual):
        raise NotImplementedError("the network takes another way for what stands for a tensor")
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


def _is(thing: Any, kinds: Any) -> bool:
    """As ``isinstance``; what stands for a tensor is one."""
    known = isinstance(thing, kinds)
    return known or (type(thing) is _InPlaceProxy and issubclass(torch.Tensor, kinds))


def _is_tensor(obj: object, /) -> bool:
    return bool(_is(obj, torch.Tensor))


@contextmanager
def _told_tensors(network: nn.Module) -> Iterator[None]:
    """Within, a network that asks is told that what stands for a tensor is one.

    Its own files are told, by a name of theirs. A stand-in that calls itself one, by its
    ``__class__``, tells torch's C++ as well, which reads it as the memory of a tensor and crashes.
    """
    files = {id(one): one for one in _files(network)}.values()
    with _ASKING:
        free = [one for one in files if one.get("isinstance", isinstance) is isinstance]
        named = [one for one in free if "isinstance" in one]
        usual = torch.is_tensor
        try:
            for names in free:
                names["isinstance"] = _is
            torch.is_tensor = cast(Any, _is_tensor)
            yield
        finally:
            torch.is_tensor = usual
            for names in free:
                del names["isinstance"]
            for names in named:
                names["isinstance"] = builtins.isinstance


def _files(network: nn.Module) -> Iterator[dict[str, Any]]:
    """The names of every file that the classes of a network's layers are from, torch's apart."""
    for kind in {kind for layer in network.modules() for kind in type(layer).__mro__}:
        for method in vars(kind).values():
            names = method.__globals__ if isinstance(method, FunctionType) else None
            if names is not None and _package(names) not in _FOREIGN:
                yield names


def _package(names: dict[str, Any]) -> str:
    """That a file is in, by the names in it."""
    return str(names.get("__name__")).partition(".")[0]


def _writes(how: Callable[[Any, Any], Any]) -> Callable[[fx.Proxy, Any], fx.Proxy]:
    return lambda own, other: own.tracer.create_proxy("call_function", how, (own, other), {})


for _name in IN_PLACE:
    setattr(_InPlaceProxy, f"__{_name}__", _writes(getattr(operator, _name)))


class _InPlaceTracer(fx.Tracer):
    """Traces what the thread calls that made it.

    torch lets it stand in the way of every layer of the process: one that another thread asks
    meanwhile is none of this network, and was refused as such.
    """

    def __init__(self) -> None:
        super().__init__()
        self._thread = threading.get_ident()

    def call_module(
        self,
        m: nn.Module,
        forward: Callable[..., Any],
        args: tuple[Any, ...],
        kwargs: dict[str, Any],
    ) -> Any:
        """What a layer gives."""
        if threading.get_ident() != self._thread:
            return forward(*args, **kwargs)
        return super().call_module(m, forward, args, kwargs)

    def getattr(self, attr: str, attr_val: Any, parameter_proxy_cache: dict[str, Any]) -> Any:
        """What a layer has by a name."""
        if threading.get_ident() != self._thread:
            return attr_val
        return super().getattr(attr, attr_val, parameter_proxy_cache)

    def proxy(self, node: fx.Node) -> fx.Proxy:
        """What stands for the result of a node."""
        return _InPlaceProxy(node, self)
