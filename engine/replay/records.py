"""What a replay ends in."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BeforeValidator, Field, SerializeAsAny

from engine.core.records import Record, SetStatement
from engine.evidence.setting_fields import read_scheme
from engine.evidence.settings import BoundName
from engine.replay.rows import ReplayRows
from engine.schemes import Scheme

Selection = Literal["votes", "label", "same"]
"""Where a row's class came from: a selection block of its own, the label, or the very votes that
bound it. The last is not independent, and what it certifies is not a valid claim."""


class Simultaneous(Record):
    """The same rows with alpha shared out, so that every statement holds at once.

    Attributes:
        alpha: for all rows together.
        alpha_each: for each row.
        certified: rows that are certified so.
        clean_accuracy, acr, certified_accuracy: as in the summary.
        radii: per row; None when abstaining and for regions that are not balls.
    """

    alpha: float
    alpha_each: float
    certified: int
    clean_accuracy: float | None
    acr: float | None = None
    certified_accuracy: dict[str, float | None] = Field(default_factory=dict)
    radii: tuple[float | None, ...] = ()


class ReplaySummary(Record):
    """All rows together; a row counts as correct if its certified class is its label.

    Without any label nothing is correct or not, and what counts correct rows is None.

    Attributes:
        clean_accuracy: share of rows that are certified and correct.
        abstained: number of rows without a certificate.
        acr: average certified radius, mean of correct * radius; None for regions without one.
        certified_accuracy: share of rows that are correct and certified at a perturbation.
        simultaneous: with alpha shared out over the rows; None for bounds that came as they are.
        population: per perturbation, and ``clean`` for correct rows, what the rows say about
            where they come from, if they are a random draw from there; empty if the rows' claims
            are not valid, or if some may share their noise.
    """

    rows: int
    clean_accuracy: float | None
    abstained: int
    acr: float | None = None
    certified_accuracy: dict[str, float | None] = Field(default_factory=dict)
    simultaneous: Simultaneous | None = None
    population: dict[str, SetStatement] = Field(default_factory=dict)


class ReplayResult(Record):
    """One file of votes under one scheme and bound.

    Attributes:
        source: the file, as it was named.
        sha256: of its bytes.
        selection: where the classes came from.
        independent: False if the votes that chose a class also bounded it: no valid claim.
        notes: what a reader of the result should know, one sentence each.
    """

    schema_version: Literal["1.0"] = "1.0"
    source: str
    sha256: str
    scheme: Annotated[SerializeAsAny[Scheme], BeforeValidator(read_scheme)]
    alpha: float
    bound: BoundName | Literal["given"]
    selection: Selection
    independent: bool
    rows: ReplayRows
    summary: ReplaySummary
    notes: tuple[str, ...] = ()
