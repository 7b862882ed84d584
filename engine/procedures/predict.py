"""PREDICT: the smoothed prediction by a binomial test, without a radius (PREDICT1, PREDICT2)."""

from __future__ import annotations

import threading
from collections.abc import Generator

from engine.core.errors import UserError
from engine.core.records import Votes
from engine.evidence.evidence import ChainRecord, Evidence, StopReason
from engine.evidence.settings import USUAL, Execution, PredictSettings, seeded
from engine.evidence.snapshot import Snapshot
from engine.evidence.vote_chain import Tally
from engine.inputs.base import FittedInput
from engine.models.base import Classifier
from engine.noise.gaussian import Stream
from engine.procedures.hypothesis_test import predict_facts
from engine.procedures.prepared import PreparedModel
from engine.procedures.resume import Resume, open_tally
from engine.procedures.run import Run, evidence
from engine.sampling.sampler import PATIENCE


def predict(
    classifier: Classifier,
    fitted: FittedInput,
    settings: PredictSettings,
    *,
    execution: Execution = USUAL,
    stop: threading.Event | None = None,
    command: str = "",
    resume: Resume | None = None,
    patience: float = PATIENCE,
    prepared: PreparedModel | None = None,
) -> Generator[Snapshot, None, Evidence]:
    """Run PREDICT on ``settings.n`` votes, yielding snapshots, ending in evidence.

    A stopped run abstains: the test is declared for n votes. ``resume`` holds votes of this very
    run that were counted before; ``prepared`` is shared by the runs of one model.

    Raises:
        UserError: model, input and settings do not fit together, nothing is sampled, or
            ``resume`` belongs to another run.
    """
    settings = seeded(settings)
    if settings.scheme.counted is not None:
        raise UserError(
            f"PREDICT tests votes that were drawn at random, and {settings.scheme.key} is exact; "
            "use certify, which names the answer without a test."
        )
    run = Run(
        classifier,
        fitted,
        settings,
        execution,
        stop=stop,
        resume=resume,
        patience=patience,
        prepared=prepared,
    )
    classes = len(run.class_names)
    empty = Votes(counts=(0,) * classes)
    tally = open_tally(resume, run.chain_starts(empty), settings, classes=classes)
    run.start_estimation(tally.n)
    said = resume.answers if resume else ()
    for rows in run.sampler.rows(
        Stream.ESTIMATION, tally.n, settings.n, block=tally.size, said=said
    ):
        tally.add(rows)
        yield _snapshot(run, empty, tally)
    return _conclude(run, settings, empty, tally, command)


def _snapshot(run: Run, empty: Votes, tally: Tally) -> Snapshot:
    votes = tally.votes()
    rate = run.rate(votes.n)
    return Snapshot(
        run_id=run.run_id,
        phase="estimation",
        selection=empty,
        estimation=votes,
        settings=run.settings,
        blocks=tally.blocks(),
        answers=run.sampler.answers.groups(),
        function_check=run.sampler.check.record(),
        ensemble=run.sampler.members.record(),
        encrypted=run.sampler.decrypted.record(),
        n_done=votes.n,
        n0_plan=0,
        n_plan=run.settings.n,
        rate=rate,
        eta=(run.settings.n - votes.n) / rate if rate > 0 else None,
        seconds=run.seconds(),
    )


def _conclude(
    run: Run, settings: PredictSettings, empty: Votes, tally: Tally, command: str
) -> Evidence:
    votes = tally.votes()
    facts = predict_facts(
        settings=settings, votes=votes, class_names=run.class_names, given=run.fitted.identity
    )
    ended: StopReason = "stopped" if run.stop.is_set() else "out of memory"
    return evidence(
        run,
        empty,
        votes,
        None,
        procedure="predict",
        stop_reason="planned n reached" if facts["complete"] else ended,
        chain=ChainRecord.of(tally),
        command=command,
        **facts,
    )
