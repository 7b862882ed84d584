"""Randomized ablation: the model sees a few pixels, and the attacker few of those."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

from pydantic import Field, ValidationInfo, field_validator, model_validator

from engine.certificates.ablation import independent_deltas, subset_deltas
from engine.core.errors import UserError
from engine.core.records import Encoding, InputIdentity
from engine.noise.selection import (
    IMAGE,
    AllBut,
    Independent,
    TakenAway,
    entity_count,
    things,
    told,
)
from engine.schemes.base import Family
from engine.schemes.subset_count import Counting

_ENTITIES, _KEEP = 64, 12


class Ablation(Counting):
    """k of d entities are kept, chosen uniformly without replacement; the others are taken away.

    Delta(r) = 1 - C(d - r, k) / C(d, k) is the probability that a changed entity is kept, in
    exact rationals; r changed entities are certified if p_lower - Delta > p_upper + Delta. With
    ``p`` each entity is taken away by itself, and Delta(r) = 1 - p^r.
    """

    key: ClassVar[str] = "ablation"
    title: ClassVar[str] = "Randomized ablation"
    citation: ClassVar[str] = (
        "Levine & Feizi, Robustness Certificates for Sparse Adversarial Attacks by Randomized "
        "Ablation, AAAI 2020"
    )
    family: ClassVar[Family] = "structure"
    inputs: ClassVar[tuple[str, ...]] = ("image", "graph")

    entities: int = Field(
        default=_ENTITIES,
        ge=0,
        le=10_000_000,
        title="entities",
        description="number of pixels (nodes), of which --keep are kept",
    )
    keep: int = Field(
        default=_KEEP,
        ge=0,
        le=10_000_000,
        title="keep",
        description="number of pixels (nodes) that are kept",
        validate_default=True,
    )
    p: float = Field(
        default=0.0,
        ge=0,
        le=1,
        title="p",
        description="probability that an entity (pixel, node) is ablated, each by itself; 0 keeps "
        "exactly --keep",
        validate_default=True,
        json_schema_extra={"step": 0.01, "advanced": True, "slider": [0.0, 0.99, 0.01]},
    )

    @field_validator("keep")
    @classmethod
    def _no_more_than_all(cls, keep: int, info: ValidationInfo) -> int:
        entities = info.data.get("entities", 0)
        if keep > entities > 0:
            raise ValueError(f"must be at most entities, {entities}")
        return keep

    @field_validator("p")
    @classmethod
    def _one_form(cls, p: float, info: ValidationInfo) -> float:
        given = [info.data.get(name) for name in ("entities", "keep")]
        if p and any(given):
            raise ValueError("is another form than entities with keep; give one of the two")
        if not p and not given[0]:
            raise ValueError("must be greater than 0 where entities is 0")
        return p

    @model_validator(mode="before")
    @classmethod
    def _settle(cls, values: Any) -> Any:
        """With p the other form's numbers mean nothing: their defaults become 0."""
        if not isinstance(values, Mapping) or not values.get("p"):
            return values
        own = {"entities": _ENTITIES, "keep": _KEEP}
        unset = {name: 0 for name, usual in own.items() if values.get(name, usual) == usual}
        return {**values, **unset}

    def idle(self) -> frozenset[str]:
        """Those of the other form."""
        return frozenset({"entities", "keep"} if self.p else {"p"})

    def noise(self) -> TakenAway:
        """Zeros in place of what is ablated; or x and 1 - x, both zero there."""
        alone = Independent(self.p)
        choice = alone if self.p else AllBut(self.entities, self.keep)
        return TakenAway(choice, complement=True)

    def layouts(self, shape: tuple[int, ...]) -> dict[Encoding, tuple[int, ...]]:
        """Images: as they are, or with 1 - x; graphs: as they are, or with an indicator."""
        if len(shape) == IMAGE:
            return {"plain": shape, "complement": (2 * shape[0], *shape[1:])}
        return {"plain": shape, "indicator": told(shape)}

    def check_input(self, given: InputIdentity) -> None:
        """Refuse an input with another number of entities.

        A graph may have more entities than the nodes that reach the classified one.

        Raises:
            UserError: naming the number that fits.
        """
        count, shape = entity_count(given.shape), given.shape
        fits = self.entities == count if len(shape) == IMAGE else self.entities >= count
        if not self.p and not fits:
            raise UserError(
                f"--entities {self.entities} does not fit this input of {count:,} "
                f"{things(shape)}; give --entities {count}."
            )

    @classmethod
    def suited_to(cls, given: InputIdentity) -> dict[str, Any]:
        """All entities of the input, of which the default's share is kept."""
        count = entity_count(given.shape)
        return {"entities": count, "keep": max(1, count * _KEEP // _ENTITIES)}

    def deltas(self) -> tuple[float, ...]:
        """Of the form that is chosen."""
        if self.p:
            return independent_deltas(self.p, least=self.least_share)
        return subset_deltas(self.entities, self.keep, least=self.least_share)
