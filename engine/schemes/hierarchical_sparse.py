"""Hierarchical smoothing with flips: few nodes, few features of theirs."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

from engine.certificates.hierarchical import corrected_upper
from engine.certificates.likelihood import MARGIN, rest
from engine.certificates.sparse import MOST, binary_regions, frontier
from engine.core.records import ProbabilityBounds
from engine.noise.flips import Flips
from engine.noise.selection import Selected
from engine.regions import CellMap, Perturbation, Region, Term
from engine.regions.base import whole
from engine.schemes.base import IMPOSSIBLE, NO_FACTS, Facts
from engine.schemes.parameter_fields import p_minus_field, p_plus_field
from engine.schemes.subset_selection import Selecting

Cells = tuple[tuple[float, ...], ...]
_NOTHING: Cells = ((0.0,),)


class HierarchicalSparse(Selecting):
    """Each node is selected with probability p, and the features of selected nodes flip.

    Against r nodes with, over all of them, so many additions and deletions: the worst case of the
    flips at the corrected probabilities, plus Delta = 1 - p^r.
    """

    key: ClassVar[str] = "hierarchical-sparse"
    title: ClassVar[str] = "Hierarchical smoothing, sparse"
    citation: ClassVar[str] = (
        "Scholten, Schuchardt, Bojchevski & Guennemann, Hierarchical Randomized Smoothing, "
        "NeurIPS 2023; Bojchevski, Gasteiger & Guennemann, ICML 2020"
    )
    inputs: ClassVar[tuple[str, ...]] = ("graph",)
    subject: ClassVar[str] = "graph"
    thing: ClassVar[str] = "node"
    region_type: ClassVar[type[Region]] = CellMap
    attacker: ClassVar[str] = (
        "change at most r nodes, adding (0 to 1) at most a and deleting (1 to 0) at most d of "
        "their features in all"
    )
    terms: ClassVar[Mapping[str, Term]] = {
        "entities": Term("number of changed nodes", whole=True),
        "additions": Term(
            "number of features turned from 0 to 1, over all changed nodes", whole=True
        ),
        "deletions": Term(
            "number of features turned from 1 to 0, over all changed nodes", whole=True
        ),
    }
    limits: ClassVar[tuple[str, ...]] = (
        "Features are read as 0 or 1: it says nothing about changes between these values.",
        "Edges are as given: it says nothing about added or deleted edges.",
        f"The maps show at most {MOST} additions and {MOST} deletions.",
    )

    p_plus: float = p_plus_field(0.05, le=1)
    p_minus: float = p_minus_field(0.8, le=1)

    def noise(self) -> Selected:
        """Flips of the features of selected nodes, each by itself."""
        return Selected(self.choice(), Flips(self.p_plus, self.p_minus), self.thing)

    def region(self, bounds: ProbabilityBounds, facts: Facts = NO_FACTS) -> CellMap | None:
        """A map per number of nodes; the cell (0, 0) alone where p_lower only names the class."""
        bounds = self.as_majority(bounds)
        if bounds.p_lower <= bounds.p_upper:
            return None
        layers: list[Cells] = []
        for keep in self.keeps()[1:]:
            cells = self._cells(bounds, keep)
            if cells == _NOTHING:
                break
            layers.append(cells)
        return CellMap(
            row_term="additions",
            column_term="deletions",
            layer_term="entities",
            layers=tuple(layers) or (_NOTHING,),
            things="nodes",
        )

    def required_probability(self, perturbation: Perturbation, facts: Facts = NO_FACTS) -> float:
        """Where all else can reach one half after Delta."""
        additions, deletions = (whole(perturbation, term) for term in ("additions", "deletions"))
        if not additions + deletions or not whole(perturbation, "entities"):
            return self.least_share
        keep = self.keep(perturbation)
        if keep <= 0.5 or max(additions, deletions) > MOST:
            return IMPOSSIBLE
        regions = binary_regions(self.p_plus, self.p_minus, additions, deletions)
        spare = regions.affordable((keep - 0.5) / keep)
        return IMPOSSIBLE if spare is None else self.for_rank(rest(keep * spare) + MARGIN)

    def _cells(self, bounds: ProbabilityBounds, keep: float) -> Cells:
        lost, gained = rest(bounds.p_lower), bounds.p_upper

        def certified(additions: int, deletions: int) -> bool:
            if not additions + deletions:
                return True
            upper = binary_regions(self.p_plus, self.p_minus, additions, deletions).upper
            reached = (corrected_upper(upper, one, keep) for one in (lost, gained))
            return sum(reached) < 1.0

        return tuple((0.0,) * (most + 1) for most in frontier(certified))
