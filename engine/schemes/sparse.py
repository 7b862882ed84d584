"""Sparsity-aware smoothing: features flip, ones and zeros at rates of their own."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

from pydantic import Field

from engine.certificates.likelihood import MARGIN, LikelihoodRegions, certifies
from engine.certificates.sparse import MOST, frontier, splits
from engine.core.records import ProbabilityBounds
from engine.noise.flips import Flips
from engine.regions import CellMap, Perturbation, Region, Term
from engine.regions.base import whole
from engine.schemes.base import IMPOSSIBLE, NO_FACTS, Facts, Family
from engine.schemes.parameter_fields import p_minus_field, p_plus_field
from engine.schemes.ranked import Ranked


class Sparse(Ranked):
    """Each 0 becomes 1 with probability p_plus and each 1 becomes 0 with probability p_minus.

    Certified cell by cell: the Neyman-Pearson worst case over ``additions + deletions + 1`` regions
    of constant likelihood ratio. With K categories a feature that goes from one non-zero category
    to another counts as a deletion and an addition, and a cell is certified if every way to spend
    it is.
    """

    key: ClassVar[str] = "sparse"
    title: ClassVar[str] = "Sparsity-aware smoothing"
    citation: ClassVar[str] = (
        "Bojchevski, Gasteiger & Guennemann, Efficient Robustness Certificates for Discrete Data: "
        "Sparsity-Aware Randomized Smoothing for Graphs, Images and More, ICML 2020"
    )
    family: ClassVar[Family] = "structure"
    inputs: ClassVar[tuple[str, ...]] = ("graph", "image")
    subject: ClassVar[str] = "input"
    region_type: ClassVar[type[Region]] = CellMap
    attacker: ClassVar[str] = "add at most a features (0 to 1) and delete at most d (1 to 0)"
    terms: ClassVar[Mapping[str, Term]] = {
        "additions": Term("number of features turned from 0 to 1", whole=True),
        "deletions": Term("number of features turned from 1 to 0", whole=True),
    }
    limits: ClassVar[tuple[str, ...]] = (
        "Edges of a graph are as given: it says nothing about added or deleted edges.",
        "Features are read as 0 or 1 (as whole numbers below the number of categories): it says "
        "nothing about changes between these values.",
        f"The map shows at most {MOST} additions and {MOST} deletions.",
    )

    p_plus: float = p_plus_field(0.01, le=1)
    p_minus: float = p_minus_field(0.6, le=1)
    categories: int = Field(
        default=2,
        ge=2,
        le=256,
        title="categories",
        description="number of values a feature may take, 0 among them",
        json_schema_extra={"advanced": True},
    )

    def noise(self) -> Flips:
        """Each feature by itself."""
        return Flips(self.p_plus, self.p_minus, self.categories)

    def region(self, bounds: ProbabilityBounds, facts: Facts = NO_FACTS) -> CellMap | None:
        """The certified cells; the cell (0, 0) alone where p_lower only names the class."""
        bounds = self.as_majority(bounds)
        if bounds.p_lower <= bounds.p_upper:
            return None

        def certified(additions: int, deletions: int) -> bool:
            ways = self._ways(additions, deletions)
            return not additions + deletions or all(
                certifies(one, bounds.p_lower, bounds.p_upper) for one in ways
            )

        cells = tuple((0.0,) * (most + 1) for most in frontier(certified))
        return CellMap(row_term="additions", column_term="deletions", layers=(cells,))

    def required_probability(self, perturbation: Perturbation, facts: Facts = NO_FACTS) -> float:
        """What the worst case leaves: 1 - p, where all else can reach one half."""
        additions, deletions = (whole(perturbation, term) for term in self.terms)
        if not additions + deletions:
            return self.least_share
        if max(additions, deletions) > MOST:
            return IMPOSSIBLE
        spare = [way.affordable(0.5) for way in self._ways(additions, deletions)]
        needed = max(IMPOSSIBLE if one is None else 1 - one + MARGIN for one in spare)
        return self.for_rank(needed)

    def _ways(self, additions: int, deletions: int) -> tuple[LikelihoodRegions, ...]:
        return splits(self.p_plus, self.p_minus, self.categories, additions, deletions)
