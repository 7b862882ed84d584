"""Going on with a run that was killed, stopped, or is to be extended past its planned n."""

from __future__ import annotations

from engine.core.errors import UserError
from engine.core.fields import checked
from engine.core.records import Record, Votes
from engine.core.scores import SOFT
from engine.evidence.evidence import Evidence
from engine.evidence.generations import AnswerGroup
from engine.evidence.observations import FunctionCheckRecord
from engine.evidence.settings import CertifySettings, RunSettings
from engine.evidence.vote_chain import (
    Block,
    Tally,
    block_of,
    block_size,
    first_broken,
    misfit,
    phases_of,
    start_of,
)


class Resume(Record):
    """What was counted before, as a case file kept it.

    Attributes:
        run_id: of the run to resume.
        n_plan: the planned n it was declared with.
        selection: selection votes so far; of a decision, those of its first phase.
        block: samples per block.
        blocks: estimation votes so far; the last block may hold fewer samples.
        answers: what a generative model said in them, or in the last phase of a decision.
        function_check: what the base classifier was asked again in them.
        numbers: answers of a model of numbers in the first blocks, as float32, row by row.
    """

    run_id: str
    n_plan: int
    selection: Votes
    block: int
    blocks: tuple[Block, ...] = ()
    answers: tuple[AnswerGroup, ...] = ()
    function_check: FunctionCheckRecord | None = None
    numbers: tuple[bytes, ...] = ()

    @classmethod
    def of(cls, evidence: Evidence) -> Resume:
        """Where a run ended, to resume or extend it."""
        chain = evidence.chain
        return cls(
            run_id=evidence.run_id,
            n_plan=evidence.settings.n,
            selection=evidence.chain_selection,
            block=chain.block if chain else block_of(evidence.settings),
            blocks=chain.blocks if chain else (),
            answers=evidence.answers,
            function_check=evidence.function_check,
        )


def extended(evidence: Evidence, n: int) -> CertifySettings:
    """The settings of a finished run that is counted on to a larger n.

    A target that it was to stop at is forgotten.

    Raises:
        UserError: the bound may not be extended, or n is no larger.
    """
    from engine.bounds import bound_method  # loads scipy

    settings = evidence.settings
    if not isinstance(settings, CertifySettings) or not bound_method(settings.bound).extendable:
        bound = settings.bound or evidence.procedure
        raise UserError(
            f"This run's bound ({bound}) holds for its n alone; only the anytime bounds may be "
            "extended. Counting to another n is a new run, and a new try."
        )
    if n <= evidence.estimation.n:
        raise UserError(f"This run holds {evidence.estimation.n:,} votes; n must be larger.")
    return checked(CertifySettings, **{**dict(settings), "n": n, "target": ""})


def check_resume(
    resume: Resume, start_hash: str, settings: RunSettings, *, extendable: bool = False
) -> None:
    """Refuse blocks that are not of this very run.

    Raises:
        UserError: another model, input, setting or seed; damaged counts; more votes than planned.
    """
    broken = first_broken(start_hash, resume.blocks)
    if broken == 0:
        raise UserError(
            "These votes belong to another model, input or setting, or their file is damaged; "
            "start a new run."
        )
    phases = phases_of(settings)
    if broken is None and phases:
        broken = misfit(resume.blocks, resume.block, phases)
    if broken is not None:
        raise UserError(f"The recorded votes are damaged from block {broken} on; start a new run.")
    counted, n = sum(block.n for block in resume.blocks), settings.n
    if counted > (sum(phases) or n):
        raise UserError(f"This run already holds {counted:,} votes, more than n = {n:,}.")
    if n != resume.n_plan and not extendable:
        # A new n chosen after looking at the votes would be a bound nobody declared.
        raise UserError(
            f"This run was declared for n = {resume.n_plan:,}, and its bound holds for that n "
            "alone; only the anytime bounds may be extended."
        )


def open_tally(
    resume: Resume | None,
    starts: tuple[str, str],
    settings: RunSettings,
    *,
    classes: int,
    extendable: bool = False,
) -> Tally:
    """An empty tally of a run with blocks of one size, or the one to resume.

    Raises:
        UserError: as for :func:`check_resume`.
    """
    size = resume.block if resume else block_size(settings.n)
    blocks = resume.blocks if resume else ()
    start = start_of(starts, blocks)
    if resume and blocks:
        check_resume(resume, start, settings, extendable=extendable)
    scored = settings.bound == SOFT
    return Tally(start, size=size, classes=classes, blocks=blocks, scored=scored)
