"""Ensembles of stumps that vote: each learns most from the rows that those before do not certify.

Discrete AdaBoost, in which a row counts as an error where the member does not certify its class at
the radius that is aimed at (Horvath, Mueller, Fischer & Vechev, (De-)Randomized Smoothing for
Decision Stump Ensembles, NeurIPS 2022; Freund & Schapire, Journal of Computer and System Sciences
1997).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from engine.certificates.stump_vote import StumpVote
from engine.certificates.stumps import required_outside
from engine.training.stumps import Floats, Integers, Learned, StumpRecipe, even_weights, learn

UNIT = 100
"""Of weights of votes, which are whole numbers."""
_LEAST = 1e-3
"""An error below it counts as much: no member's vote is above all bounds."""


@dataclass(frozen=True)
class LearnedVote:
    """Members with the weights of their votes, whole numbers above 0."""

    members: tuple[Learned, ...]
    weights: tuple[int, ...]

    def vote(self, width: int) -> StumpVote:
        """The same as step functions of so many numbers."""
        return StumpVote(tuple(one.ensemble(width) for one in self.members), self.weights)


def learn_vote(x: Floats, labels: Integers, recipe: StumpRecipe, members: int) -> LearnedVote:
    """At most so many ensembles for rows x (N, F) of the classes 0 and 1.

    With e the weight of the rows that a member does not certify at ``recipe.radius``, its vote
    weighs log((1 - e) / e), by the exponential of which those rows weigh more for the next. A
    member that fails on half of the weight ends it, unless it is the first.

    The same call gives the same ensembles: nothing is drawn.
    """
    rows, weights = np.asarray(x, dtype=np.float64), even_weights(labels)
    needed = required_outside(recipe.radius, norm=recipe.norm, scale=recipe.scale)
    found: list[Learned] = []
    votes: list[int] = []
    for _ in range(members):
        one = learn(rows, labels, recipe, weights)
        masses = one.ensemble(rows.shape[1]).outside(rows, norm=recipe.norm, scale=recipe.scale)
        lost = masses[np.arange(len(labels)), labels, 0] >= needed
        error = max(_LEAST, float(weights[lost].sum() / weights.sum()))
        if error >= 0.5 and found:
            break
        vote = float(np.log((1.0 - error) / error))
        found.append(one)
        votes.append(max(1, round(UNIT * vote)))
        if not lost.any():
            break
        weights = np.where(lost, weights * np.exp(max(0.0, vote)), weights)
        weights *= len(labels) / weights.sum()
    return LearnedVote(tuple(found), tuple(votes))
