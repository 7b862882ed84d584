"""Whether a traced network keeps anything of a batch, so that no two may be under way at once.

What a graph calls need not be a pure operation: a layer may carry a hook that hands its result on
to another layer, a statistic may be followed, a tensor of the network's own be written into. Asked
about one batch after the other such a network may well be a function of one sample; asked by two
threads it mixes the samples of two batches, and its votes are those of no function at all.
"""

from __future__ import annotations

from typing import Any

import torch
from torch import fx, nn
from torch.nn.modules import module as everywhere
from torch.utils._python_dispatch import TorchDispatchMode
from torch.utils._pytree import tree_leaves

from engine.models.memory_of import memory_of

_PURE = ("torch", "torchvision", "_operator", "builtins", "math")
"""Packages whose functions keep nothing; those without a module are torch's own, in C++."""
_OPERATIONS = "torch._ops."
_PURE_OPERATIONS = ("aten", "mkldnn", "onednn", "prim", "prims", "quantized", "torchvision")
"""Libraries of operations that keep nothing; whoever registers one of his own may run any code."""
IN_PLACE = ("iadd", "isub", "imul", "itruediv", "ifloordiv", "imod", "ipow", "iand", "ior", "ixor")
"""Python's operators that write into a tensor, by their names."""
_WRITING = {*IN_PLACE, "setitem"}
"""Its own ways to; torch's end with "_", or are told to."""
_OURS = "engine.models.fast"
_OTHER = 3
"""How much brighter a probe is that is asked about between the same one twice."""


def is_steady(network: nn.Module, probe: torch.Tensor) -> bool:
    """Whether a network answers the same twice and keeps nothing of what it was asked between.

    What draws by chance or follows how often it was asked is to be asked as it is: a trace writes
    down what came the once, so that no check would find it to be no function any more.

    Args:
        network: in eval mode; what it keeps of the probe stays.
        probe: a few samples.
    """
    try:
        with torch.inference_mode():
            first, before = network(probe.clone()), memory_of(network)
            network(-_OTHER * probe)
            second, after = network(probe.clone()), memory_of(network)
        same = torch.isclose(first, second, rtol=0, atol=0, equal_nan=True)
        # elsewhere than on a processor the order of additions may be another
        alike = same | (torch.zeros_like(same) if probe.is_cpu else _close(first, second))
        return bool(alike.all()) and before == after
    except Exception:  # it fails as it will in the run, which says so
        return False


def _close(first: torch.Tensor, second: torch.Tensor) -> torch.Tensor:
    return (first - second).abs() <= 1e-4 * first.abs().max()


def keeps_nothing(graph: fx.GraphModule, probe: torch.Tensor) -> bool:
    """Whether two threads may run a graph at once.

    Args:
        graph: in eval mode.
        probe: a few samples that it is run on; what it keeps of them stays.
    """
    try:
        return _pure(graph) and not _writes(graph, probe)
    except Exception:  # what cannot be watched is not known to keep nothing
        return False


def _pure(graph: fx.GraphModule) -> bool:
    """Whether all that it calls is torch's own, in eval mode, and nothing is hooked to it."""
    if has_hooks_everywhere():
        return False
    for node in graph.graph.nodes:
        if not _is_torch(_called(node)):
            return False
        if node.op == "call_module":
            layer = graph.get_submodule(str(node.target))
            if not all(map(plain, layer.modules())):
                return False
    return True


def has_hooks_everywhere() -> bool:
    """Whether something is hooked to every layer there is."""
    return bool(everywhere._global_forward_hooks or everywhere._global_forward_pre_hooks)


def plain(layer: nn.Module) -> bool:
    """Whether a layer computes what torch's layers of its class do, and nothing more."""
    hooked = layer._forward_hooks or layer._forward_pre_hooks or "forward" in vars(layer)
    named = type(layer).__module__
    known = named.startswith("torch.nn.") or named == _OURS
    own = (value for value in vars(layer).values() if callable(value))  # such as another forward
    return known and not hooked and not _follows(layer) and all(map(_is_torch, own))


