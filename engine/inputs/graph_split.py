"""Who trains, who chooses the epoch, who tests: the inductive split of a graph's nodes."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

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
