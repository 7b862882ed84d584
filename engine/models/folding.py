"""Folding batch normalisation into the convolution before it: in eval mode both are linear."""

from __future__ import annotations

import copy
from collections import Counter

from torch import fx, nn
from torch.nn.utils.fusion import fuse_conv_bn_eval


def trace(network: nn.Module) -> fx.GraphModule:
    """A copy of ``network`` as a graph of its calls.

    Raises:
        Exception: the network branches on its data; many kinds of error, none of them ours.
    """
    return fx.symbolic_trace(copy.deepcopy(network))


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
    """The module that ``node`` calls, if it calls one that nothing else calls."""
    if node.op != "call_module":
        return None
    calls = Counter(other.target for other in graph.graph.nodes if other.op == "call_module")
    return graph.get_submodule(str(node.target)) if calls[node.target] == 1 else None


def replace_module(graph: fx.GraphModule, node: fx.Node, module: nn.Module) -> None:
    """Let ``node`` call ``module`` instead."""
    parent, _, leaf = str(node.target).rpartition(".")
    setattr(graph.get_submodule(parent), leaf, module)
