"""Scores that a claim about a soft classifier rests on: whether they can be, and are there."""

from __future__ import annotations

from engine.core.records import Votes
from engine.core.scores import SOFT
from engine.evidence.evidence import Evidence


def scores_of_the_bound(evidence: Evidence) -> list[str]:
    """What is wrong with the recorded scores: a bound on scores has them, and no other."""
    votes, soft = evidence.estimation, evidence.settings.bound == SOFT
    scores = votes.scores
    if scores is None:
        return ["its bound rests on scores, and none are recorded"] if soft and votes.n else []
    if not soft:
        return ["it records scores, and its bound rests on votes"]
    # a near tie that was taken out of the votes has been scored
    check = evidence.function_check
    tied = min(votes.failures, check.near_ties if check else 0)
    if not scores.possible(votes.n - votes.failures + tied):
        return ["no samples have such sums of scores and of their squares"]
    return []


def with_scores_of(again: Votes, recorded: Votes) -> Votes:
    """Votes drawn again, with the recorded scores where rounding explains the difference.

    A score may come out a unit (2^-16) higher or lower in a batch of another size; that unit was
    taken off before it was counted.
    """
    old, new = recorded.scores, again.scores
    if old is None or new is None or not old.near(new, recorded.n):
        return again
    return again.model_copy(update={"scores": old})
