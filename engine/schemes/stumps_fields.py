"""Decision stumps over numbers and fields: a radius for each number of changed fields."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar, Literal

import numpy.typing as npt

from engine.core.errors import UserError
from engine.core.records import InputIdentity, ProbabilityBounds
from engine.regions import Perturbation, Region, Staircase, Term
from engine.regions.base import whole
from engine.regions.required_probability import Certifier
from engine.regions.staircase import StaircaseMap
from engine.schemes.base import IMPOSSIBLE, NO_FACTS, Facts
from engine.schemes.of_input import OfInput
from engine.schemes.parameter_fields import NUMBERS
from engine.schemes.semantic import against_half
from engine.schemes.stumps import EITHER_NORM, StumpScheme

MOST_FIELDS = 16
"""Changed fields that are looked at; more are covered by nothing."""
_FIELDS = "with {} changed fields of another class than {}, at most"


class FieldSteps(Staircase):
    """A radius for each number of changed fields.

    What changed fields cost follows from the values that the model gives the fields of the very
    row, so that the map of required p_lower is one of the row.
    """

    kind: Literal["field steps"] = "field steps"  # type: ignore[assignment]

    of_input: ClassVar[bool] = True

    def required_map(self, scheme: Certifier, ceiling: float) -> StaircaseMap | None:
        """Of the row; None where no row is known."""
        return super().required_map(scheme, ceiling) if isinstance(scheme, OfInput) else None


class StumpsFields(StumpScheme):
    """Any r fields take other values, and the numbers move within a ball that depends on r.

    There is no noise on the fields: changing r of them lowers the sum by at most the r greatest
    falls that single fields can cause, which moves the threshold of the noisy numbers' sum. With q
    the probability beyond that: ||d||_2 < -sigma Phi^-1(q), or ||d||_1 < 2 lam (1/2 - q).
    """

    key: ClassVar[str] = "stumps-fields"
    title: ClassVar[str] = "Decision stumps, numbers and fields"
    inputs: ClassVar[tuple[str, ...]] = ("table",)
    subject: ClassVar[str] = "input"
    attacker: ClassVar[str] = (
        "change at most r categorical fields, and every number as long as the whole change of the "
        f"numbers has {EITHER_NORM} below what belongs to r"
    )
    region_type: ClassVar[type[Region]] = FieldSteps
    terms: ClassVar[Mapping[str, Term]] = {
        "fields": Term("number of changed categorical fields", whole=True),
        "radius": Term("norm of the change of the numbers", NUMBERS),
    }
    limits: ClassVar[tuple[str, ...]] = (
        "A field takes another value of its column; it says nothing about values that the column "
        "does not have.",
        "It is computed in exact arithmetic for real numbers: a library that rounds its inputs to "
        "32 bits moves each cut by at most one such rounding.",
    )

    def check_input(self, given: InputIdentity) -> None:
        """Refuse a table without fields.

        Raises:
            UserError: naming the scheme for it.
        """
        if not given.alphabet:
            raise UserError(
                f"{given.name} has no categorical column, and {self.key} certifies changes of "
                "fields too; use --scheme stumps."
            )

    def compute(self, x: Sequence[npt.NDArray[Any]], model: object) -> Facts:
        """The masses, by number of changed fields, of the more probable class.

        Raises:
            UserError: as of any scheme of stumps.
        """
        facts = dict(super().compute(x, model))
        known = self.known(facts)
        if known is None:
            return facts
        masses = self.masses(x, model)[known.top, 1 : MOST_FIELDS + 1].tolist()
        return facts | {_FIELDS.format(r, known.top): mass for r, mass in enumerate(masses, 1)}

    def region(self, bounds: ProbabilityBounds, facts: Facts = NO_FACTS) -> FieldSteps | None:
        """Steps as long as they have a radius; one step where nothing was computed."""
        reach: list[float] = []
        for mass in self._masses_of(facts) or [against_half(bounds)]:
            radius = self.radius(mass)
            if radius is None:
                break
            reach.append(radius)
        if not reach:
            return None
        return FieldSteps(
            count_term="fields",
            first=0,
            strength_term="radius",
            reach=tuple(reach),
            norm=self.norm,
            unit=NUMBERS,
            things="fields",
            whose="of the change of the numbers",
        )

    def _masses_of(self, facts: Facts) -> list[float]:
        """Masses outside the class by number of changed fields, rising; none without facts."""
        known = self.known(facts)
        if known is None:
            return []
        masses = [known.outside]
        while isinstance(mass := facts.get(_FIELDS.format(len(masses), known.top)), float):
            masses.append(max(masses[-1], mass))
        return masses

    def required_probability(self, perturbation: Perturbation, facts: Facts = NO_FACTS) -> float:
        """As of a ball, and what so many changed fields of this row can take from the class.

        2 where that is not known: without facts, or for more fields than were looked at.
        """
        needed = self.needed(perturbation["radius"])
        changed = whole(perturbation, "fields")
        masses = self._masses_of(facts)
        if changed >= len(masses):
            return needed if not changed else IMPOSSIBLE
        return min(IMPOSSIBLE, needed + masses[changed] - masses[0])
