"""Schemes that noise some entities only, each with its own fixed probability."""

from __future__ import annotations

from abc import ABC
from typing import ClassVar

from pydantic import Field

from engine.certificates.hierarchical import keeps
from engine.core.errors import UserError
from engine.core.records import Encoding, InputIdentity
from engine.noise.selection import IMAGE, Independent, told
from engine.regions.base import Perturbation, whole
from engine.schemes.base import Family
from engine.schemes.ranked import Ranked


class Selecting(Ranked, ABC):
    """A scheme that noises each entity with its own fixed probability and passes the others on.

    The attacker chooses which entities to change, not how they are selected; against r of them the
    r smallest probabilities count. A centre that is noised less often lets the model see what
    matters most; where it holds r entities, it alone decides.
    """

    thing: ClassVar[str] = "pixel or node"
    """What an entity is, in words."""
    family: ClassVar[Family] = "structure"
    inputs: ClassVar[tuple[str, ...]] = ("image", "graph")

    p: float = Field(
        default=0.85,
        gt=0.5,
        le=1,
        title="p",
        description="probability that an entity (pixel, node) is noised",
        json_schema_extra={"step": 0.01, "slider": [0.51, 1.0, 0.01]},
    )
    centre: int = Field(
        default=0,
        ge=0,
        le=10_000,
        title="centre",
        description="side of the central square whose pixels have a probability of their own, 0 "
        "for none; for a graph, 1 is the node itself",
        json_schema_extra={"advanced": True},
    )
    p_centre: float = Field(
        default=0.85,
        gt=0.5,
        le=1,
        title="p in the centre",
        description="probability that an entity of the centre is noised",
        json_schema_extra={"advanced": True, "step": 0.01, "slider": [0.51, 1.0, 0.01]},
    )

    def idle(self) -> frozenset[str]:
        """That of the centre where there is none."""
        return frozenset(() if self.centre else {"p_centre"})

    def keeps(self) -> tuple[float, ...]:
        """Probability that all r changed entities are noised, for r = 0, 1, 2, ..."""
        return keeps(self.p, centre=self.centre**2, p_centre=self.p_centre)

    def keep(self, perturbation: Perturbation) -> float:
        """The same for a perturbation; 0 beyond the entities that a certificate reaches."""
        count, known = whole(perturbation, "entities"), self.keeps()
        return known[count] if count < len(known) else 0.0

    def choice(self) -> Independent:
        """How entities are selected."""
        return Independent(self.p, self.centre, self.p_centre)

    def layouts(self, shape: tuple[int, ...]) -> dict[Encoding, tuple[int, ...]]:
        """Without and with an indicator."""
        return {"plain": shape, "indicator": told(shape)}

    def check_input(self, given: InputIdentity) -> None:
        """Refuse a centre that is larger than the input.

        Raises:
            UserError: naming the largest centre that fits.
        """
        largest = min(given.shape[1:]) if len(given.shape) == IMAGE else 1
        if self.centre > largest:
            raise UserError(
                f"--centre {self.centre} is larger than this input; it may be at most {largest}."
            )
