"""The neighbourhood of a node."""

from __future__ import annotations

from engine.core.records import Record


class GraphNode(Record):
    """A node in the image of a neighbourhood.

    Attributes:
        number: in the graph.
        name: what people call it.
        hops: distance from the node in the middle.
        label: its class, where it is known.
        x, y: where to draw it, within the unit disc.
    """

    number: int
    name: str
    hops: int
    label: int | None
    x: float
    y: float


class NeighbourhoodFigure(Record):
    """What a graph network reads to classify one node: the nodes around it, and their edges.

    Attributes:
        nodes: the node itself first, then by rising distance: row i of the noised features.
        edges: pairs of positions in ``nodes``, each edge once.
        class_names: of the graph, or of the model that reads it; empty without labels.
        features: how many binary features a node has.
    """

    nodes: tuple[GraphNode, ...]
    edges: tuple[tuple[int, int], ...]
    class_names: tuple[str, ...]
    features: int
