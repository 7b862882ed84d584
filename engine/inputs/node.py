"""One node of a graph: of a citation graph or another network, with binary features.

``karate:12`` is member 12 of the shipped karate club; ``cora_ml.npz:17`` is node 17 of a file.
Without a number a spec stands for the test nodes of the graph's split.

A network of L layers reads the nodes within L hops of the node it classifies and no others. Noise
on the rest cannot change the answer, so it is not drawn. The answer is that of the whole graph:
messages into the nodes that matter are all there, and degrees are those of the whole graph.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import ClassVar, Literal

import numpy as np

from engine.core.errors import UserError, quoted
from engine.core.records import ModelIdentity
from engine.core.resources import assets
from engine.inputs.base import FittedInput, Given, arrays_sha256
from engine.inputs.graph import KARATE, Graph, Indices, split

ARCHIVE = ".npz"
SUFFIXES = (ARCHIVE, ".graphml", ".gexf", ".edgelist", ".edges")
_NUMBERED = re.compile(r"(?P<graph>.+):(?P<node>\d{1,12})", re.DOTALL)
_NAMED = re.compile(r"(?P<graph>.+\.(?:npz|graphml|gexf|edgelist|edges|json)):(?P<node>[^:/\\]+)")
FITTING = "demo:karate-hierarchical-sparse"
"""A shipped model that takes a node: named where one does not."""
_HEAD = 4096
_WHAT = (
    "give a graph as .npz with index pairs (A, X, y) or CSR parts (adj_data, attr_data, labels), "
    "GraphML, GEXF, an edge list or NetworkX node-link JSON, or the shipped example karate"
)


@dataclass(frozen=True)
class GraphInput(Given):
    """One node of a graph, before any model is chosen.

    The attacker changes features of nodes after the model was trained (evasion); edges stay.

    Attributes:
        node: its number, from 0.
    """

    kind: ClassVar[Literal["graph"]] = "graph"

    graph: Graph
    node: int


def claims(spec: str) -> bool:
    """The karate club, a file with a graph's suffix, or NetworkX node-link JSON."""
    name, _ = parsed(spec)
    if name == KARATE:
        return True
    suffix = Path(name).suffix.lower()
    return suffix in SUFFIXES or (suffix == ".json" and _is_node_link(name))


def expand(spec: str) -> list[str]:
    """A graph stands for the test nodes of its split; without labels, for all of its nodes.

    Raises:
        UserError: the graph cannot be read.
    """
    name, node = parsed(spec)
    if node is not None:
        return [spec]
    graph = load_graph(name)
    nodes = range(graph.nodes) if graph.labels is None else split(graph.labels).test
    return [graph.spec(int(one)) for one in nodes]


def load(spec: str) -> GraphInput:
    """The node that ``spec`` names.

    Raises:
        UserError: the graph cannot be read, no node is named, or there is none of that number.
    """
    name, key = parsed(spec)
    graph = load_graph(name)
    if key is None:
        first = expand(name)[0]
        raise UserError(
            f"{spec} is a graph of {graph.nodes:,} nodes; name one by its number, e.g. {first}."
        )
    node = _place(graph, name, key)
    label = None if graph.labels is None else int(graph.labels[node])
    return GraphInput(
        name=f"{graph.name}, {graph.node_name(node)}",
        source=graph.spec(node),
        sha256=graph.sha256,
        graph=graph,
        node=node,
        label=label,
        label_name=None if label is None else graph.class_names[label],
        label_names=graph.class_names,
        numbered=True,
        notes=graph.notes,
    )


def load_graph(name: str) -> Graph:
    """The graph in a file, or the karate club; a file that did not change is read once.

    Raises:
        UserError: there is no such file, or it holds no graph that opens here.
    """
    path = assets() / "examples" / "karate.json" if name == KARATE else Path(name).expanduser()
    try:
        if not path.is_file():
            raise UserError(f"There is no graph {name[:200] or '(empty name)'}; {_WHAT}.")
        facts = path.stat()
    except (OSError, ValueError, RuntimeError) as error:
        raise UserError(f"Cannot read {name[:200]}: {error}; {_WHAT}.") from error
    return _read(name, path, facts.st_mtime_ns, facts.st_size)


def parsed(spec: str) -> tuple[str, str | None]:
    """Name of the graph, and the node's own name or its number, where there is one."""
    found = _NUMBERED.fullmatch(spec) or _NAMED.fullmatch(spec)
    return (found["graph"], found["node"]) if found else (spec, None)


def _place(graph: Graph, name: str, key: str) -> int:
    """The place of a node: by its own name, or by its number where no name is one.

    Raises:
        UserError: there is none.
    """
    if key in graph.node_names:
        if graph.node_names.count(key) > 1:
            raise UserError(f"{name} has several nodes that are called {quoted(key, 40)}.")
        return graph.node_names.index(key)
    if graph.numbered:
        shown = ", ".join(graph.node_names[:_SHOWN])
        raise UserError(f"{name} has no node that is called {quoted(key, 40)} ({shown}, ...).")
    if not key.isdecimal() or int(key) >= graph.nodes:
        raise UserError(
            f"{name} has no node {quoted(key, 40)}; its nodes are numbered 0 to {graph.nodes - 1}."
        )
    return int(key)


_SHOWN = 6


@lru_cache(maxsize=4)
def _read(name: str, path: Path, changed: int, size: int) -> Graph:
    """``changed`` and ``size`` are there for the cache: a file that changed is read again."""
    from engine.inputs.graph_files import read_network
    from engine.inputs.graph_npz import read_archive

    if path.suffix.lower() == ARCHIVE:
        return read_archive(path, name)
    return read_network(path, name)


def _is_node_link(name: str) -> bool:
    try:
        with Path(name).expanduser().open("rb") as file:
            head = file.read(_HEAD)
    except (OSError, ValueError, RuntimeError):
        return False
    return head.lstrip()[:1] == b"{" and any(
        key in head for key in (b'"nodes"', b'"links"', b'"multigraph"')
    )


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
            f"The model '{model.name}' takes no graphs; give a graph model, e.g. {FITTING}."
        )
    wanted = model.input_shape[-1] - (model.encoding == "indicator")
    if wanted != width:
        raise UserError(
            f"The model takes {wanted} features per node, but {source} has {width}; give the "
            "graph that the model was trained on."
        )
