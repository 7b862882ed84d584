"""What was run, on what, with what outcome: one versioned record for window, JSON, CSV and PDF.

A procedure ends in an :class:`Evidence`. Views label themselves from it, never from a form.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from typing import Any, Literal

from pydantic import Field, computed_field, field_validator, model_validator

from engine.core.outputs import OutputInterval
from engine.core.records import (
    InputIdentity,
    ModelIdentity,
    ProbabilityBounds,
    Record,
    Software,
    Timing,
    Votes,
)
from engine.evidence.assignment import Assignment
from engine.evidence.attack import AttackRecord, contradicted
from engine.evidence.generations import AnswerGroup
from engine.evidence.observations import (
    AnchorRecord,
    ClassVotes,
    EncryptedRecord,
    EnsembleRecord,
    Exact,
    FunctionCheckRecord,
    Observations,
    OrderStatistics,
)
from engine.evidence.settings import USUAL, Execution, SettingsField, Task
from engine.evidence.vote_chain import Block, Tally
from engine.noise.law import Level
from engine.noise.records import SelfTest
from engine.regions import Abstention, Region

SCHEMA_VERSION: Literal["2.0"] = "2.0"


class TrajectoryPoint(Record):
    """The bounds as they stood after ``n`` estimation votes, for the plot over n."""

    n: int
    k: int = Field(description="votes for the chosen class among the n")
    p_lower: float
    p_upper: float
    valid: bool


class TestRecord(Record):
    """Outcome of PREDICT's binomial test.

    Attributes:
        name: ``one-sided`` (top class against 1/2) or ``two-sided`` (top two against each other).
        top, runner_up: the two leading classes; runner_up is None for the one-sided test.
        p_value: compared with alpha; the class is returned iff ``p_value <= alpha``.
    """

    name: Literal["one-sided", "two-sided"]
    top: int
    runner_up: int | None
    p_value: float


StopReason = Literal[
    "planned n reached", "stopped", "target certified", "target out of reach", "out of memory"
]
TriesKnownTo = Literal["", "case", "session"]


class AuditRecord(Record):
    """Answers that a person labelled, for the class that is certified.

    Attributes:
        source: the file as the user named it.
        sha256: digest of its bytes.
        about: the class; empty in files written before it was recorded.
        accepted_true, accepted_false: the oracle said the class; so did the person, or not.
        rejected_true, rejected_false: the oracle said something else; the person said the class,
            or not.
    """

    source: str
    sha256: str
    about: str = Field(default="", exclude_if=lambda name: not name)
    accepted_true: int = Field(ge=0)
    accepted_false: int = Field(ge=0)
    rejected_true: int = Field(ge=0)
    rejected_false: int = Field(ge=0)


class TransferRecord(Record):
    """From what the oracle says to what is true (``engine.certificates.oracle``).

    Attributes:
        audit: the labelled answers.
        alpha_votes, alpha_audit: chances that either bound is wrong; the claim's is their sum.
        false_accept: upper bound on the chance that the oracle accepts what is not of the class.
        q_lower: lower bound on the oracle's class, from the votes.
        p_lower: lower bound on the true class.
        region: what is certified of the true class; None if nothing.
        radius: of a ball.
        statement: the claim in words, with what it rests on.
    """

    audit: AuditRecord
    alpha_votes: float
    alpha_audit: float = Field(gt=0, lt=1)
    false_accept: float
    q_lower: float
    p_lower: float
    region: Region | None = None
    radius: float | None = None
    statement: str


class ChainRecord(Record):
    """The run's votes block by block, and the hash chain over them (``evidence.vote_chain``).

    Attributes:
        start: hash before the first block, over model, input, settings, key and selection votes.
        block: samples of each of the first blocks; far beyond the planned n they are longer.
        head: hash of the last block: it stands for the whole run.
        blocks: all blocks; the last may hold fewer samples.
    """

    start: str
    block: int
    head: str
    blocks: tuple[Block, ...]

    @classmethod
    def of(cls, tally: Tally) -> ChainRecord:
        """The chain of the blocks that are counted so far."""
        return cls(start=tally.first, block=tally.size, head=tally.head(), blocks=tally.blocks())


class PhaseRecord(Record):
    """One phase of an adaptive decision: votes of its own, nothing pooled.

    Attributes:
        selection, estimation: counts per class, with the samples that named no class beside them.
        guess: the class chosen from the selection votes; None if the run ended before that.
        alpha: spent on p_lower.
        p_lower: what the phase certifies; None if it was not counted to its end.
        beta: spent on p_ceiling; None in the last phase, which cannot give up.
        p_ceiling: upper bound on the class's probability; below what the target needs it gives up.
    """

    selection: tuple[int, ...]
    estimation: tuple[int, ...]
    selection_failures: int = 0
    estimation_failures: int = 0
    guess: int | None = None
    alpha: float
    p_lower: float | None = None
    beta: float | None = None
    p_ceiling: float | None = None


class DecisionRecord(Record):
    """The outcome of an adaptive decision for a predetermined target (Horvath et al. 2022).

    Attributes:
        target: what was to be certified, in the scheme's terms, e.g. ``radius=0.5``.
        radius: its radius, where it has one.
        beta: chance of giving up on a target that the class's probability would allow.
        plan: estimation votes of every phase that was declared.
        phases: the phases that were drawn.
        verdict: ``undecided`` after all phases; ``stopped`` before.
        samples_used: votes drawn, of both streams.
        samples_full: votes of the run with a fixed n that this one is compared with.
    """

    target: str
    radius: float | None = None
    beta: float
    plan: tuple[int, ...]
    phases: tuple[PhaseRecord, ...]
    verdict: Literal["certified", "given up", "undecided", "stopped"]
    samples_used: int
    samples_full: int

    @property
    def samples_saved(self) -> int:
        """Votes that were not needed; negative where more were drawn."""
        return self.samples_full - self.samples_used


class NoiseRecord(Record):
    """How the noise was made, so that anyone can make it again.

    Attributes:
        generator: e.g. ``philox4x32-10/box-muller-f32``.
        levels: strengths of the law, each with its name and unit; none where that has no meaning.
        key: 64-bit key as 16 hex digits.
        key_material: what was hashed to get it, in words.
        selection_stream, estimation_stream: the disjoint counters of the two phases.
        arithmetic: ``float``: fast noise, not sound to the last bit; ``exact grid``: integer noise
            on the 8-bit grid, sound in floating point; ``exact integers``: a discrete law.
        total_variation: bound on the distance of the drawn noise from its law; subtracted from
            p_lower. 0 for float noise, where nothing is proved about it.
        table_sha256: of the threshold table of exact noise; of the lines of several parts' digests.
        self_test: of the noise, before anything was counted; None where it is all enumerated.
    """

    generator: str
    levels: tuple[Level, ...] = ()
    key: str
    key_material: str
    selection_stream: int
    estimation_stream: int
    arithmetic: Literal["float", "exact grid", "exact integers"] = "float"
    total_variation: float = 0.0
    table_sha256: str = ""
    self_test: SelfTest | None = None

    @field_validator("self_test", mode="before")
    @classmethod
    def _untested(cls, value: Any) -> Any:
        """Runs made before there was a test have an empty table here."""
        return value or None


class Evidence(Record):
    """The whole outcome of one run, with everything needed to recompute it.

    Attributes:
        run_id: identifies the run; snapshots carry the same.
        upgraded_from: the schema of the file it was read from, where that was an older one: its
            statement is in the words of that time.
        procedure: ``certify``, ``predict`` or ``decide``.
        created: end of the run, ISO 8601, UTC.
        outcome: ``certified`` / ``abstained`` (certify), ``predicted`` / ``abstained`` (predict).
        complete: every planned vote was counted. A stopped run is partial and says so.
        predicted_class: the class that is certified or predicted; None when abstaining.
        stop_reason: why the run ended.
        run_number, runs_counted: which try it is of how many that were known when it ended.
        tries_known_to: whom (``engine.evidence.tries``); empty in files written before tries were
            counted, whose numbers are those of runs of the very same settings in a case.
        radius: full precision; None for regions that are not balls and when abstaining.
        region: what is certified; None when abstaining.
        certified_at: answers to ``--at``, keyed by its text.
        statement: the claim (or the abstention) in words.
        answers: what a generative model said in the estimation votes, which they add up to.
        facts: bounds that the scheme drew from the input and that the region rests on.
        transfer: the claim about the true class, where an oracle was audited.
        chain: the votes block by block; None for PREDICT in files written before it kept blocks.
            One block per phase of a decision, and per anchor of a sweep.
        observations: what was observed, votes per class or all samples of a finite law.
        intervals: where the median of each output stays, of a model that answers with numbers.
        decision: phases and verdict of an adaptive decision; ``votes`` and ``bounds`` are those of
            its last phase, and alpha is that of all phases together.
        anchors: of a sweep, in the order in which they were asked.
        function_check: of the base classifier, on counted samples; None where none is recorded.
        ensemble: what its members answered; None where it is none, or in a packed set.
        encrypted: how a server computed what was counted; None where the model was in the clear.
        settings: what was declared; its ``kind`` fits the procedure.
        execution: how the run was to be carried out.
        command: the same run on the command line.
        assignment: for whom and why it was made; None where nobody wrote that.
        attack: on the smoothed classifier at the input, after the run; None where there was none.
    """

    schema_version: Literal["2.0"] = SCHEMA_VERSION
    upgraded_from: Literal["1.0"] | None = None
    run_id: str
    procedure: Task
    created: str
    outcome: Literal["certified", "heuristic", "predicted", "abstained"]
    complete: bool
    stop_reason: StopReason = "planned n reached"
    run_number: int | None = None
    runs_counted: int | None = None
    tries_known_to: TriesKnownTo = ""
    predicted_class: int | None = None
    class_name: str | None = None
    radius: float | None = None
    region: Region | None = None
    abstention: Abstention | None = None
    certified_at: dict[str, bool] = Field(default_factory=dict)
    statement: str
    observations: Observations
    bounds: ProbabilityBounds | None = None
    test: TestRecord | None = None
    trajectory: tuple[TrajectoryPoint, ...] = ()
    answers: tuple[AnswerGroup, ...] = ()
    facts: dict[str, float | str] = Field(default_factory=dict)
    transfer: TransferRecord | None = None
    chain: ChainRecord | None = None
    decision: DecisionRecord | None = None
    intervals: tuple[OutputInterval, ...] = Field(default=(), exclude_if=lambda found: not found)
    anchors: tuple[AnchorRecord, ...] = Field(default=(), exclude_if=lambda found: not found)
    settings: SettingsField
    execution: Execution = USUAL
    noise: NoiseRecord
    function_check: FunctionCheckRecord | None = Field(
        default=None, exclude_if=lambda found: found is None
    )
    ensemble: EnsembleRecord | None = Field(default=None, exclude_if=lambda found: found is None)
    encrypted: EncryptedRecord | None = Field(default=None, exclude_if=lambda found: found is None)
    model: ModelIdentity
    input: InputIdentity
    performance: Timing
    software: Software
    warnings: tuple[str, ...] = ()
    command: str = ""
    assignment: Assignment | None = Field(default=None, exclude_if=lambda found: found is None)
    attack: AttackRecord | None = Field(default=None, exclude_if=lambda found: found is None)

    @property
    def votes(self) -> ClassVotes | Exact:
        """Counts per class of both phases; of numbers, how often there were any."""
        found = self.observations
        if isinstance(found, OrderStatistics):
            return ClassVotes(
                selection=(0,),
                estimation=(found.answered,),
                estimation_failures=found.failures,
                guess=0,
            )
        return found

    @property
    def selection(self) -> Votes:
        """Votes that chose the class."""
        return self.votes.first

    @property
    def chain_selection(self) -> Votes:
        """Selection votes that the chain begins with: of a decision, those of its first phase."""
        if self.decision is None or not self.decision.phases:
            return self.selection
        first = self.decision.phases[0]
        return Votes(counts=first.selection, failures=first.selection_failures)

    @property
    def estimation(self) -> Votes:
        """Votes that bound or test it."""
        return self.votes.fresh

    @property
    def top(self) -> int | None:
        """The class that is bounded or tested; None if the run ended before that."""
        return self.test.top if self.test is not None else self.votes.guess

    @property
    def n_plan(self) -> int:
        """Estimation votes to draw; of a decision in its last phase, of a sweep those it took."""
        if self.decision is None or not self.decision.phases:
            return self.estimation.n if self.anchors else self.settings.n
        return self.decision.plan[len(self.decision.phases) - 1]

    @property
    def contradicted(self) -> bool:
        """Whether an attack was confirmed inside the region: then nothing may be claimed."""
        return contradicted(self.region, self.attack)

    @computed_field(description="SHA-256 over all the values above")  # type: ignore[prop-decorator]
    @property
    def seal(self) -> str:
        """Changes with every value; a file that states another one was edited after the run.

        Like any digest without a key it finds accidents and careless edits; against somebody who
        computes it anew only a signature, or the seal on a printed page, helps.
        """
        return hashlib.sha256(self.model_dump_json(exclude={"seal"}).encode()).hexdigest()

    @model_validator(mode="after")
    def _consistent(self) -> Evidence:
        """The settings are those of the procedure, and the observations those of the settings."""
        kinds = {"certify": ("certify", "exact", "sweep")}.get(self.procedure, (self.procedure,))
        if self.settings.kind not in kinds:
            raise ValueError(f"{self.procedure} has no settings of the kind {self.settings.kind}")
        if self.settings.seed is None:
            raise ValueError("evidence states the seed of its run")
        if self.tries_known_to and not 1 <= (self.run_number or 0) <= (self.runs_counted or 0):
            raise ValueError("it states tries without their numbers")
        special = {"exact": "exact", "measure": "order statistics"}
        observed = special.get(self.settings.kind, "class votes")
        if self.observations.kind != observed:
            raise ValueError(
                f"{self.settings.kind} settings do not lead to {self.observations.kind}"
            )
        return self

    @model_validator(mode="before")
    @classmethod
    def _unsealed(cls, data: Any) -> Any:
        """A stated seal is for ``engine.verify`` to compare; the record always has its own."""
        if isinstance(data, Mapping) and "seal" in data:
            return {name: value for name, value in data.items() if name != "seal"}
        return data
