"""Finished runs that were counted elsewhere, taken into a case."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from engine.core.errors import UserError
from engine.evidence.evidence import Evidence
from engine.models.request import ModelRequest

if TYPE_CHECKING:
    from engine.case.case import Case


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

    Args:
        case: the open case.
        evidence: of the run; it keeps its id unless the case has a run of this id already.
        request, input_spec: how to open model and input again; by default by their sources.

    Returns:
        Its number in the case.

    Raises:
        UserError: the file cannot be written.
    """
    run = case.begin(
        evidence.model,
        evidence.input,
        evidence.settings,
        model_request=request or ModelRequest(evidence.model.source),
        input_spec=input_spec or evidence.input.source,
        key=int(evidence.noise.key, 16),
        execution=evidence.execution,
        run_id="" if run_of(case, evidence) else evidence.run_id,
        at=tuple(evidence.certified_at),
        block=evidence.chain.block if evidence.chain else 0,
    )
    known = case.configuration(run)
    case.finish(run, evidence.model_copy(update={"run_id": known.run_id}))
    return run


def run_of(case: Case, evidence: Evidence) -> int | None:
    """The number of a run in a case; None if it is not there."""
    return next((row.id for row in case.runs() if row.run_id == evidence.run_id), None)


def merge(into: Case, others: Sequence[Case]) -> Merged:
    """Take the finished runs of other cases into one; what it holds already stays as it is.

    Raises:
        UserError: it cannot be written, or is one of the others.
    """
    if any(other.path.resolve() == into.path.resolve() for other in others):
        raise UserError(f"{into.path} cannot be merged into itself.")
    known = {row.run_id for row in into.runs()}
    taken, there, left = 0, 0, list[str]()
    for other in others:
        left += [f"{other.path}: {sentence}" for sentence in other.damaged().values()]
        for row in other.runs():
            if row.run_id in known:
                there += 1
                continue
            evidence = other.evidence(row.id) if row.state == "finished" else None
            if evidence is None:
                if row.state != "damaged":
                    left.append(f"{other.path}: run {row.id} is {row.state}; resume it there.")
                continue
            configuration = other.configuration(row.id)
            adopt(into, evidence, configuration.request, configuration.input_spec)
            known.add(row.run_id)
            taken += 1
    return Merged(taken, there, tuple(left))
