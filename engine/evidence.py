"""What was run, on what, with what outcome: one versioned record for window, JSON, CSV and PDF.

A procedure ends in an :class:`Evidence`. Views label themselves from it, never from a form.
"""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from engine.blocks import Block
from engine.records import InputIdentity, ModelIdentity, ProbabilityBounds, Record, Timing
from engine.regions import Abstention, Region
from engine.settings import RunSettings

SCHEMA_VERSION: Literal["1.0"] = "1.0"


class VoteRecord(Record):
    """Counts of both phases, one per class; failures count against every class.

    Attributes:
        guess: the class chosen from the selection votes; None if the run ended before that.
    """

    selection: tuple[int, ...]
    estimation: tuple[int, ...]
    selection_failures: int = 0
    estimation_failures: int = 0
    guess: int | None = None


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


class ChainRecord(Record):
    """The run's votes block by block, and the hash chain over them (``engine.blocks``).

    Attributes:
        start: hash before the first block, over model, input, settings, key and selection votes.
        block: samples per block.
        head: hash of the last block: it stands for the whole run.
        blocks: all blocks; the last may hold fewer samples.
    """

    start: str
    block: int
    head: str
    blocks: tuple[Block, ...]


class NoiseRecord(Record):
    """How the noise was made, so that anyone can make it again.

    Attributes:
        generator: e.g. ``philox4x32-10/box-muller-f32``.
        key: 64-bit key as 16 hex digits.
        key_material: what was hashed to get it, in words.
        selection_stream, estimation_stream: the disjoint counters of the two phases.
        arithmetic: ``float``: fast noise, not sound to the last bit; ``exact grid``: integer noise
            on the 8-bit grid, sound in floating point.
        total_variation: bound on the distance of the drawn noise from its law; subtracted from
            p_lower. 0 for float noise, where nothing is proved about it.
        table_sha256: of the threshold table of exact noise.
        self_test: p-values of the noise's own tests at the start of the run.
    """

    generator: str
    key: str
    key_material: str
    selection_stream: int
    estimation_stream: int
    arithmetic: Literal["float", "exact grid"] = "float"
    total_variation: float = 0.0
    table_sha256: str = ""
    self_test: dict[str, float] = Field(default_factory=dict)


class Software(Record):
    """Versions and machine, for the record."""

    certiscope: str
    python: str
    torch: str
    numpy: str
    scipy: str
    platform: str
    processor: str
    device_name: str


class Evidence(Record):
    """The whole outcome of one run, with everything needed to recompute it.

    Attributes:
        run_id: identifies the run; snapshots carry the same.
        procedure: ``certify`` or ``predict``.
        created: end of the run, ISO 8601, UTC.
        outcome: ``certified`` / ``abstained`` (certify), ``predicted`` / ``abstained`` (predict).
        complete: every planned vote was counted. A stopped run is partial and says so.
        predicted_class: the class that is certified or predicted; None when abstaining.
        stop_reason: why the run ended.
        run_number: which run it is on this model, input and setting, where a case file counts.
        radius: full precision; None for regions that are not balls and when abstaining.
        region: what is certified; None when abstaining.
        certified_at: answers to ``--at``, keyed by its text.
        statement: the claim (or the abstention) in words.
        chain: the votes block by block; None for PREDICT.
        command: the same run on the command line.
    """

    schema_version: Literal["1.0"] = SCHEMA_VERSION
    run_id: str
    procedure: Literal["certify", "predict"]
    created: str
    outcome: Literal["certified", "predicted", "abstained"]
    complete: bool
    stop_reason: StopReason = "planned n reached"
    run_number: int | None = None
    predicted_class: int | None = None
    class_name: str | None = None
    radius: float | None = None
    region: Region | None = None
    abstention: Abstention | None = None
    certified_at: dict[str, bool] = Field(default_factory=dict)
    statement: str
    votes: VoteRecord
    bounds: ProbabilityBounds | None = None
    test: TestRecord | None = None
    trajectory: tuple[TrajectoryPoint, ...] = ()
    chain: ChainRecord | None = None
    settings: RunSettings
    noise: NoiseRecord
    model: ModelIdentity
    input: InputIdentity
    performance: Timing
    software: Software
    warnings: tuple[str, ...] = ()
    command: str = ""
