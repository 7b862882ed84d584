"""PREDICT1 and PREDICT2 on the same votes."""

from __future__ import annotations

from dataclasses import dataclass

from engine.bounds.binomial_tests import p_value_one_sided, p_value_two_sided
from engine.core.records import Votes


@dataclass(frozen=True)
class Both:
    """What the two procedures say of the same votes.

    Attributes:
        n: votes.
        top, second: the classes with most votes.
        n_top, n_second: their counts.
        p_one: chance of so many for the top class if its probability were at most 1/2.
        p_two: chance of such a lead over the second if both were equally probable.
        alpha: a p-value at most this large gives an answer.
    """

    n: int
    top: int
    second: int
    n_top: int
    n_second: int
    p_one: float
    p_two: float
    alpha: float

    @property
    def first_answers(self) -> bool:
        """Whether PREDICT1 names the class."""
        return self.p_one <= self.alpha

    @property
    def second_answers(self) -> bool:
        """Whether PREDICT2 names the class."""
        return self.p_two <= self.alpha


def predict_both(votes: Votes, alpha: float) -> Both:
    """Both tests; PREDICT2 may name a class that has less than half of the votes.

    Raises:
        ValueError: there are fewer than two classes.
    """
    if len(votes.counts) < 2:
        raise ValueError("PREDICT2 compares two classes")
    top, second = votes.ranked()[:2]
    n_top, n_second = votes.counts[top], votes.counts[second]
    return Both(
        n=votes.n,
        top=top,
        second=second,
        n_top=n_top,
        n_second=n_second,
        p_one=p_value_one_sided(n_top, votes.n),
        p_two=p_value_two_sided(n_top, n_second),
        alpha=alpha,
    )
