"""Graphs as NetworkX writes them: node-link JSON, GraphML, GEXF and edge lists.

Features are a node's attribute ``features`` or ``x``: a list of zeros and ones, or the same as
text. Its class is ``class``, ``y``, ``label`` or ``club``: any values, numbered in sorted order.
"""

from __future__ import annotations

import io
import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from engine.core.errors import UserError, quoted
from engine.core.files import sha256_bytes
from engine.inputs.graph import KARATE, Graph, Indices, Parts, assembled, check_size

if TYPE_CHECKING:
    from networkx import Graph as Network

MAX_BYTES = 50_000_000
_FEATURES = ("features", "x")
_CLASSES = ("class", "y", "label", "club")
_ASKED = "each node needs the same number of zeros and ones"


def read_network(path: Path, name: str) -> Graph:
    """The graph in a file of NetworkX.

    Raises:
        UserError: it is too large, damaged, or its nodes' features are not binary.
    """
    data = _bytes(path, name)
    network = _parsed(data, path.suffix.lower(), name)
    check_size(name, len(network), 0, network.number_of_edges())
    parts = _parts(network, name, path.suffix.lower())
    title = "karate club" if name == KARATE else path.stem
    return assembled(parts, name=title, source=name, sha256=sha256_bytes(data))


def _bytes(path: Path, name: str) -> bytes:
    try:
        with path.open("rb") as file:
            data = file.read(MAX_BYTES + 1)
    except OSError as error:
        raise UserError(f"Cannot read {name}: {error.strerror or error}.") from error
    if len(data) > MAX_BYTES:
        raise UserError(
            f"{name} has more than the {MAX_BYTES / 1e6:.0f} MB that open here; save the graph as "
            ".npz with index pairs instead."
        )
    if not data.strip():
        raise UserError(f"{name} is empty; save the graph again.")
    return data


def _parsed(data: bytes, suffix: str, name: str) -> Network:
    readers: dict[str, tuple[Callable[[bytes], Network], str]] = {
        ".json": (_node_link, "node-link JSON"),
        ".graphml": (_graphml, "GraphML"),
        ".gexf": (_gexf, "GEXF"),
    }
    read, title = readers.get(suffix, (_edge_list, "edge list"))
    if suffix in (".graphml", ".gexf") and b"<!" in data.replace(b"<!--", b""):
        raise UserError(
            f"{name} declares XML entities or types of its own, which no graph needs and which "
            "can blow a file up; save it again with networkx."
        )
    try:
        return read(data)
    except UserError:
        raise
    except RecursionError as error:
        raise UserError(f"{name} is nested too deeply for a graph file.") from error
    except Exception as error:
        # Parsers of JSON and XML fail in many ways on files that were not made by NetworkX.
        raise UserError(
            f"{name} is no {title} file that NetworkX reads, or is damaged; save it again."
        ) from error


def _node_link(data: bytes) -> Network:
    from networkx import node_link_graph

    content = json.loads(data)
    network: Network = node_link_graph(content, edges="links" if "links" in content else "edges")
    return network


def _graphml(data: bytes) -> Network:
    from networkx import parse_graphml

    network: Network = parse_graphml(data.decode("utf-8"))
    return network


def _gexf(data: bytes) -> Network:
    from networkx import read_gexf

    # As text: an encoding that the file declares for itself could hide what was looked for above.
    network: Network = read_gexf(io.StringIO(data.decode("utf-8")))
    return network


def _edge_list(data: bytes) -> Network:
    from networkx import parse_edgelist

    lines = data.decode("utf-8").splitlines()
    network: Network = parse_edgelist(lines, data=False)
    if lines and not len(network):
        raise ValueError("no line is an edge")
    return network


def _parts(network: Network, name: str, suffix: str) -> Parts:
    number = {node: index for index, node in enumerate(network)}
    pairs = [(number[source], number[target]) for source, target in network.edges()]
    edges = np.array(pairs, dtype=np.int64).reshape(-1, 2).T
    ones, width = _features(network, name)
    # A GEXF node's label is its own name.
    keys = _CLASSES if suffix != ".gexf" else tuple(key for key in _CLASSES if key != "label")
    labels, names = _labels(network, keys)
    notes = []
    if any("weight" in facts for _, _, facts in network.edges(data=True)):
        notes.append("edge weights were dropped: an edge is there or not")
    named = list(network) != list(range(len(network)))
    called = tuple(quoted(node, 80) for node in network) if named else ()
    return Parts(len(network), edges, ones, width, labels, names, called, tuple(notes))


def _features(network: Network, name: str) -> tuple[Indices | None, int]:
    found = [_attribute(facts, _FEATURES) for _, facts in network.nodes(data=True)]
    if all(value is None for value in found):
        return None, 0
    rows = [_bits(value) for value in found]
    width = len(rows[0] or ())
    ones: list[tuple[int, int]] = []
    for index, row in enumerate(rows):
        if row is None or len(row) != width or not width:
            raise UserError(f"{name}: node {index} has features that are not binary; {_ASKED}.")
        ones.extend((index, column) for column, bit in enumerate(row) if bit)
    return np.array(ones, dtype=np.int64).reshape(-1, 2).T, width


def _bits(value: object) -> list[int] | None:
    """Zeros and ones of a list, of ``0 1 1``, ``0,1,1`` or ``011``; None if it is anything else."""
    if isinstance(value, str):
        words = value.replace(",", " ").split()
        value = list(words[0]) if len(words) == 1 else words
    if not isinstance(value, list):
        return None
    bits = [_BIT.get(bit) if isinstance(bit, str | int | float) else None for bit in value]
    return None if None in bits else [bit for bit in bits if bit is not None]


_BIT: dict[str | float, int] = {"0": 0, "1": 1, 0: 0, 1: 1}


def _labels(
    network: Network, keys: tuple[str, ...]
) -> tuple[npt.NDArray[np.int64] | None, tuple[str, ...]]:
    """Class numbers and names; none where a node has no class."""
    found = [_attribute(facts, keys) for _, facts in network.nodes(data=True)]
    if not all(isinstance(value, str | int | float) for value in found):
        return None, ()
    numbers = all(isinstance(value, int) for value in found)
    values = sorted(set(found)) if numbers else sorted({str(value) for value in found})
    number = {value: index for index, value in enumerate(values)}
    labels = [number[value if numbers else str(value)] for value in found]
    names = tuple(f"class {value}" if numbers else quoted(value, 80) for value in values)
    return np.array(labels, dtype=np.int64), names


def _attribute(facts: Mapping[str, Any], keys: tuple[str, ...]) -> Any:
    return next((facts[key] for key in keys if key in facts), None)
