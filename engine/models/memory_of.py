"""What a network and its own code hold beside its weights: counts, lists, statistics, globals.

A network that counts its calls, or follows what it is asked, may answer the same twice and be
another one a thousand calls later. Its graph is not: what is no operation on a batch is carried out
once, while it is traced.
"""

from __future__ import annotations

import sys
from collections import deque
from collections.abc import Callable, Iterator
from functools import partial
from itertools import count
from random import Random
from types import FunctionType, MethodType, ModuleType, SimpleNamespace
from typing import Any

import torch
from torch import nn

_KNOWN = {"torch", "torchvision", "numpy", "engine", *sys.stdlib_module_names}
"""Packages whose functions and classes keep nothing for a network, but on the objects it has."""
_PLAIN = (bool, int, float, complex, str, bytes, type(None))
_SEVERAL = (list, tuple, set, frozenset, deque)
_MOST = 20_000
"""Values that are looked at, the nearest first."""


def memory_of(network: nn.Module) -> list[object]:
    """Its values, the same as long as none of them is another; of a weight, their sum."""
    looked = dict[int, object]()  # held, so that no number is given again
    found = list[object]()
    due = deque[Any]([network])
    while due and len(found) < _MOST:
        value = due.popleft()
        if isinstance(value, _PLAIN):
            found.append(repr(value))  # NaN is like NaN
        elif id(value) not in looked:
            looked[id(value)] = value
            found.append(_own(value))
            due.extend(_parts(value))
    return found


def _own(value: Any) -> object:
    """What tells an object from what it was, its parts apart."""
    if isinstance(value, torch.Tensor):
        return _content(value)
    if isinstance(value, torch.Generator):
        return hash(value.get_state().numpy().tobytes())
    if isinstance(value, Random):
        return hash(value.getstate())
    if type(value).__module__.partition(".")[0] == "numpy" and hasattr(value, "tobytes"):
        return hash(value.tobytes())
    if isinstance(value, count):
        return repr(value)
    return type(value).__qualname__, len(value) if isinstance(value, (*_SEVERAL, dict)) else 0


def _content(tensor: torch.Tensor) -> object:
    if tensor.layout is not torch.strided or tensor.is_meta:
        return str(tensor.layout)
    held = tensor.detach().cpu().contiguous().flatten()
    if isinstance(tensor, nn.Parameter) and held.element_size() == 4:  # of which there are many
        return tuple(tensor.shape), int(held.view(torch.int32).sum(dtype=torch.int64))
    return tuple(tensor.shape), hash(held.view(torch.uint8).numpy().tobytes())


def _parts(value: Any) -> Iterator[Any]:
    """What an object holds."""
    for kinds, parts in _PARTS:
        if isinstance(value, kinds):
            return parts(value)
    return _of_object(value)


def _of_object(value: Any) -> Iterator[Any]:
    """Its attributes; not those of a logger or a lock, which other threads use too."""
    theirs = _package(type(value)) in sys.stdlib_module_names and not isinstance(
        value, SimpleNamespace
    )
    if hasattr(value, "__dict__") and not theirs:
        yield from list(vars(value).values())
        yield type(value)


def _of_class(value: type) -> Iterator[Any]:
    if not _known(value):
        yield from list(vars(value).values())
        yield from value.__bases__


def _of_function(function: FunctionType) -> Iterator[Any]:
    """What it was made with, and what it names outside, also by the code within it."""
    if _known(function):
        return
    for cell in function.__closure__ or ():
        try:
            yield cell.cell_contents
        except ValueError:  # nothing yet
            continue
    yield function.__defaults__
    yield function.__kwdefaults__
    code = [function.__code__]
    while code:
        one = code.pop()
        code += [inner for inner in one.co_consts if isinstance(inner, type(one))]
        for name in one.co_names:
            yield function.__globals__.get(name)


def _known(value: Any) -> bool:
    return _package(value) in _KNOWN


def _package(value: Any) -> str:
    return "" if value.__module__ == "__main__" else str(value.__module__).partition(".")[0]


_PARTS: tuple[tuple[Any, Callable[[Any], Iterator[Any]]], ...] = (
    (ModuleType, lambda _: iter(())),
    (dict, lambda value: iter([*value.keys(), *value.values()])),
    (_SEVERAL, lambda value: iter(list(value))),
    (FunctionType, _of_function),
    (MethodType, lambda value: iter((value.__self__, value.__func__))),
    (type, _of_class),
    ((staticmethod, classmethod), lambda value: iter((value.__func__,))),
    (property, lambda value: iter((value.fget,))),
    (partial, lambda value: iter((value.func, value.args, value.keywords))),
)
