"""Where a ReLU may let a trace of what is negative through, and the network is none other for it.

oneDNN's own ReLU takes a NaN for 0. One that is leaky by 1e-30 keeps it, at the same speed, but it
gives -1e-30 in place of 0, minus infinity for minus infinity, and -1e5 for -1e35. A sign, a root, a
logarithm or a division tells such a number from 0; sums and maxima of ordinary numbers do not.
"""

from __future__ import annotations

import operator
from typing import Any

import torch
from torch import fx, nn
from torch.nn import functional

from engine.models.keeping import plain

SLOPE = 1e-30
"""Of ReLU below 0. Beside what else is added up it is far below rounding."""
_NOTHING = 1e-20
"""A score nearer to 0 is one: where nothing is active the traces alone would name a class."""
_WEIGHTS, _VALUES = 1e6, 1e9
"""More than any weight, and any number on the way, of a network whose numbers are ordinary."""

_LAYERS = (
    nn.AdaptiveAvgPool2d,
    nn.AvgPool2d,
    nn.BatchNorm2d,
    nn.Conv2d,
    nn.Dropout,
    nn.Dropout2d,
    nn.Flatten,
    nn.Identity,
    nn.LeakyReLU,
    nn.Linear,
    nn.MaxPool2d,
    nn.ReLU,
    nn.ReLU6,
)
_FUNCTIONS: tuple[Any, ...] = (
    functional.adaptive_avg_pool2d,
    functional.avg_pool2d,
    functional.max_pool2d,
    functional.pad,
    functional.relu,
    operator.add,
    operator.floordiv,
    operator.getitem,
    operator.iadd,
    torch.add,
    torch.cat,
    torch.flatten,
    torch.relu,
    torch.relu_,
    torch.transpose,
)
_METHODS = ("chunk", "contiguous", "flatten", "mean", "permute", "reshape", "size", "view")
"""Piecewise linear without a jump, each of them; a change of 1e-30 makes none that counts."""


def may_leak(graph: fx.GraphModule, largest: float) -> bool:
    """Whether its ReLUs may: it is made of sums, maxima and weights alone, of ordinary size.

    Args:
        graph: traced, in float32.
        largest: of the numbers on the way, for ordinary images; NaN for none.
    """
    weights = [*graph.parameters(), *graph.buffers()]
    small = all(bool((one.abs() <= _WEIGHTS).all()) for one in weights if one.is_floating_point())
    return (
        small and largest <= _VALUES and all(_continuous(graph, node) for node in graph.graph.nodes)
    )


def _continuous(graph: fx.GraphModule, node: fx.Node) -> bool:
    if node.op == "call_module":
        layer = graph.get_submodule(str(node.target))
        return type(layer) in _LAYERS and plain(layer)
    if node.op == "call_function":
        of_sizes = node.target is operator.floordiv and _of_sizes(node)
        return node.target in _FUNCTIONS and (of_sizes or node.target is not operator.floordiv)
    return node.op != "call_method" or node.target in _METHODS


def _of_sizes(node: fx.Node) -> bool:
    """Whether it computes with the size of a batch, not with its numbers."""
    if node.op == "call_method":
        return node.target == "size"
    known = node.target in (operator.getitem, operator.floordiv)
    return known and all(map(_of_sizes, node.all_input_nodes))


def without_traces(graph: fx.GraphModule) -> fx.GraphModule:
    """Take, in place, scores that are nothing but traces for the 0 that they stand for."""
    output = next(node for node in graph.graph.nodes if node.op == "output")
    scores = output.args[0]
    if isinstance(scores, fx.Node):
        with graph.graph.inserting_before(output):
            cut = graph.graph.call_function(functional.hardshrink, (scores, _NOTHING))
        output.args = (cut,)
        graph.recompile()
    return graph