def _follows(layer: nn.Module) -> bool:
    """Whether it is in training mode, in which statistics are followed; those of ours are not."""
    return layer.training and type(layer).__module__ != _OURS


def _called(node: fx.Node) -> Any:
    """The function or method of a tensor that a node calls; None where it calls neither."""
    if node.op == "call_method":
        return getattr(torch.Tensor, str(node.target), None)
    return node.target if node.op == "call_function" else None


def _is_torch(target: Any) -> bool:
    module = getattr(target, "__module__", None) or "torch"
    if module.startswith(_OPERATIONS):
        return module.removeprefix(_OPERATIONS).partition(".")[0] in _PURE_OPERATIONS
    return module.partition(".")[0] in _PURE


def written_between(graph: fx.GraphModule, first: fx.Node, last: fx.Node) -> bool:
    """Whether what lies between two nodes may write over a tensor; what is not known may."""
    node = first.next
    while node is not last:
        if _may_write(graph, node):
            return True
        node = node.next
    return False


def _may_write(graph: fx.GraphModule, node: fx.Node) -> bool:
    if node.op == "call_module":
        layer = graph.get_submodule(str(node.target))
        return not plain(layer) or bool(getattr(layer, "inplace", False))
    name = str(getattr(node.target, "__name__", node.target))
    told = "out" in node.kwargs or any(one is True for one in (*node.args, *node.kwargs.values()))
    unknown = not _is_torch(_called(node))
    return name in _WRITING or name.endswith("_") or told or unknown


def _writes(graph: fx.GraphModule, probe: torch.Tensor) -> bool:
    """Whether a run leaves other numbers behind, or writes into memory that was there before."""
    kept = [*graph.buffers(), *_attributes(graph)]
    before = [one.clone() for one in kept]
    given = probe.clone()
    with torch.inference_mode(), _Written(given) as written:
        graph.forward(given)
    same = (torch.equal(now, then) for now, then in zip(kept, before, strict=True))
    return written.earlier or not all(same)


def _attributes(graph: fx.GraphModule) -> list[torch.Tensor]:
    """Tensors that the graph uses by themselves."""
    found = list[torch.Tensor]()
    for node in graph.graph.nodes:
        if node.op == "get_attr":
            parent, _, name = str(node.target).rpartition(".")
            value = getattr(graph.get_submodule(parent), name)
            if isinstance(value, torch.Tensor):
                found.append(value)
    return found


class Watching(TorchDispatchMode):
    """Sees every operation while it is entered.

    Nothing is compiled here: to pass over what is, torch would load its compiler, as large as
    itself.
    """

    @classmethod
    def _should_skip_dynamo(cls) -> bool:
        return False


class _Written(Watching):
    """Notes whether an operation writes into memory that none of them made.

    Args:
        given: may be written into.
    """

    def __init__(self, given: torch.Tensor) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self.earlier = False
        self._made, self._there = _memories(given), dict[int, Any]()

    def __torch_dispatch__(self, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        """Carry an operation out."""
        del types
        kwargs = kwargs or {}
        self._there |= _without(_memories((args, kwargs)), self._made)
        for index, argument in enumerate(func._schema.arguments):
            if argument.alias_info is not None and argument.alias_info.is_write:
                own = args[index] if index < len(args) else kwargs.get(argument.name)
                self.earlier |= bool(_memories(own).keys() & self._there.keys())
        found = func(*args, **kwargs)
        self._made |= _without(_memories(found), self._there)
        return found


def _memories(values: Any) -> dict[int, Any]:
    """The memory of all tensors among some values, held, so that its number is not given again."""
    tensors = (one for one in tree_leaves(values) if isinstance(one, torch.Tensor))
    stored = (one.untyped_storage() for one in tensors if one.layout is torch.strided)
    return {one._cdata: one for one in stored}


def _without(some: dict[int, Any], others: dict[int, Any]) -> dict[int, Any]:
    return {number: one for number, one in some.items() if number not in others}
