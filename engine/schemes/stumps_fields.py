"""Decision stumps over numbers and fields: a radius for each number of changed fields."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar, Literal

import numpy.typing as npt

from engine.core.errors import UserError
from engine.core.records import InputIdentity, ProbabilityBounds
from engine.regions import Perturbation, Region, Staircase, Term
from engine.schemes.base import IMPOSSIBLE, NO_FACTS, Facts
from engine.schemes.parameter_fields import NUMBERS
from engine.schemes.semantic import against_half
from engine.schemes.stumps import EITHER_NORM, StumpScheme, stumps_of

MOST_FIELDS = 16
"""Changed fields that are looked at; more are covered by nothing."""
_FIELDS = "with {} changed fields of another class than {}, at most"


class FieldSteps(Staircase):
    """A radius for each number of changed fields; it has no map of required p_lower.

    What more changed fields cost follows from the values that the model gives the fields of the
    very row, and not from the probability without a change.
    """

    kind: Literal["field steps"] = "field steps"  # type: ignore[assignment]

    picture: ClassVar[str] = "terms"

    def required_map(self, scheme: Any, ceiling: float) -> None:
        """None."""
        del scheme, ceiling


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
        masses = self.masses(x, stumps_of(model))[known.top, 1 : MOST_FIELDS + 1].tolist()
        return facts | {_FIELDS.format(r, known.top): mass for r, mass in enumerate(masses, 1)}

    def region(self, bounds: ProbabilityBounds, facts: Facts = NO_FACTS) -> FieldSteps | None:
        """Steps as long as they have a radius; one step where nothing was computed."""
        known = self.known(facts)
        masses = [against_half(bounds) if known is None else known.outside]
        while known is not None:
            name = _FIELDS.format(len(masses), known.top)
            if not isinstance(facts.get(name), float):
                break
            masses.append(max(masses[-1], float(facts[name])))
        reach: list[float] = []
        for mass in masses:
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

    def required_probability(self, perturbation: Perturbation, facts: Facts = NO_FACTS) -> float:
        """Without a changed field as of a ball; with one no probability alone is enough."""
        if perturbation["fields"]:
            return IMPOSSIBLE
        return self.needed(perturbation["radius"])
