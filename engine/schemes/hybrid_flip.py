"""Gaussian noise on a table's numbers, flips of its binary fields."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

from engine.certificates.frontiers import cells, flips_table, required_by
from engine.certificates.kernels import Flip
from engine.core.errors import UserError
from engine.core.records import InputIdentity, ProbabilityBounds
from engine.noise.flips import Flips
from engine.noise.law import Beside
from engine.regions import CellMap, Perturbation, Region, Term
from engine.regions.base import whole
from engine.schemes.anisotropic import Parts
from engine.schemes.base import IMPOSSIBLE, NO_FACTS, Facts
from engine.schemes.hybrid import HYBRID, listed
from engine.schemes.parameter_fields import NUMBERS, p_minus_field, p_plus_field, sigma_field

MOST_FLIPS = 15
"""Additions and deletions that the map reaches."""


class HybridFlip(Parts):
    """x + sigma z, each 0 set to 1 with probability p_plus and each 1 to 0 with p_minus.

    a additions and d deletions give a + d + 1 likelihood ratios; the worst case is the
    Neyman-Pearson test on their product with the Gaussian's.
    """

    key: ClassVar[str] = "hybrid-flip"
    group: ClassVar[str] = "hybrid"
    kernel_name: ClassVar[str] = "flip"
    title: ClassVar[str] = "Numbers and binary fields"
    citation: ClassVar[str] = f"{HYBRID}; the flips: Bojchevski, Gasteiger & Guennemann, ICML 2020"
    inputs: ClassVar[tuple[str, ...]] = ("table",)
    subject: ClassVar[str] = "row"
    region_type: ClassVar[type[Region]] = CellMap
    attacker: ClassVar[str] = (
        "set at most a fields from 0 to 1 and at most d from 1 to 0, and change the numbers, as "
        "long as their whole change has l2 norm below epsilon"
    )
    terms: ClassVar[Mapping[str, Term]] = {
        "additions": Term("number of fields set from 0 to 1", whole=True),
        "deletions": Term("number of fields set from 1 to 0", whole=True),
        "epsilon": Term("l2 norm of the change of the numbers", NUMBERS),
    }
    limits: ClassVar[tuple[str, ...]] = (
        "Fields are read as 0 or 1: it says nothing about other values.",
        f"The map shows at most {MOST_FLIPS} additions and {MOST_FLIPS} deletions.",
    )

    sigma: float = sigma_field(NUMBERS)
    p_plus: float = p_plus_field(0.05, lt=1)
    p_minus: float = p_minus_field(0.4, lt=1)

    def kernel(self) -> Flip:
        """The noise on the fields."""
        return Flip(self.p_plus, self.p_minus)

    def check_input(self, given: InputIdentity) -> None:
        """Refuse a table with fields of more than two values, or another number of sigmas.

        Raises:
            UserError: naming the scheme for such tables, or the number that fits.
        """
        if set(given.alphabet) - {2}:
            raise UserError(
                f"{given.name} has fields with {listed(given)} values, but {self.key} is for "
                "fields of two; use hybrid-uniform."
            )
        super().check_input(given)

    def noise(self) -> Beside:
        """Gaussian on the numbers, flips of the fields, each by itself."""
        return Beside(self.gaussian(), Flips(self.p_plus, self.p_minus))

    def region(self, bounds: ProbabilityBounds, facts: Facts = NO_FACTS) -> CellMap | None:
        """The certified strength of every pair of additions and deletions."""
        decision = self.decision(bounds)
        if decision is None:
            return None
        found = cells(self.kernel(), decision, sigma=self.least_sigma(), most=MOST_FLIPS)
        return CellMap(
            row_term="additions",
            column_term="deletions",
            strength_term="epsilon",
            layers=(found,),
            norm="l2",
            unit=self.unit(),
            sigmas=self.own_sigmas(),
        )

    def required_probability(self, perturbation: Perturbation, facts: Facts = NO_FACTS) -> float:
        """The largest probability, before the change, of what has tau after it."""
        additions, deletions = (whole(perturbation, term) for term in ("additions", "deletions"))
        return self._required(additions, deletions, self.shift(perturbation))

    def unit(self) -> str:
        """Of epsilon and sigma."""
        return NUMBERS

    def _required(self, additions: int, deletions: int, shift: float) -> float:
        if not additions and not deletions and not shift:
            return self.level
        if max(additions, deletions) > MOST_FLIPS:
            return IMPOSSIBLE
        row = additions * (MOST_FLIPS + 1) + deletions
        table = flips_table(self.kernel(), MOST_FLIPS)
        return required_by(table, row, shift, self.level) or IMPOSSIBLE
