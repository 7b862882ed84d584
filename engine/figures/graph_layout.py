"""The image of a node's neighbourhood: rings of equal distance, children near their parents."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from engine.figures.graphs import GraphNode, NeighbourhoodFigure
from engine.inputs.graph import Graph, Indices
from engine.inputs.labels import Label, class_of
from engine.inputs.node import HOPS, neighbourhood

_STAGGER = 0.35
"""How far, in rings, a crowded ring's nodes step in and out so that they do not overlap."""
_CROWDED = 24


def neighbourhood_figure(graph: Graph, node: int, hops: int = HOPS) -> NeighbourhoodFigure:
    """The nodes within ``hops`` of ``node``, with every edge between them and where to draw them.

    The same graph and node always give the same image.
    """
    around = neighbourhood(graph, node, hops)
    row = {int(number): index for index, number in enumerate(around.nodes)}
    edges = tuple(
        (index, row[int(other)])
        for number, index in row.items()
        for other in graph.adjacency.row(number)
        if row.get(int(other), -1) > index
    )
    places = positions(around.hops, edges)
    labels = graph.labels
    nodes = tuple(
        GraphNode(
            number=number,
            name=graph.node_name(number),
            hops=int(around.hops[index]),
            label=None if labels is None else int(labels[number]),
            x=float(places[index, 0]),
            y=float(places[index, 1]),
        )
        for number, index in row.items()
    )
    return NeighbourhoodFigure(
        nodes=nodes,
        edges=edges,
        class_names=graph.class_names,
        features=graph.features.columns,
    )


def named_by(figure: NeighbourhoodFigure, classes: Sequence[str]) -> NeighbourhoodFigure:
    """The same figure with its labels as classes of a model, as in every other plot of a run.

    Args:
        figure: with the graph's own labels.
        classes: of the model; a label that means none of them is left out.
    """
    found = {
        label: class_of(classes, Label(label, name, figure.class_names, numbered=True))[0]
        for label, name in enumerate(figure.class_names)
    }
    nodes = (
        node.model_copy(update={"label": None if node.label is None else found[node.label]})
        for node in figure.nodes
    )
    return figure.model_copy(update={"nodes": tuple(nodes), "class_names": tuple(classes)})


def positions(hops: Indices, edges: tuple[tuple[int, int], ...]) -> npt.NDArray[np.float64]:
    """Places (M, 2) in the unit disc: node i on the ring ``hops[i]``, row 0 in the middle.

    A radial tree: every node hangs on its first neighbour nearer to the middle, and children get
    sectors that are half alike, half in proportion to the leaves behind them. Large rings step in
    and out.

    Args:
        hops: (M,) distances, rising; a node at distance h has a neighbour at h - 1.
        edges: pairs (nearer or equal row, other row).
    """
    parents = _parents(hops, edges)
    leaves, children = _leaves(parents), np.bincount(parents[1:], minlength=len(hops))
    angle, turn = np.zeros(len(hops)), np.zeros(len(hops))
    width = np.full(len(hops), 2 * np.pi)
    for index in range(1, len(hops)):
        parent = parents[index]
        share = (leaves[index] / leaves[parent] + 1 / children[parent]) / 2
        width[index] = width[parent] * share
        angle[index] = angle[parent] - width[parent] / 2 + turn[parent] + width[index] / 2
        turn[parent] += width[index]
    radius = hops + _staggered(hops, angle)
    radius[hops == 0] = 0.0
    places = np.stack([radius * np.cos(angle), radius * np.sin(angle)], axis=1)
    return places / max(1.0, float(radius.max()))


def _parents(hops: Indices, edges: tuple[tuple[int, int], ...]) -> list[int]:
    parents = [0] * len(hops)
    for near, far in sorted(edges, reverse=True):
        if hops[far] == hops[near] + 1:
            parents[far] = near
    return parents


def _leaves(parents: list[int]) -> list[int]:
    """Leaves behind each node, itself if it has no children."""
    leaves = [0] * len(parents)
    for index in range(len(parents) - 1, 0, -1):
        leaves[index] = max(1, leaves[index])
        leaves[parents[index]] += leaves[index]
    return leaves


def _staggered(hops: Indices, angle: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    steps = np.zeros(len(hops))
    for ring in range(1, int(hops.max()) + 1):
        members = np.flatnonzero(hops == ring)
        rows = min(3, -(-len(members) // _CROWDED))
        if rows > 1:
            ordered = members[np.argsort(angle[members], kind="stable")]
            steps[ordered] = (np.arange(len(ordered)) % rows / (rows - 1) - 1) * _STAGGER
    return steps
