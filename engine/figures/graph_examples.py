"""What noise and an attack do to the nodes of a graph: which are touched, and how much."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
from pydantic import BaseModel, ConfigDict

from engine.core.records import Record
from engine.figures.attack import NoiseMark
from engine.figures.changes import sizes
from engine.figures.graphs import NeighbourhoodFigure
from engine.regions import CellMap, Count, Perturbation, Region
from engine.regions.base import whole

Indices = npt.NDArray[np.int64]


class NodeTouch(Record):
    """A node that was touched.

    Attributes:
        position: in the neighbourhood's ``nodes``.
        added, removed: features turned from 0 to 1, and from 1 to 0.
    """

    position: int
    added: int = 0
    removed: int = 0

    def words(self) -> str:
        """``+2 features, -1``."""
        signs = [f"+{self.added}"] * (self.added > 0) + [f"-{self.removed}"] * (self.removed > 0)
        if not signs:
            return "no feature"
        one = (self.added or self.removed) == 1
        return ", ".join((f"{signs[0]} feature{'' if one else 's'}", *signs[1:]))


class NodeSample(Record):
    """A noisy sample of the features, told node by node.

    Attributes:
        touches: the nodes that were noised, by rising position.
        answer: of the base model.
        mark: what the noise did to these nodes; empty where the model is not told of it.
    """

    touches: tuple[NodeTouch, ...]
    answer: str
    mark: NoiseMark = ""


class FlipAttack(BaseModel):
    """Features to flip, those that hurt most leading, for any number of nodes and flips.

    Attributes:
        rows, columns: (F,) node's position and feature of each flip, by falling gain.
        adds: (F,) True for 0 to 1.
        gains: (F,) how much each flip lowers the answer's lead, to first order; all positive.
        how: in words.
    """

    model_config = ConfigDict(frozen=True, arbitrary_types_allowed=True)

    rows: Indices
    columns: Indices
    adds: npt.NDArray[np.bool_]
    gains: npt.NDArray[np.float32]
    how: str

    def planned(self, region: Region, change: Perturbation) -> Indices | None:
        """The flips of an attack of this size; None where the terms say nothing about nodes."""
        if isinstance(region, Count):
            return self.chosen(nodes=whole(change, region.term))
        if isinstance(region, CellMap) and not region.strength_term:
            return self.chosen(
                nodes=whole(change, region.layer_term) if region.layer_term else None,
                additions=whole(change, region.row_term),
                deletions=whole(change, region.column_term),
            )
        return None

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
        most = np.where(
            self.adds,
            len(self.adds) if additions is None else additions,
            len(self.adds) if deletions is None else deletions,
        )
        within = _ranks(2 * self.rows + self.adds) < most
        gained = np.bincount(self.rows, weights=self.gains * within)
        best = np.argsort(-gained, kind="stable")[:nodes]
        open_to = np.flatnonzero(np.isin(self.rows, best))
        return open_to[_ranks(self.adds[open_to].astype(np.int64)) < most[open_to]]

    def touches(self, flips: Indices) -> tuple[NodeTouch, ...]:
        """The nodes that some flips touch, by rising position."""
        touched = np.unique(self.rows[flips])
        return tuple(
            NodeTouch(
                position=int(row),
                added=int(self.adds[flips][self.rows[flips] == row].sum()),
                removed=int((~self.adds[flips][self.rows[flips] == row]).sum()),
            )
            for row in touched
        )


class NodesFigure(BaseModel):
    """What the numbers mean for a node of a graph.

    Attributes:
        around: the neighbourhood that the model reads.
        answer: of the base model without noise.
        samples: noisy samples.
        noise_in_words: the law.
        attack: flips for any size of change; None where no class was chosen or nothing helps.
        region: what is certified, which says how large a change may be.
        answers: of the base model after each of ``sizes(region)``; empty where not asked.
    """

    model_config = ConfigDict(frozen=True, arbitrary_types_allowed=True)

    around: NeighbourhoodFigure
    answer: str
    samples: tuple[NodeSample, ...]
    noise_in_words: str
    attack: FlipAttack | None = None
    region: Region | None = None
    answers: tuple[str, ...] = ()

    def touched(self, change: Perturbation) -> tuple[NodeTouch, ...] | None:
        """The nodes that an attack of this size would touch."""
        if self.attack is None or self.region is None:
            return None
        flips = self.attack.planned(self.region, change)
        return None if flips is None else self.attack.touches(flips)

    def answer_after(self, change: Perturbation) -> str:
        """The base model's answer after an attack of this size; empty where not asked."""
        answers = dict(zip(map(_key, sizes(self.region)), self.answers, strict=False))
        return answers.get(_key(change), "")

    def told(self, touches: Sequence[NodeTouch]) -> str:
        """``node 3: +2 features, -1; node 7: +1 feature``."""
        return "; ".join(f"{self.around.nodes[t.position].name}: {t.words()}" for t in touches)


def _key(change: Perturbation) -> frozenset[tuple[str, float]]:
    return frozenset(change.items())


def _ranks(groups: Indices) -> Indices:
    """How many earlier elements are of the same group, for each element."""
    order = np.argsort(groups, kind="stable")
    ordered = groups[order]
    first = np.searchsorted(ordered, ordered, side="left")
    ranks = np.empty(len(groups), dtype=np.int64)
    ranks[order] = np.arange(len(groups)) - first
    return ranks
