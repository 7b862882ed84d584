"""PREDICT: the smoothed model's answer with a binomial test and no radius (PREDICT1, PREDICT2)."""

from __future__ import annotations

import threading
from collections.abc import Generator
from typing import Literal

from engine import statement
from engine.bounds.binomial_tests import p_value_one_sided, p_value_two_sided
from engine.evidence import Evidence, TestRecord
from engine.inputs.base import FittedInput
from engine.models.base import Classifier
from engine.noise import Stream
from engine.procedures.run import Run, evidence
from engine.procedures.snapshot import Snapshot
from engine.records import Votes
from engine.regions import Abstention
from engine.settings import RunSettings

TestName = Literal["one-sided", "two-sided"]


def decide(votes: Votes, name: TestName) -> TestRecord:
    """The test on some votes; return the class iff ``p_value <= alpha``.

    ``one-sided`` (PREDICT1): N_A out of n against p <= 1/2. ``two-sided`` (PREDICT2): N_A out of
    N_A + N_B against 1/2, where B is the second class (Hung & Fithian 2019). Failures are a class
    that can be runner-up but never the answer. Ties go to the lower index.
    """
    top = votes.top
    if name == "one-sided":
        p_value = p_value_one_sided(votes.counts[top], votes.n)
        return TestRecord(name=name, top=top, runner_up=None, p_value=p_value)
    ranked = votes.ranked()
    runner_up = ranked[1] if len(ranked) > 1 else None
    p_value = p_value_two_sided(votes.counts[top], votes.largest_other(top))
    return TestRecord(name=name, top=top, runner_up=runner_up, p_value=p_value)


def predict(
    classifier: Classifier,
    fitted: FittedInput,
    settings: RunSettings,
    *,
    test: TestName = "two-sided",
    stop: threading.Event | None = None,
    command: str = "",
) -> Generator[Snapshot, None, Evidence]:
    """Run PREDICT on ``settings.n`` votes, yielding snapshots, ending in evidence.

    A stopped run abstains: the test is declared for n votes. ``settings.n0`` is not used.

    Raises:
        UserError: model, input and settings do not fit together.
    """
    run = Run(classifier, fitted, settings, stop=stop)
    empty = Votes(counts=(0,) * len(run.class_names))
    votes = empty
    run.start_estimation()
    for votes in run.sampler.votes(Stream.ESTIMATION, settings.n):
        yield _snapshot(run, empty, votes)
    return _conclude(run, empty, votes, test, command)


def _snapshot(run: Run, empty: Votes, votes: Votes) -> Snapshot:
    rate = run.rate(votes.n)
    return Snapshot(
        run_id=run.run_id,
        phase="estimation",
        selection=empty,
        estimation=votes,
        n_done=votes.n,
        n0_plan=0,
        n_plan=run.settings.n,
        rate=rate,
        eta=(run.settings.n - votes.n) / rate if rate > 0 else None,
        seconds=run.seconds(),
    )


def _conclude(run: Run, empty: Votes, votes: Votes, test: TestName, command: str) -> Evidence:
    alpha = run.settings.alpha
    complete = votes.n == run.settings.n
    outcome = decide(votes, test) if votes.n else None
    if complete and outcome is not None and outcome.p_value <= alpha:
        name = run.class_names[outcome.top]
        return evidence(
            run,
            empty,
            votes,
            None,
            procedure="predict",
            outcome="predicted",
            complete=True,
            predicted_class=outcome.top,
            class_name=name,
            statement=statement.predicted(name, alpha, "image"),
            test=outcome,
            command=command,
        )
    abstention = _abstention(run, votes, outcome)
    return evidence(
        run,
        empty,
        votes,
        None,
        procedure="predict",
        outcome="abstained",
        complete=complete,
        abstention=abstention,
        statement=f"No answer is returned: {abstention.sentence}",
        test=outcome,
        command=command,
    )


def _abstention(run: Run, votes: Votes, outcome: TestRecord | None) -> Abstention:
    if outcome is None:
        return Abstention(reason="no-votes", sentence="the run ended before the first vote.")
    if votes.n < run.settings.n:
        return Abstention(
            reason="stopped-early",
            sentence=(
                f"stopped after {votes.n:,} of {run.settings.n:,} votes, and the test is declared "
                "for all of them."
            ),
            n_needed=run.settings.n,
        )
    name = run.class_names[outcome.top]
    if outcome.name == "one-sided" and 2 * votes.counts[outcome.top] <= votes.n:
        return Abstention(
            reason="below-half",
            sentence=(
                f"'{name}' won {votes.counts[outcome.top]:,} of {votes.n:,} votes, not more than "
                "half; the two-sided test may still decide."
            ),
        )
    return Abstention(
        reason="too-few-samples",
        sentence=(
            f"'{name}' leads, but the {outcome.name} test gives a p-value of "
            f"{outcome.p_value:.2g} > alpha = {run.settings.alpha:g}; more votes may decide."
        ),
    )
