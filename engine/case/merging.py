"""Finished runs that were counted elsewhere, taken into a case."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from engine.case.digests import digest
from engine.core.errors import UserError
from engine.evidence.evidence import Evidence
from engine.evidence.tries import claim_of, stream_of, with_tries
from engine.models.request import ModelRequest, stated_request

if TYPE_CHECKING:
    from engine.case.case import Case

_MOST_TRIES = 10_000
"""A result that speaks of more tries than anybody makes enters no more than these."""


@dataclass(frozen=True)
class Merged:
    """What became of the runs of some cases.

    Attributes:
        taken: runs that were copied.
        there: runs that the case held already.
        left: runs without a whole result, with the reason, one sentence each.
    """

    taken: int
    there: int
    left: tuple[str, ...]


def adopt(
    case: Case, evidence: Evidence, request: ModelRequest | None = None, input_spec: str = ""
) -> int:
    """Put a run that was counted elsewhere into a case, with its votes and its result.

    Tries of the same claim that its result speaks of and that are not here are entered without a
    run; a result that another case numbered is numbered anew, and never lower.

    Args:
        case: the open case.
        evidence: of the run; it keeps its id unless the case has a run of this id already.
        request, input_spec: how to open model and input again; by default by their sources.

    Returns:
        Its number in the case.

    Raises:
        UserError: the file cannot be written.
    """
    if evidence.tries_known_to:
        _know_earlier(case, evidence)
    run = case.begin(
        evidence.model,
        evidence.input,
        evidence.settings,
        model_request=request or stated_request(evidence.model),
        input_spec=input_spec or evidence.input.source,
        key=int(evidence.noise.key, 16),
        execution=evidence.execution,
        run_id="" if case.number(evidence.run_id) else evidence.run_id,
        at=tuple(evidence.certified_at),
        block=evidence.chain.block if evidence.chain else 0,
    )
    row = case.row(run)
    if evidence.tries_known_to == "case":
        evidence = with_tries(evidence, row.number, row.of, "case")
    case.finish(run, evidence.model_copy(update={"run_id": row.run_id}))
    return run


def _know_earlier(case: Case, evidence: Evidence) -> None:
    """Enter tries until a case knows as many before this run as its result does."""
    of_session = evidence.tries_known_to == "session"  # whose later tries come from nowhere else
    said = evidence.runs_counted if of_session else evidence.run_number
    wanted = min(said or 1, _MOST_TRIES)
    if wanted < 2:
        return
    claim = digest(*claim_of(evidence.model, evidence.input, evidence.settings))
    stream = digest(*stream_of(evidence.model, evidence.settings))
    others = {one[1] for one in case.tries(claim).values()} - {stream}
    missing = range(len(others) + 1, wanted)
    case.know(claim, *(f"try {number} before {evidence.run_id}" for number in missing))


def merge(into: Case, others: Sequence[Case]) -> Merged:
    """Take the finished runs of other cases into one; what it holds already stays as it is.

    Other tries that they know of are counted too: who leaves a try out claims too much.

    Raises:
        UserError: it cannot be written, or is one of the others.
    """
    if any(other.path.resolve() == into.path.resolve() for other in others):
        raise UserError(f"{into.path} cannot be merged into itself.")
    there = {row.run_id for row in into.runs()}
    found = Merged(0, 0, ())
    for other in others:
        found = _merged(into, other, there, found)
    return found


def _merged(into: Case, other: Case, there: set[str], found: Merged) -> Merged:
    """Go through the tries of one case in their order, so that none comes to lie before others."""
    rows = {row.id: row for row in other.runs()}
    damaged = other.damaged()
    left = [f"{other.path}: {sentence}" for sentence in damaged.values()]
    taken, known = 0, 0
    for number, (claim, stream) in other.tries().items():
        row = rows.get(number)
        if row is not None and row.run_id in there:
            known += 1
            continue
        evidence = other.evidence(number) if row and row.state == "finished" else None
        if row is None or evidence is None:
            if row is not None and number not in damaged:
                left.append(f"{other.path}: run {number} is {row.state}; resume it there.")
            if (claim, stream) not in into.tries(claim).values():
                into.know(claim, stream)
            continue
        configuration = other.configuration(number)
        adopt(into, evidence, configuration.request, configuration.input_spec)
        there.add(row.run_id)
        taken += 1
    return Merged(found.taken + taken, found.there + known, (*found.left, *left))
