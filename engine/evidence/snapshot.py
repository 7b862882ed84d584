"""What a running procedure yields."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from engine.core.outputs import OutputInterval
from engine.core.records import ProbabilityBounds, Record, Votes
from engine.evidence.cost import Cost
from engine.evidence.evidence import TrajectoryPoint
from engine.evidence.generations import AnswerGroup
from engine.evidence.observations import (
    AnchorRecord,
    EncryptedRecord,
    EnsembleRecord,
    FunctionCheckRecord,
)
from engine.evidence.settings import SettingsField
from engine.evidence.vote_chain import Block
from engine.regions import Region

Phase = Literal["selection", "estimation"]


class Snapshot(Record):
    """Counts and bounds so far.

    Attributes:
        run_id: of the run it belongs to; snapshots of an older run are to be dropped.
        phase: which stream is being drawn.
        selection, estimation: counts of the two phases so far.
        top: class chosen from the selection votes; None while they are drawn.
        bounds: the declared bound at this n; ``bounds.valid`` says whether it may be claimed.
        provisional: plain Clopper-Pearson at this n, no claim before the planned n; None when
            ``bounds`` already is that.
        settings: of the run.
        region: what ``bounds`` certifies now, None if nothing (or nothing yet).
        facts: of the input that the region rests on, as far as they are known.
        trajectory: bounds at the block ends so far, and at this n.
        blocks: the votes so far, block by block; what a case file keeps.
        anchors: of a sweep, of which each has one of the blocks.
        chain_selection: the selection votes that the chain of blocks begins with, where they are
            not ``selection``: those of a decision's first phase.
        answers: what a generative model said in this phase, grouped.
        function_check: what the base classifier was asked again so far.
        ensemble: what the members of an ensemble answered in this phase.
        encrypted: how a server computes what is counted in this phase.
        intervals: where the medians of a model's numbers stay, by the samples so far.
        numbers: answers of a model of numbers, for each full block; what a case file keeps.
        certified_at: answers to perturbations that were asked for, of which there are none yet.
        n_done: votes counted, both phases together.
        n0_plan, n_plan: votes planned for selection and for estimation.
        rate: samples per second, recent.
        eta: seconds left at that rate; None while unknown.
        seconds: since the run began.
        cost: what the whole run takes, by the speed that was measured before its first sample.
    """

    run_id: str
    settings: SettingsField
    phase: Phase
    selection: Votes
    estimation: Votes
    top: int | None = None
    bounds: ProbabilityBounds | None = None
    provisional: ProbabilityBounds | None = None
    region: Region | None = None
    facts: dict[str, float | str] = Field(default_factory=dict)
    trajectory: tuple[TrajectoryPoint, ...] = ()
    blocks: tuple[Block, ...] = ()
    anchors: tuple[AnchorRecord, ...] = ()
    chain_selection: Votes | None = None
    answers: tuple[AnswerGroup, ...] = ()
    function_check: FunctionCheckRecord | None = None
    ensemble: EnsembleRecord | None = None
    encrypted: EncryptedRecord | None = None
    intervals: tuple[OutputInterval, ...] = ()
    numbers: tuple[bytes, ...] = ()
    certified_at: dict[str, bool] = Field(default_factory=dict)
    n_done: int
    n0_plan: int
    n_plan: int
    rate: float = 0.0
    eta: float | None = None
    seconds: float = 0.0
    cost: Cost | None = None
