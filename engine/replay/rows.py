"""The rows of a replay: a row each when it is looked at, columns for all of them."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Literal, NamedTuple, overload

import numpy as np
import numpy.typing as npt
from pydantic import Field, GetCoreSchemaHandler
from pydantic_core import CoreSchema, core_schema

from engine.core.records import ProbabilityBounds, Record
from engine.regions import Perturbation, Region

NO_LABEL = -1
"""Label of an input that has none: no answer is counted as right."""
ABSTAINED = -2
"""Stands for the class of a row that abstains, in a column of classes."""
_WHICH = npt.NDArray[np.int64]


class ReplayRow(Record):
    """One input.

    Attributes:
        idx, label: as the file has them.
        outcome: ``certified`` or ``abstained``.
        predicted_class: the certified class; None when abstaining.
        radius: None when abstaining and for regions that are not balls.
        bounds: of the chosen class, ``bounds.top``; p_lower is what the row's votes bought.
        region: what is certified; None when abstaining.
        certified_at: answers to the perturbations asked about.
        n0, n: votes of the row; 0 for bounds that came as they are.
        attacked: the smallest change found that takes the smoothed model to another class, in the
            scheme's terms, rounded up; None where none was looked for or found.
    """

    idx: str | int
    label: int
    outcome: Literal["certified", "abstained"]
    predicted_class: int | None = None
    radius: float | None = None
    bounds: ProbabilityBounds
    region: Region | None = None
    certified_at: dict[str, bool] = Field(default_factory=dict)
    n0: int = 0
    n: int = 0
    attacked: Perturbation | None = Field(default=None, exclude_if=lambda found: found is None)


class Claim(NamedTuple):
    """What bounds amount to under a scheme, whichever the class that they are about."""

    bounds: ProbabilityBounds
    region: Region | None
    radius: float | None
    certified_at: dict[str, bool]


_FIELDS = set(ReplayRow.model_fields)


@dataclass(frozen=True, eq=False)
class ReplayRows(Sequence[ReplayRow]):
    """Rows in columns of N values; a million of them take no more than their numbers.

    Attributes:
        idx: names.
        labels: true classes, or NO_LABEL.
        tops: the classes that are bounded from below.
        n0, n: votes.
        which: the claim of each row, by its place in ``claims``.
        claims: those that differ; rows of the same numbers share theirs.
    """

    idx: Sequence[str | int]
    labels: _WHICH
    tops: _WHICH
    n0: _WHICH
    n: _WHICH
    which: _WHICH
    claims: Sequence[Claim]

    @classmethod
    def of(cls, rows: Sequence[ReplayRow]) -> ReplayRows:
        """Rows that were made one by one."""
        if isinstance(rows, ReplayRows):
            return rows

        def column(values: Iterator[int]) -> _WHICH:
            return np.fromiter(values, np.int64, len(rows))

        return cls(
            idx=tuple(row.idx for row in rows),
            labels=column(row.label for row in rows),
            tops=column(row.bounds.top for row in rows),
            n0=column(row.n0 for row in rows),
            n=column(row.n for row in rows),
            which=np.arange(len(rows)),
            claims=[Claim(row.bounds, row.region, row.radius, row.certified_at) for row in rows],
        )

    def __len__(self) -> int:
        return len(self.labels)

    @overload
    def __getitem__(self, place: int) -> ReplayRow: ...
    @overload
    def __getitem__(self, place: slice) -> Sequence[ReplayRow]: ...
    def __getitem__(self, place: int | slice) -> ReplayRow | Sequence[ReplayRow]:
        if isinstance(place, slice):
            return [self[each] for each in range(*place.indices(len(self)))]
        bounds, region, radius, certified_at = self.claims[self.which[place]]
        top = int(self.tops[place])
        return ReplayRow.model_construct(
            _FIELDS,
            idx=self.idx[place],
            label=int(self.labels[place]),
            outcome="abstained" if region is None else "certified",
            predicted_class=None if region is None else top,
            radius=radius,
            bounds=bounds if bounds.top == top else bounds.model_copy(update={"top": top}),
            region=region,
            certified_at=certified_at,
            n0=int(self.n0[place]),
            n=int(self.n[place]),
        )

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, ReplayRows):
            return NotImplemented
        return len(self) == len(other) and all(map(ReplayRow.__eq__, self, other))

    __hash__ = None  # type: ignore[assignment]

    @cached_property
    def certified(self) -> npt.NDArray[np.bool_]:
        """Which rows are certified."""
        return np.array([claim.region is not None for claim in self.claims], bool)[self.which]

    @cached_property
    def predicted(self) -> _WHICH:
        """The certified classes; ABSTAINED where there is none."""
        return np.where(self.certified, self.tops, ABSTAINED)

    @cached_property
    def correct(self) -> npt.NDArray[np.bool_]:
        """Which rows are certified for their label; an abstention never is correct."""
        return np.equal(self.predicted, self.labels)

    @cached_property
    def radii(self) -> npt.NDArray[np.float64]:
        """The radii; NaN when abstaining and for regions that are not balls."""
        sizes = [math.nan if claim.radius is None else claim.radius for claim in self.claims]
        return np.array(sizes, np.float64)[self.which]

    @property
    def labelled(self) -> bool:
        """Whether any row has a true class: without one nothing is right or wrong."""
        return bool((self.labels != NO_LABEL).any())

    def certified_at(self, text: str) -> npt.NDArray[np.bool_]:
        """Which rows are certified at a perturbation asked about."""
        return np.array([claim.certified_at[text] for claim in self.claims], bool)[self.which]

    @classmethod
    def __get_pydantic_core_schema__(cls, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        rows = handler.generate_schema(tuple[ReplayRow, ...])
        read = core_schema.no_info_after_validator_function(cls.of, rows)
        return core_schema.json_or_python_schema(
            json_schema=read,
            python_schema=core_schema.union_schema([core_schema.is_instance_schema(cls), read]),
            serialization=core_schema.plain_serializer_function_ser_schema(
                tuple, return_schema=rows
            ),
        )
