"""One node of a graph: of a citation graph or another network, with binary features.

``karate:12`` is member 12 of the shipped karate club; ``cora_ml.npz:17`` is node 17 of a file.
Without a number a spec stands for the test nodes of the graph's split.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import ClassVar, Literal

from engine.core.errors import UserError
from engine.core.resources import assets
from engine.inputs.base import Given
from engine.inputs.graph import KARATE, Graph, split

ARCHIVE = ".npz"
SUFFIXES = (ARCHIVE, ".graphml", ".gexf", ".edgelist", ".edges")
_NUMBERED = re.compile(r"(?P<graph>.+):(?P<node>\d{1,12})", re.DOTALL)
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
    if graph.labels is None:
        return [f"{name}:{node}" for node in range(graph.nodes)]
    return [f"{name}:{node}" for node in split(graph.labels).test]


def load(spec: str) -> GraphInput:
    """The node that ``spec`` names.

    Raises:
        UserError: the graph cannot be read, no node is named, or there is none of that number.
    """
    name, node = parsed(spec)
    graph = load_graph(name)
    if node is None:
        first = expand(name)[0]
        raise UserError(
            f"{spec} is a graph of {graph.nodes:,} nodes; name one by its number, e.g. {first}."
        )
    if node >= graph.nodes:
        raise UserError(
            f"{name} has no node {node}; its nodes are numbered 0 to {graph.nodes - 1}."
        )
    label = None if graph.labels is None else int(graph.labels[node])
    return GraphInput(
        name=f"{graph.name}, {graph.node_name(node)}",
        source=f"{name}:{node}",
        sha256=graph.sha256,
        graph=graph,
        node=node,
        label=label,
        label_name=None if label is None else graph.class_names[label],
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


def parsed(spec: str) -> tuple[str, int | None]:
    """Name of the graph, and number of the node where there is one."""
    found = _NUMBERED.fullmatch(spec)
    return (found["graph"], int(found["node"])) if found else (spec, None)


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
