"""A set as it is attached to its report: every row, so that each can be worked out again.

A row is the evidence of its run without its votes over n. What all rows share (model, settings,
software) is written once. Of the votes over n those are kept that a running bound rests on.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Literal

from pydantic import Field

from engine.bounds import bound_method
from engine.core.records import Record, Software, Votes
from engine.evidence.evidence import Evidence
from engine.evidence.upgrade import evidence_from
from engine.evidence.vote_chain import added
from engine.procedures.set_result import SetResult, slim

NAME = "set.json"


class RecordedRow(Record):
    """One input.

    Attributes:
        idx: its name, as in the set's result.
        seal: of the whole evidence of its run, which holds its votes over n.
        ends: votes at the ends of earlier blocks whose bounds the row's rest on (a bound that may
            be watched keeps its best); none where its last votes say all.
        own: fields of its evidence that the set does not share.
        part: fields of which some values are its own.
        without: shared fields that it does not have.
    """

    idx: str
    seal: str
    ends: tuple[Votes, ...] = ()
    own: dict[str, Any] = Field(default_factory=dict)
    part: dict[str, dict[str, Any]] = Field(default_factory=dict)
    without: tuple[str, ...] = ()


class SetRecord(Record):
    """A set with all of its rows.

    Attributes:
        created: when its last row ended, ISO 8601, UTC.
        statement: what it says, in words.
        result: what the rows come to; the rows themselves are in ``rows``.
        software: where the last row was counted.
        common: fields of evidence that the rows share.
    """

    schema_version: Literal["1.0"] = "1.0"
    kind: Literal["set"] = "set"
    created: str
    statement: str
    result: SetResult
    software: Software
    common: dict[str, Any]
    rows: tuple[RecordedRow, ...]

    @property
    def at(self) -> tuple[str, ...]:
        """Perturbations that the rows answer."""
        return tuple(self.result.summary.certified_accuracy)

    def evidence(self) -> Iterator[tuple[RecordedRow, Evidence]]:
        """Every row with its evidence.

        Raises:
            ValueError, TypeError, KeyError, UserError: a row has not the form of evidence.
        """
        for row in self.rows:
            yield row, evidence_from(_whole(self.common, row))

    def first(self) -> Evidence:
        """The evidence of the first row, for what all rows share."""
        return next(self.evidence())[1]

    def values(self, name: str) -> Iterator[Any]:
        """A field of every row's evidence, as it is written."""
        for row in self.rows:
            yield _whole(self.common, row).get(name)

    def text(self) -> bytes:
        """The bytes that are attached."""
        return self.model_dump_json().encode() + b"\n"


def _whole(common: Mapping[str, Any], row: RecordedRow) -> dict[str, Any]:
    shared = {name: value for name, value in common.items() if name not in row.without}
    parts = {name: {**shared[name], **values} for name, values in row.part.items()}
    return {**shared, **row.own, **parts}


class SetRecorder:
    """Takes the rows of a set as they are counted, without their votes over n."""

    def __init__(self) -> None:
        self._common: dict[str, Any] = {}
        self._rows: list[RecordedRow] = []
        self._last: Evidence | None = None

    def add(self, spec: str, evidence: Evidence) -> None:
        """Take a row.

        Args:
            spec: the input's name.
            evidence: of its run, whole.
        """
        found = slim(evidence).model_dump(mode="json", exclude={"seal"})
        if self._last is None:
            self._common = found
        if self._last is None or evidence.created >= self._last.created:
            self._last = slim(evidence)
        shared = self._common
        part: dict[str, dict[str, Any]] = {}
        own: dict[str, Any] = {}
        for name, value in found.items():
            if name in shared and shared[name] == value:
                continue
            before = shared.get(name)
            if (
                isinstance(value, dict)
                and isinstance(before, dict)
                and value.keys() == before.keys()
            ):
                part[name] = {key: one for key, one in value.items() if before[key] != one}
            else:
                own[name] = value
        self._rows.append(
            RecordedRow(
                idx=spec,
                seal=evidence.seal,
                ends=decisive(evidence),
                own=own,
                part=part,
                without=tuple(name for name in shared if name not in found),
            )
        )

    def record(self, result: SetResult, statement: str) -> SetRecord:
        """The whole set in the order of its inputs; at least one row was taken."""
        assert self._last is not None
        places = {name: place for place, name in enumerate(result.inputs)}
        return SetRecord(
            created=self._last.created,
            statement=statement,
            result=result.model_copy(update={"rows": ()}),
            software=self._last.software,
            common=self._common,
            rows=tuple(sorted(self._rows, key=lambda row: places[row.idx])),
        )


def decisive(evidence: Evidence) -> tuple[Votes, ...]:
    """Votes at the earlier block ends at which the bounds on record were first reached."""
    bounds, chain = evidence.bounds, evidence.chain
    if bounds is None or chain is None or not bound_method(evidence.settings.bound).extendable:
        return ()
    points = [point for point in evidence.trajectory if point.n < bounds.n]
    firsts = [
        next((point.n for point in points if point.p_lower == bounds.p_lower), None),
        next((point.n for point in points if point.p_upper == bounds.p_upper), None),
    ]
    votes, found = Votes(counts=(0,) * len(evidence.model.class_names)), []
    for block in chain.blocks:
        votes = added(votes, block)
        if votes.n in firsts:
            found.append(votes)
    return tuple(found)
