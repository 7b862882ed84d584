"""The empirical-Bernstein bound as one that a run may declare: a claim about a soft classifier."""

from __future__ import annotations

from fractions import Fraction
from typing import ClassVar

from engine.bounds import empirical_bernstein
from engine.bounds.base import BoundMethod
from engine.core.records import Votes
from engine.core.scores import SOFT, UNIT


class Soft(BoundMethod):
    """Bounds the mean score of the top class, not the share of its votes.

    It rests on the sums of the scores and of their squares, whole numbers that are at most the
    scores (:mod:`engine.core.scores`). Scores of all classes sum to at most 1, so that every other
    class has a mean of at most 1 - p_lower, and certificates that follow from the probability of a
    class by the Neyman-Pearson lemma or a total-variation distance hold for any function into
    [0, 1] in its place.
    """

    key: ClassVar[str] = SOFT
    title: ClassVar[str] = "soft, mean softmax score, fixed n"
    summary: ClassVar[str] = (
        "an empirical-Bernstein bound on the mean softmax score: a claim about the soft "
        "classifier, which is another function than the vote of the classes; valid only when the "
        "planned n is reached"
    )
    citation: ClassVar[str] = (
        "Maurer & Pontil, COLT 2009, Theorem 4; Zhai et al. (MACER), ICLR 2020"
    )

    def ends(self, votes: Votes, top: int, alpha: float, *, reached: bool) -> tuple[float, float]:
        """The lower bound on the mean score; 0 for fewer than two samples.

        Raises:
            ValueError: these votes have no scores.
        """
        if votes.scores is None:
            raise ValueError("votes without scores say nothing of a soft classifier")
        if votes.n < 2:
            return 0.0, 1.0
        total = Fraction(votes.scores.total, UNIT)
        squares = Fraction(votes.scores.squares, UNIT**2)
        return empirical_bernstein.lower(total, squares, votes.n, alpha), 1.0
