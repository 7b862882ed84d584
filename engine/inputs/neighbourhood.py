"""The part of a graph that a network of two layers reads to classify one node.

A network of L layers reads the nodes within L hops of the node it classifies and no others. Noise
on the rest cannot change the answer, so it is not drawn. The answer is that of the whole graph:
messages into the nodes that matter are all there, and degrees are those of the whole graph.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from engine.core.errors import UserError
from engine.core.records import ModelIdentity
from engine.inputs.base import FittedInput, arrays_sha256
from engine.inputs.graph import Graph, Indices
from engine.inputs.node import GraphInput

HOPS = 2
"""Layers of every graph network here."""
MAX_CELLS = 1 << 25
"""Nodes times features that one noisy sample may have: 134 MB of float32, and what one lane of
the noise holds."""


@dataclass(frozen=True)
class Neighbourhood:
    """The nodes within some hops of one node, and the messages that reach it.

    Nodes come by rising distance, then by rising number, so the node itself is row 0.

    Attributes:
        nodes: (M,) their numbers in the graph.
        hops: (M,) their distances from the node.
        sources, targets: (E,) rows of the ends of each message, by rising target; only messages
            into nodes nearer than the last hop, and no self loops.
        degrees: (M,) degrees in the whole graph.
        reach: hops of the farthest nodes taken in.
    """

    nodes: Indices
    hops: Indices
    sources: Indices
    targets: Indices
    degrees: Indices
    reach: int


def neighbourhood(graph: Graph, node: int, hops: int = HOPS) -> Neighbourhood:
    """The nodes within ``hops`` of ``node`` and the messages between them."""
    distance = distances(graph, node, hops)
    nodes = np.array(sorted(distance, key=lambda other: (distance[other], other)), dtype=np.int64)
    row = {int(other): index for index, other in enumerate(nodes)}
    far = np.array([distance[int(other)] for other in nodes], dtype=np.int64)
    inner = nodes[far < hops]
    into = [np.array([row[int(one)] for one in graph.adjacency.row(int(each))]) for each in inner]
    counts = [len(one) for one in into]
    return Neighbourhood(
        nodes=nodes,
        hops=far,
        sources=np.concatenate([*into, np.empty(0, np.int64)]).astype(np.int64),
        targets=np.repeat(np.arange(len(inner)), counts),
        degrees=graph.adjacency.counts[nodes],
        reach=hops,
    )


def distances(graph: Graph, node: int, hops: int) -> dict[int, int]:
    """Hops from ``node`` to every node within ``hops`` of it, by breadth-first search."""
    found = {node: 0}
    front = [node]
    for step in range(1, hops + 1):
        around = {int(one) for each in front for one in graph.adjacency.row(each)}
        front = sorted(around - found.keys())
        found.update(dict.fromkeys(front, step))
    return found


def fit(given: GraphInput, model: ModelIdentity) -> FittedInput:
    """The node's neighbourhood: its features receive the noise, its edges are the context.

    Raises:
        UserError: the model takes no graphs or another number of features, or the neighbourhood
            is too large.
    """
    graph = given.graph
    width = graph.features.columns
    _check_model(model, width, given.source)
    around = neighbourhood(graph, given.node)
    rows = len(around.nodes)
    if rows * width > MAX_CELLS:
        raise UserError(
            f"{given.source} has {rows:,} nodes with {width:,} features within {HOPS} hops, more "
            "than fits into memory for one sample; choose a node with fewer neighbours."
        )
    features = graph.features.dense(around.nodes).astype(np.float32)
    identity = given.identity(
        model,
        # The edges are certified as they are, so they belong to what the digest pins down.
        pixels_sha256=arrays_sha256(
            [features, around.sources, around.targets, around.degrees, around.hops]
        ),
        shape=(rows, width),
        adaptation=f"the {rows:,} of {graph.nodes:,} nodes within {HOPS} hops",
    )
    return FittedInput(identity, (features,), around)


def _check_model(model: ModelIdentity, width: int, source: str) -> None:
    if model.kind != "graph":
        raise UserError(
            f"The model '{model.name}' takes no graphs; give a graph model, e.g. "
            "demo:karate-hierarchical-sparse."
        )
    wanted = model.input_shape[-1] - (model.encoding == "indicator")
    if wanted != width:
        raise UserError(
            f"The model takes {wanted} features per node, but {source} has {width}; give the "
            "graph that the model was trained on."
        )
