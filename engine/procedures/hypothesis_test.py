"""PREDICT's decision on counted votes: the test, and why no answer is returned. No torch."""

from __future__ import annotations

from typing import Any

from engine.bounds.binomial_tests import p_value_one_sided, p_value_two_sided
from engine.core.records import InputIdentity, Votes
from engine.core.rounding import p_value_in_words
from engine.evidence import statement
from engine.evidence.evidence import TestRecord
from engine.evidence.settings import PredictSettings, TestName
from engine.regions import Abstention


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


def predict_facts(
    *,
    settings: PredictSettings,
    votes: Votes,
    class_names: tuple[str, ...],
    given: InputIdentity,
) -> dict[str, Any]:
    """The fields of evidence that follow from the votes of a PREDICT run, complete or stopped."""
    complete = votes.n == settings.n
    outcome = decide(votes, settings.test) if votes.n else None
    if complete and outcome is not None and outcome.p_value <= settings.alpha:
        name = class_names[outcome.top]
        return {
            "outcome": "predicted",
            "complete": True,
            "predicted_class": outcome.top,
            "class_name": name,
            "abstention": None,
            "statement": statement.predicted(settings, name, given),
            "test": outcome,
        }
    abstention = _abstention(settings, class_names, votes, outcome)
    return {
        "outcome": "abstained",
        "complete": complete,
        "predicted_class": None,
        "class_name": None,
        "abstention": abstention,
        "statement": f"No answer is returned: {abstention.sentence}",
        "test": outcome,
    }


def _abstention(
    settings: PredictSettings,
    class_names: tuple[str, ...],
    votes: Votes,
    outcome: TestRecord | None,
) -> Abstention:
    if outcome is None:
        return Abstention(reason="no-votes", sentence="the run ended before the first vote.")
    if votes.n < settings.n:
        return Abstention(
            reason="stopped-early",
            sentence=(
                f"stopped after {votes.n:,} of {settings.n:,} votes, and the test is declared "
                "for all of them."
            ),
            n_needed=settings.n,
        )
    name = class_names[outcome.top]
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
            f"{p_value_in_words(outcome.p_value)} > alpha = {settings.alpha:g}; more votes may "
            "decide."
        ),
    )
