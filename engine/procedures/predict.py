"""PREDICT: the smoothed prediction by a binomial test, without a radius (PREDICT1, PREDICT2)."""

from __future__ import annotations

import threading
from collections.abc import Generator

from engine.core.errors import UserError
from engine.core.records import Votes
from engine.evidence.evidence import Evidence, StopReason
from engine.evidence.settings import USUAL, Execution, PredictSettings
from engine.evidence.snapshot import Snapshot
from engine.inputs.base import FittedInput
from engine.models.base import Classifier
from engine.noise.gaussian import Stream
from engine.procedures.hypothesis_test import predict_facts
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
    patience: float = PATIENCE,
) -> Generator[Snapshot, None, Evidence]:
    """Run PREDICT on ``settings.n`` votes, yielding snapshots, ending in evidence.

    A stopped run abstains: the test is declared for n votes.

    Raises:
        UserError: model, input and settings do not fit together, or nothing is sampled.
    """
    if settings.scheme.noise().samples is not None:
        raise UserError(
            f"PREDICT tests votes that were drawn at random, and {settings.scheme.key} counts all "
            "of its noise; use certify, which names the answer without a test."
        )
    run = Run(classifier, fitted, settings, execution, stop=stop, patience=patience)
    empty = Votes(counts=(0,) * len(run.class_names))
    votes = empty
    run.start_estimation()
    for votes in run.sampler.votes(Stream.ESTIMATION, settings.n):
        yield _snapshot(run, empty, votes)
    return _conclude(run, settings, votes, command)


def _snapshot(run: Run, empty: Votes, votes: Votes) -> Snapshot:
    rate = run.rate(votes.n)
    return Snapshot(
        run_id=run.run_id,
        phase="estimation",
        selection=empty,
        estimation=votes,
        settings=run.settings,
        answers=run.sampler.answers.groups(),
        n_done=votes.n,
        n0_plan=0,
        n_plan=run.settings.n,
        rate=rate,
        eta=(run.settings.n - votes.n) / rate if rate > 0 else None,
        seconds=run.seconds(),
    )


def _conclude(run: Run, settings: PredictSettings, votes: Votes, command: str) -> Evidence:
    facts = predict_facts(
        settings=settings, votes=votes, class_names=run.class_names, given=run.fitted.identity
    )
    ended: StopReason = "stopped" if run.stop.is_set() else "out of memory"
    return evidence(
        run,
        Votes(counts=(0,) * len(run.class_names)),
        votes,
        None,
        procedure="predict",
        stop_reason="planned n reached" if facts["complete"] else ended,
        command=command,
        **facts,
    )
