"""All levels, one file: form and seal, counts, pages, files, votes drawn again, signatures."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from engine.core import downloads
from engine.core.files import sha256_bytes, sha256_file
from engine.evidence.evidence import Evidence
from engine.report.audit.record import RecordedRow
from engine.verify import casefile, digests, page, reading, signatures
from engine.verify.age import unrecorded
from engine.verify.computed import check_computed
from engine.verify.counts import check_counts
from engine.verify.decisions import recount_of
from engine.verify.report import Claim, Redrawn, Stated, VerificationReport
from engine.verify.sets import SetCheck, together
from engine.verify.stated import judged, of_run

_TAKEN = (
    "Votes are taken as recorded unless they are drawn again: whoever invents votes can compute "
    "everything else from them."
)
_RESTS_ON_SEAL = (
    "Names, times, speed, device, software, warnings, notes, the number of the run, how often the "
    "model was asked again, labels that a person gave, client, purpose, auditor, remarks and the "
    "command line follow from nothing: they rest on the seal and a signature."
)
_IMAGES = (
    "Images, and the words at them, come from the model and not from the evidence: they are shown "
    "as attached."
)
_NO_BLOCKS = (
    "a report of a set holds the counts of each row and not its blocks; draw those of its case "
    "again, or of the evidence of a row"
)
_OF_A_SET = (
    "An input that was taken out together with its row leaves no trace here. Why an input has no "
    "row, how many more inputs the set has, and the digest of each row's whole evidence do not "
    "follow from the rows either."
)
_COUNTS_ONLY = "The files of model and input were not looked for."


@dataclass(frozen=True)
class Plan:
    """How far to go.

    Attributes:
        rerun: blocks to draw again, ``all``, or a share below 1: of the blocks of a run, or of the
            runs of a case, each in whole; None for none.
        counts_only: leave out what needs other files than this one.
        model, input: where they are, if not where the evidence says.
        trust: consent to a model format that can run code.
        device: where to draw again.
        flips: votes that may fall otherwise on another device.
        signed: demand a signature.
        stop: ends a rerun early.
        progress: told how many of how many blocks are drawn.
    """

    rerun: int | float | Literal["all"] | None = None
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
    """Every claim of a file, each with its verdict, and how far that went (``level``).

    Args:
        path: a report (PDF), evidence (JSON) or a case.
        plan: how far to go; by default everything but drawing votes again.

    Raises:
        UserError: the file cannot be read, or is none of these.
    """
    plan = plan or Plan()
    kind = reading.kind_of(path)
    check = _Verification(path, plan)
    with downloads.only(plan.model):  # a stranger's file has nothing fetched
        if kind == "case":
            digest, claims = sha256_file(path), tuple(check.case())
        else:
            data = reading.read_bytes(path)
            digest = sha256_bytes(data)
            claims = tuple(check.pdf(data) if kind == "PDF" else check.json(data))
    return VerificationReport(
        file=str(path),
        kind=kind,
        sha256=digest,
        stated=judged(check.stated, claims),
        claims=claims,
        redrawn=tuple(run or Redrawn(blocks=0, of=0) for run in check.redrawn),
        unfinished=check.unfinished,
        left_out=check.left_out,
        notes=(*check.notes, *_notes(plan, kind, check.older)),
    )


def _notes(plan: Plan, kind: reading.Kind, older: Iterable[str]) -> Iterator[str]:
    if plan.rerun != "all":
        yield _TAKEN
    yield _RESTS_ON_SEAL
    yield from older
    if plan.counts_only:
        yield _COUNTS_ONLY
    if kind == "PDF":
        yield _IMAGES


class _Verification:
    """The checks of one file, in their order.

    Attributes:
        redrawn: of each run that was to be drawn again, how much gave the votes on record.
        older: what runs of an older schema do not record, each once.
        unfinished: runs of a case without a result; ``left_out`` those that the lot did not take.
        notes: what was found beside the file and is no claim of it.
        stated: certificates, as the file states them.
    """

    def __init__(self, path: Path, plan: Plan) -> None:
        self.path, self.plan = path, plan
        self.notes: list[str] = []
        self.stated: list[Stated] = []
        self.redrawn: list[Redrawn | None] = []
        self.older: dict[str, None] = {}
        self.unfinished = self.left_out = 0

    def json(self, data: bytes) -> Iterator[Claim]:
        """Evidence, or the rows of a set."""
        if reading.is_set(data, self.path):
            yield from self._set(data)
            beside = signatures.check_beside(self.path, data, self.notes.append)
            yield from self._signed(list(beside))
            return
        stated = reading.read_evidence(data, self.path)
        yield from stated.claims
        if stated.evidence is not None:
            self.stated.append(of_run(stated.evidence))
            yield from self._run(stated.evidence, self.plan.rerun)
        yield from self._signed(list(signatures.check_beside(self.path, data, self.notes.append)))

    def pdf(self, data: bytes) -> Iterator[Claim]:
        """A report and the evidence in it."""
        attached = reading.attachments(data, self.path)
        inside = list(signatures.check_inside(data))
        signed = bool(inside) and inside[0].verdict == "holds"
        yield page.check_seal(data, signed=signed)
        yield attached.claim
        beside = signatures.check_beside(self.path, data, self.notes.append)
        if reading.is_set(attached.evidence, self.path):
            yield from self._set(attached.evidence, data, attached.illustrations, signed=signed)
            yield from self._signed([*inside, *beside])
            return
        stated = reading.read_evidence(attached.evidence, self.path)
        yield from stated.claims
        if stated.evidence is not None:
            self.stated.append(of_run(stated.evidence))
            yield from page.check_pages(
                data, stated.evidence, attached.illustrations, signed=signed
            )
            yield from self._run(stated.evidence, self.plan.rerun)
        yield from self._signed([*inside, *beside])

    def _set(
        self,
        text: bytes,
        pdf: bytes | None = None,
        illustrations: bytes | None = None,
        *,
        signed: bool = False,
    ) -> Iterator[Claim]:
        """The rows of a set, the files they were counted on, and the pages that show them."""
        stated = reading.read_set(text, self.path)
        yield from stated.claims
        if stated.record is None:
            return
        self.notes.append(_OF_A_SET)
        self.stated.append(Stated(statement=stated.record.statement))
        check = SetCheck(stated.record)
        yield from check.claims()
        for _, evidence in check.rows:
            self._dated(evidence)
        if pdf is not None and check.result is not None:
            yield from page.check_set_pages(
                pdf, stated.record, check.result, illustrations, signed=signed
            )
        if check.rows:
            yield from self._files(check.rows)
        if self.plan.rerun is not None:
            yield Claim(name="votes drawn again", verdict="cannot be checked", detail=_NO_BLOCKS)

    def _files(self, rows: list[tuple[RecordedRow, Evidence]]) -> Iterator[Claim]:
        """The model's file, and the inputs'."""
        plan, beside, alone = self.plan, self.path.resolve().parent, self.plan.counts_only
        if not alone:
            yield from digests.check_model(rows[0][1], plan.model, beside)
        found: dict[str, list[tuple[str, Claim]]] = {}
        for row, evidence in rows:
            checked = (
                digests.not_looked_up(evidence)
                if alone
                else digests.check_input(evidence, "", beside, plan.model)
            )
            computed = check_computed(evidence, plan.model, "", beside, counts_only=alone)
            for claim in (*checked, *computed):
                found.setdefault(claim.name, []).append((row.idx, claim))
        for name, claims in found.items():
            yield together(name, claims)

    def case(self) -> Iterator[Claim]:
        """Every run of a case."""
        share = self.plan.rerun if isinstance(self.plan.rerun, float) else None
        for claim, evidence, lot in casefile.check_case(self.path, share or 1.0):
            yield claim
            self.unfinished += evidence is None and claim.name == casefile.RECORDED
            if evidence is not None:
                self.stated.append(of_run(evidence, claim.about, claim.detail))
                self.left_out += not lot
                whole: Literal["all"] | None = "all" if lot else None
                for found in self._run(evidence, whole if share else self.plan.rerun):
                    yield found.model_copy(update={"about": claim.about})

    def _dated(self, evidence: Evidence) -> None:
        if sentence := unrecorded(evidence):
            self.older[sentence] = None

    def _signed(self, found: list[Claim]) -> list[Claim]:
        if self.plan.signed and not found:
            return [Claim(name="signature", verdict="does not hold", detail="there is none")]
        return list(dict.fromkeys(found))  # one key may have signed beside the file and inside

    def _run(
        self, evidence: Evidence, rerun: int | float | Literal["all"] | None
    ) -> Iterator[Claim]:
        plan, beside = self.plan, self.path.resolve().parent
        self._dated(evidence)
        yield from check_counts(recount_of(evidence))
        if not plan.counts_only:
            yield from digests.check_model(evidence, plan.model, beside)
            yield from digests.check_input(evidence, plan.input, beside, plan.model)
        else:
            yield from digests.not_looked_up(evidence)
        yield from check_computed(
            evidence, plan.model, plan.input, beside, counts_only=plan.counts_only
        )
        if rerun is None:
            return
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
        found = check_rerun(evidence, rerun, means)
        self.redrawn.append(found.redrawn)
        yield from found.claims
