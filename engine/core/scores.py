"""Sums of scores as whole numbers, for the claims about soft classifiers.

A soft classifier gives a class the mean, over the noise, of a score in [0, 1] (such as a softmax).
Scores are kept in units of 2^-16: rounded down, and one unit less for what the arithmetic of
float32 may change from batch to batch. So every number kept is at most the score that it stands
for, a bound from below on the mean of these numbers is one on the mean of the scores, and their
sums are exact: they do not depend on the order in which samples came.
"""

from __future__ import annotations

from pydantic import Field

from engine.core.record import Record

SOFT = "soft"
"""Key of the bound on scores."""
UNIT = 1 << 16
"""A score of 1."""
MOST = UNIT - 1
"""The largest number that is kept."""


class ScoreSums(Record):
    """What the samples of a run scored for the class that is bounded, in units of 2^-16.

    A sample without a class, or with a score that is no number, counts as 0; one whose class was a
    near tie, and is not counted, keeps its score.

    Attributes:
        total: sum of the scores.
        squares: sum of their squares, in units of 2^-32.
    """

    total: int = Field(default=0, ge=0)
    squares: int = Field(default=0, ge=0)

    def __add__(self, other: ScoreSums) -> ScoreSums:
        return ScoreSums(total=self.total + other.total, squares=self.squares + other.squares)

    def mean(self, n: int) -> float:
        """The mean score of n samples; 0 for none."""
        return self.total / (UNIT * n) if n else 0.0

    def scaled(self, n: int, to: int) -> ScoreSums:
        """What ``to`` samples come to, where n did to these and scores keep their law."""
        return ScoreSums(total=self.total * to // n, squares=-(-self.squares * to // n))

    def possible(self, n: int) -> bool:
        """Whether n samples can have these sums."""
        largest = self.total <= n * MOST and self.squares <= self.total * MOST
        return largest and self.total**2 <= self.squares * n

    def near(self, other: ScoreSums, n: int) -> bool:
        """Whether n samples whose scores differ by a unit each explain the difference."""
        totals, squares = abs(self.total - other.total), abs(self.squares - other.squares)
        return totals <= n and squares <= n * (2 * UNIT)


def of_votes(votes: int) -> ScoreSums:
    """As many samples with the largest score, all others with none."""
    return ScoreSums(total=votes * MOST, squares=votes * MOST**2)
