"""A graph as training sees it: an inductive split in which later parts do not yet exist."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import torch

from engine.core.errors import UserError
from engine.inputs.graph import Graph, Split, split
from engine.models.graph import Messages, messages


@dataclass(frozen=True)
class View:
    """Some nodes of a graph, the edges between them, and those whose labels count.

    Attributes:
        features: (N, D) float32 zeros and ones.
        over: messages between these nodes; degrees are counted among them.
        rows: (n,) rows whose labels are used.
        labels: (n,) their classes.
    """

    features: torch.Tensor
    over: Messages
    rows: torch.Tensor
    labels: torch.Tensor

    def to(self, device: torch.device) -> View:
        """The same on a device."""
        return View(
            self.features.to(device),
            self.over.to(device, torch.float32),
            self.rows.to(device),
            self.labels.to(device),
        )


@dataclass(frozen=True)
class Views:
    """Training sees neither validation nor test nodes; validation sees no test nodes."""

    train: View
    validation: View
    test: View
    parts: Split


def views(graph: Graph, *, seed: int) -> Views:
    """The three stages of the inductive split.

    Raises:
        UserError: the graph has no labels, or too few nodes to learn and test on.
    """
    if graph.labels is None:
        raise UserError(f"{graph.source} has no labels to learn from; give a graph with labels.")
    parts = split(graph.labels, seed=seed)
    if not parts.validation or not parts.test:
        raise UserError(f"{graph.source} has too few nodes of each class to train and test on.")
    seen = parts.unlabelled + parts.train
    return Views(
        train=_view(graph, seen, parts.train),
        validation=_view(graph, seen + parts.validation, parts.validation),
        test=_view(graph, seen + parts.validation + parts.test, parts.test),
        parts=parts,
    )


def _view(graph: Graph, nodes: tuple[int, ...], counted: tuple[int, ...]) -> View:
    chosen = np.array(sorted(nodes), dtype=np.int64)
    row = np.full(graph.nodes, -1, dtype=np.int64)
    row[chosen] = np.arange(len(chosen))
    pairs = row[graph.adjacency.pairs()]
    sources, targets = pairs[:, (pairs >= 0).all(axis=0)]
    degrees = np.bincount(targets, minlength=len(chosen))
    over = messages(
        torch.from_numpy(sources), torch.from_numpy(targets), torch.from_numpy(degrees), len(chosen)
    )
    labels = graph.labels if graph.labels is not None else np.empty(0, np.int64)
    picked = np.array(counted, dtype=np.int64)
    return View(
        features=torch.from_numpy(graph.features.dense(chosen)).float(),
        over=over,
        rows=torch.from_numpy(row[picked]),
        labels=torch.from_numpy(labels[picked]),
    )
