"""A node of a graph as an example: nodes of its neighbourhood that noise and attacks touch."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import torch

from engine.core.errors import UserError
from engine.core.records import Encoding
from engine.explain.directions import margin_slope
from engine.explain.presenter import Presenter, Ready, decoded
from engine.figures.examples import Arrays, Attack, Media
from engine.figures.graphs import NeighbourhoodFigure
from engine.figures.media import GraphMedium, NodeTouch, Touch
from engine.inputs.base import Array, FittedInput
from engine.models.base import Classifier
from engine.models.input_layout import clean
from engine.regions import Region
from engine.regions.region import Budget

_EACH = 64
"""Flips of one direction that are kept for a node."""
Indices = npt.NDArray[np.int64]


def neighbourhood_of(fitted: FittedInput, classes: Sequence[str]) -> NeighbourhoodFigure | None:
    """The drawing of the neighbourhood; None where the graph cannot be read, or is another now.

    Args:
        fitted: the node.
        classes: of the model, by which its labels are numbered.
    """
    from engine.figures.graph_layout import named_by, neighbourhood_figure
    from engine.inputs import load_input
    from engine.inputs.node import GraphInput

    try:
        given = load_input(fitted.identity.source)
    except UserError:
        return None
    if not isinstance(given, GraphInput) or given.sha256 != fitted.identity.sha256:
        return None
    figure = named_by(neighbourhood_figure(given.graph, given.node), classes)
    return figure if len(figure.nodes) == len(fitted.arrays[0]) else None


@dataclass(frozen=True)
class GraphPresenter(Presenter):
    """Shows the neighbourhood of a node with binary features (M, D)."""

    around: NeighbourhoodFigure
    features: Array
    encoding: Encoding

    def show(self, arrays: Arrays) -> Media:
        """The neighbourhood, unmarked."""
        return (GraphMedium(around=self.around),)

    def noisy(self, batch: Arrays) -> list[Media]:
        """Noisy samples with the nodes that the model was told of, else those that differ."""
        values, touched, touch = decoded(batch[0], self.encoding, self.features.shape[1], axis=-1)
        if touched is None:
            return [self._marked(one, "noised") for one in values]
        return [self._marked(one, touch, at) for one, at in zip(values, touched, strict=True)]

    def attacked(self, arrays: Arrays) -> Media:
        """A changed neighbourhood, the nodes marked whose features differ."""
        return self._marked(arrays[0], "changed")

    def attack(
        self, ready: Ready, region: Region, *, top: int | None, tries: int, stop: threading.Event
    ) -> Attack | None:
        """Features to flip; None without a class or where no flip lowers its lead."""
        assert isinstance(ready.x, torch.Tensor)
        found = find_flips(ready.classifier, ready.x, top=top)
        if found is None:
            return None
        how = "greedy: the flips with the largest effect on the base model's answer"
        return Attack(how, found.change, self.attacked)

    def _marked(self, features: Array, touch: Touch, touched: Array | None = None) -> Media:
        """The touched nodes, by default those whose features differ."""
        if touched is None:
            touched = (features != self.features).any(axis=1)
        gone = touch == "taken away"
        added, removed = features > self.features, features < self.features
        touches = tuple(
            NodeTouch(
                position=int(at),
                added=0 if gone else int(added[at].sum()),
                removed=0 if gone else int(removed[at].sum()),
            )
            for at in np.flatnonzero(touched)
        )
        return (GraphMedium(around=self.around, touches=touches, touch=touch),)


@dataclass(frozen=True)
class FlipAttack:
    """Features to flip, those that hurt most leading, for any number of nodes and flips.

    Attributes:
        features: (M, D) binary.
        rows, columns: (F,) node's position and feature of each flip, by falling gain.
        gains: (F,) how much each flip lowers the answer's lead, to first order; all positive.
    """

    features: Array
    rows: Indices
    columns: Indices
    gains: npt.NDArray[np.float32]

    @property
    def adds(self) -> npt.NDArray[np.bool_]:
        """(F,) True for 0 to 1."""
        adds: npt.NDArray[np.bool_] = self.features[self.rows, self.columns] < 0.5
        return adds

    def change(self, budget: Budget) -> Arrays | None:
        """The features after the best flips within the budget; None where numbers may move."""
        if budget.norm:
            return None
        flips = self.chosen(
            nodes=budget.things, additions=budget.additions, deletions=budget.deletions
        )
        changed = self.features.copy()
        changed[self.rows[flips], self.columns[flips]] = self.adds[flips]
        return (changed,)

    def chosen(
        self,
        *,
        nodes: int | None = None,
        additions: int | None = None,
        deletions: int | None = None,
    ) -> Indices:
        """Indices of the flips within these limits, None being no limit.

        The nodes are those on which the allowed flips gain most; on them the best flips are taken.
        """
        adds = self.adds
        most = np.where(
            adds,
            len(adds) if additions is None else additions,
            len(adds) if deletions is None else deletions,
        )
        within = ranks(2 * self.rows + adds) < most
        gained = np.bincount(self.rows, weights=self.gains * within)
        best = np.argsort(-gained, kind="stable")[:nodes]
        open_to = np.flatnonzero(np.isin(self.rows, best))
        return open_to[ranks(adds[open_to].astype(np.int64)) < most[open_to]]


def ranks(groups: Indices) -> Indices:
    """How many earlier entries are of the same group."""
    order = np.argsort(groups, kind="stable")
    ordered = groups[order]
    found = np.empty(len(groups), dtype=np.int64)
    found[order] = np.arange(len(groups)) - np.searchsorted(ordered, ordered, side="left")
    return found


def find_flips(classifier: Classifier, x: torch.Tensor, *, top: int | None) -> FlipAttack | None:
    """Flips in the order of their effect on the class ``top`` of the base model without noise.

    Args:
        classifier: bound to the neighbourhood and prepared.
        x: (M, D) binary features, on the model's device.
        top: the class to attack.

    Returns:
        None without a class or where no flip lowers its lead.
    """
    if top is None:
        return None
    encoded = clean(x, classifier.identity.encoding)
    slope = margin_slope(classifier, encoded[None], top)[0][:, : x.shape[1]]
    slope = torch.nan_to_num(slope, nan=0.0, posinf=0.0, neginf=0.0)
    gains = torch.where(x > 0.5, slope, -slope)
    found = [_best(torch.where(way, gains, 0.0)) for way in (x <= 0.5, x > 0.5)]
    rows, columns, values = (np.concatenate(parts) for parts in zip(*found, strict=True))
    order = np.lexsort((columns, rows, -values))
    if not len(order):
        return None
    return FlipAttack(x.cpu().numpy(), rows[order], columns[order], values[order])


def _best(gains: torch.Tensor) -> tuple[Array, Array, Array]:
    """Rows, columns and values of each row's largest positive gains."""
    values, columns = gains.topk(min(_EACH, gains.shape[1]), dim=1)
    row, place = (part.cpu().numpy() for part in (values > 0).nonzero(as_tuple=True))
    picked = values.cpu().numpy()[row, place].astype(np.float32)
    return row, columns.cpu().numpy()[row, place], picked
