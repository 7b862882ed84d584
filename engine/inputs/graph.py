"""A whole graph: how it is made of index pairs, and its split into nodes that train and that test.

It is undirected and without loops, and all its numbers are in bounds.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from engine.core.errors import UserError

Indices = npt.NDArray[np.int64]


@dataclass(frozen=True)
class Pattern:
    """The ones of a binary matrix in compressed rows.

    Attributes:
        starts: (rows + 1,); row i has the entries ``starts[i]`` to ``starts[i + 1]``.
        entries: column numbers, rising within a row, none twice.
        columns: width of the matrix.
    """

    starts: Indices
    entries: Indices
    columns: int

    @property
    def rows(self) -> int:
        """Height of the matrix."""
        return len(self.starts) - 1

    @property
    def counts(self) -> Indices:
        """Ones per row."""
        return np.diff(self.starts)

    @classmethod
    def from_pairs(cls, pairs: Indices, shape: tuple[int, int]) -> Pattern:
        """The matrix with ones at ``pairs`` (2, n), which lie inside ``shape``; repeats count once.

        Raises:
            OverflowError: the shape has more than 2^63 cells.
        """
        rows, columns = shape
        if rows * columns >= 1 << 63:
            raise OverflowError(f"{rows} x {columns} cells are more than 2^63")
        cells = np.unique(pairs[0].astype(np.int64) * columns + pairs[1])
        height, entries = np.divmod(cells, columns) if columns else (cells, cells)
        starts = np.zeros(rows + 1, dtype=np.int64)
        np.cumsum(np.bincount(height, minlength=rows), out=starts[1:])
        return cls(starts, entries, columns)

    def row(self, index: int) -> Indices:
        """Columns set in a row, rising."""
        return self.entries[self.starts[index] : self.starts[index + 1]]

    def pairs(self) -> Indices:
        """(2, n): row and column of every one, in order."""
        return np.stack([np.repeat(np.arange(self.rows), self.counts), self.entries])

    def dense(self, chosen: Indices) -> npt.NDArray[np.uint8]:
        """The chosen rows as (len(chosen), columns) zeros and ones."""
        out = np.zeros((len(chosen), self.columns), dtype=np.uint8)
        for position, index in enumerate(chosen):
            out[position, self.row(int(index))] = 1
        return out


KARATE = "karate"
MAX_NODES, MAX_EDGES, MAX_FEATURES, MAX_CLASSES = 500_000, 20_000_000, 100_000, 1000


@dataclass(frozen=True)
class Graph:
    """A whole graph, as the networks here take it.

    Attributes:
        name: short name for people.
        source: the file as the user named it, or ``karate``.
        sha256: digest of the file's bytes.
        adjacency: (N, N) pattern, symmetric, without self loops.
        features: (N, D) pattern; an entry is a 1.
        labels: (N,) class indices, or None.
        class_names: one per class; empty without labels.
        node_names: what the file calls its nodes; empty where it only counts them.
        notes: what was done while reading (edges made undirected, weights dropped, ...).
    """

    name: str
    source: str
    sha256: str
    adjacency: Pattern
    features: Pattern
    labels: npt.NDArray[np.int64] | None = None
    class_names: tuple[str, ...] = ()
    node_names: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()

    @property
    def nodes(self) -> int:
        """Their number, N."""
        return self.adjacency.rows

    @property
    def numbered(self) -> bool:
        """Whether the file calls its nodes by numbers of its own, which are not their places."""
        return any(name.isdecimal() for name in self.node_names)

    def spec(self, node: int) -> str:
        """How a user names a node: by its own name where that is a number, else by its place."""
        return f"{self.source}:{self.node_names[node] if self.numbered else node}"

    def node_name(self, node: int) -> str:
        """What people call the node."""
        return self.node_names[node] if self.node_names else f"node {node}"


@dataclass(frozen=True)
class Parts:
    """What a file says, before it is a graph.

    Attributes:
        nodes: their number.
        edges: (2, E) index pairs, in either or both directions.
        ones: (2, n) index pairs (node, feature), or None where the file has no features.
        width: number of features.
        labels: (N,) class numbers, or None.
        class_names, node_names: empty where the file has none.
        notes: what the reader of the file already did.
    """

    nodes: int
    edges: Indices
    ones: Indices | None
    width: int
    labels: npt.NDArray[np.int64] | None = None
    class_names: tuple[str, ...] = ()
    node_names: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()


def check_size(name: str, nodes: int, features: int, edges: int) -> None:
    """Before anything of that size is made.

    Raises:
        UserError: the graph is empty or too large.
    """
    if nodes < 1:
        raise UserError(f"{name} is a graph without nodes; there is nothing to certify in it.")
    limits = (
        (nodes, MAX_NODES, "nodes"),
        (edges, MAX_EDGES, "edges"),
        (features, MAX_FEATURES, "features"),
    )
    for count, most, what in limits:
        if count > most:
            raise UserError(f"{name} has {count:,} {what}; at most {most:,} open here.")


def assembled(parts: Parts, *, name: str, source: str, sha256: str) -> Graph:
    """The graph that ``parts`` describe.

    Directed edges become undirected and self loops go (the networks add their own); a graph
    without features gets the rows of its adjacency matrix: whom a node knows. Each is noted.

    Raises:
        UserError: it has no nodes, features or edges, or labels that do not fit.
    """
    check_size(source, parts.nodes, parts.width, parts.edges.shape[1])
    adjacency, notes = _undirected(parts)
    if not len(adjacency.entries):
        raise UserError(
            f"{source} is a graph without edges; there is nothing to pass between nodes."
        )
    features = adjacency
    if parts.ones is not None:
        features = Pattern.from_pairs(parts.ones, (parts.nodes, parts.width))
    else:
        notes.append(
            "it has no features, so those of a node are its row of the adjacency matrix: feature "
            "j is 1 if it states node j as an acquaintance; the edges themselves stay as they are"
        )
    if not features.columns:
        raise UserError(f"{source} has no features; there is nothing for the noise to change.")
    labels = _checked_labels(parts, source)
    return Graph(
        name=name,
        source=source,
        sha256=sha256,
        adjacency=adjacency,
        features=features,
        labels=labels,
        class_names=_names(labels, parts.class_names),
        node_names=parts.node_names,
        notes=(*parts.notes, *notes),
    )


def _undirected(parts: Parts) -> tuple[Pattern, list[str]]:
    notes = []
    kept = parts.edges[:, parts.edges[0] != parts.edges[1]]
    if kept.shape[1] < parts.edges.shape[1]:
        notes.append("self loops were dropped: the networks add one to every node")
    shape = (parts.nodes, parts.nodes)
    single = Pattern.from_pairs(kept, shape)
    both = Pattern.from_pairs(np.hstack([kept, kept[::-1]]), shape)
    # A file may list an undirected edge once or in both directions; anything between is directed.
    if len(both.entries) not in (len(single.entries), 2 * len(single.entries)):
        notes.append("directed edges were taken for undirected ones")
    return both, notes


def _checked_labels(parts: Parts, source: str) -> npt.NDArray[np.int64] | None:
    labels = parts.labels
    if labels is None:
        return None
    if len(labels) != parts.nodes:
        raise UserError(f"{source} has {len(labels)} labels for {parts.nodes} nodes.")
    if labels.min() < 0 or labels.max() >= MAX_CLASSES:
        raise UserError(
            f"{source} has labels from {labels.min()} to {labels.max()}; classes are numbered "
            f"from 0, and there are at most {MAX_CLASSES:,}."
        )
    return labels


def _names(labels: npt.NDArray[np.int64] | None, stored: tuple[str, ...]) -> tuple[str, ...]:
    if labels is None:
        return ()
    count = int(labels.max()) + 1
    return stored if len(stored) == count else tuple(f"class {index}" for index in range(count))


PER_CLASS = 20
TEST_SHARE = 0.1
_SMALL = 1000
"""Graphs with fewer nodes test all nodes that neither train nor validate: a tenth would be few."""


@dataclass(frozen=True)
class Split:
    """Node numbers of each part, rising.

    Attributes:
        train, validation: their labels train the weights and choose the epoch.
        test: neither their labels nor their features nor their edges are seen in training.
        unlabelled: seen in training without their labels.
    """

    train: tuple[int, ...]
    validation: tuple[int, ...]
    test: tuple[int, ...]
    unlabelled: tuple[int, ...]


def split(labels: npt.NDArray[np.int64], *, seed: int = 0) -> Split:
    """The inductive split of Scholten et al. (NeurIPS 2023): 20 nodes per class, 10 % test.

    Twenty nodes of each class train and twenty validate; a tenth of the rest tests. A class too
    small for that gives a quarter of its nodes to each of the first two. Nodes come in the order
    of the SHA-256 of ``seed S node N``, so that the split needs no random generator and anyone
    can work it out again.
    """
    order = sorted(range(len(labels)), key=lambda node: _key(seed, node))
    train: list[int] = []
    validation: list[int] = []
    rest: list[int] = []
    seen = dict.fromkeys(range(int(labels.max()) + 1), 0)
    sizes = np.bincount(labels)
    for node in order:
        label = int(labels[node])
        each = min(PER_CLASS, max(1, int(sizes[label]) // 4))
        part = (train, validation, rest)[min(2, seen[label] // each)]
        part.append(node)
        seen[label] += 1
    tested = len(rest) if len(labels) < _SMALL else round(TEST_SHARE * len(rest))
    parts = (train, validation, rest[:tested], rest[tested:])
    return Split(*(tuple(sorted(part)) for part in parts))


def _key(seed: int, node: int) -> bytes:
    return hashlib.sha256(f"seed {seed} node {node}".encode()).digest()
