"""All levels, one file: form and seal, counts, pages, files, votes drawn again, signatures."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from engine.evidence.evidence import Evidence
from engine.verify import casefile, digests, page, reading, signatures
from engine.verify.counts import check_counts
from engine.verify.decisions import recount_of
from engine.verify.report import Claim, VerificationReport

_RESTS_ON_SEAL = (
    "Names, labels, times, speed, device, software, warnings, notes, the number of the run, the "
    "precision of PREDICT and the command line follow from nothing; they rest on the seal and on a "
    "signature."
)
_IMAGES = "Images, and the words in those after the first page, are covered by the bytes alone."
_COUNTS_ONLY = "The files of model and input were not looked for."


@dataclass(frozen=True)
class Plan:
    """How far to go.

    Attributes:
        rerun: blocks to draw again, or ``all``; None for none.
        counts_only: leave out what needs other files than this one.
        model, input: where they are, if not where the evidence says.
        trust: consent to a model format that can run code.
        device: where to draw again.
        flips: votes that may fall otherwise on another device.
        signed: demand a signature.
        stop: ends a rerun early.
        progress: told how many of how many blocks are drawn.
    """

    rerun: int | Literal["all"] | None = None
    counts_only: bool = False
    model: str = ""
    input: str = ""
    trust: bool = False
    device: str = "auto"
    flips: int = 0
    signed: bool = False
    stop: threading.Event | None = None
    progress: Callable[[int, int], None] | None = None


def verify(path: Path, plan: Plan | None = None) -> VerificationReport:
    """Every claim of a file, each with its verdict.

    Args:
        path: a report (PDF), evidence (JSON) or a case.
        plan: how far to go; by default everything but drawing votes again.

    Raises:
        UserError: the file cannot be read, or is none of these.
    """
    plan = plan or Plan()
    kind = reading.kind_of(path)
    if kind == "case":
        claims = tuple(_of_case(path, plan))
        return VerificationReport(file=str(path), kind=kind, claims=claims, notes=_notes(plan))
    data = reading.read_bytes(path)
    if kind == "PDF":
        claims = tuple(_of_pdf(path, data, plan))
        notes = (*_notes(plan), _IMAGES)
        return VerificationReport(file=str(path), kind=kind, claims=claims, notes=notes)
    claims = tuple(_of_json(path, data, plan))
    return VerificationReport(file=str(path), kind=kind, claims=claims, notes=_notes(plan))


def _notes(plan: Plan) -> tuple[str, ...]:
    return (_RESTS_ON_SEAL, _COUNTS_ONLY) if plan.counts_only else (_RESTS_ON_SEAL,)


def _of_json(path: Path, data: bytes, plan: Plan) -> Iterator[Claim]:
    stated = reading.read_evidence(data, path)
    yield from stated.claims
    if stated.evidence is not None:
        yield from _of_run(stated.evidence, path, plan)
    yield from _signed(list(signatures.check_beside(path, data)), plan)


def _of_pdf(path: Path, data: bytes, plan: Plan) -> Iterator[Claim]:
    text, alone = reading.attachment(data, path)
    inside = list(signatures.check_inside(data))
    signed = bool(inside) and inside[0].verdict == "holds"
    yield page.check_seal(data, signed=signed)
    yield alone
    stated = reading.read_evidence(text, path)
    yield from stated.claims
    if stated.evidence is not None:
        yield from page.check_pages(data, stated.evidence)
        yield from _of_run(stated.evidence, path, plan)
    yield from _signed([*inside, *signatures.check_beside(path, data)], plan)


def _signed(found: list[Claim], plan: Plan) -> list[Claim]:
    if plan.signed and not found:
        return [Claim(name="signature", verdict="does not hold", detail="there is none")]
    return found


def _of_case(path: Path, plan: Plan) -> Iterator[Claim]:
    for claim, evidence in casefile.check_case(path):
        yield claim
        if evidence is not None:
            for found in _of_run(evidence, path, plan):
                yield found.model_copy(update={"about": claim.about})


def _of_run(evidence: Evidence, path: Path, plan: Plan) -> Iterator[Claim]:
    yield from check_counts(recount_of(evidence))
    beside = path.resolve().parent
    if not plan.counts_only:
        yield digests.check_model(evidence, plan.model, beside)
        yield digests.check_input(evidence, plan.input, beside, plan.model)
    if plan.rerun is not None:
        from engine.verify.rerun import Means, check_rerun  # loads torch

        means = Means(
            model=plan.model,
            input=plan.input,
            beside=beside,
            trust=plan.trust,
            device=plan.device,
            flips=plan.flips,
            stop=plan.stop,
            progress=plan.progress,
        )
        yield from check_rerun(evidence, plan.rerun, means)
