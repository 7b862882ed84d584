"""Members that vote are learned from what those before do not certify."""

from __future__ import annotations

import numpy as np

from engine.certificates.stumps import required_outside
from engine.training.stumps import StumpRecipe, learn
from engine.training.stumps_vote import UNIT, learn_vote
from tests.engine.training.test_stumps import rows

RECIPE = StumpRecipe("independent", "l1", 1.5, radius=0.5)


def test_the_first_member_is_learned_from_all_rows_alike() -> None:
    x, labels = rows(0)
    found, alone = learn_vote(x, labels, RECIPE, 3), learn(x, labels, RECIPE)
    assert (found.members[0].cut == alone.cut).all()
    assert (found.members[0].below == alone.below).all()
    assert 1 <= len(found.members) <= 3 and min(found.weights) >= 1


def test_weights_are_those_of_adaboost() -> None:
    """The share of the weight that is not certified at the radius, worked out here again."""
    x, labels = rows(0)
    found = learn_vote(x, labels, RECIPE, 4)
    weights = np.ones(len(labels))
    needed = required_outside(RECIPE.radius, norm="l1", scale=RECIPE.scale)
    for member, vote in zip(found.vote(8).members, found.weights, strict=True):
        masses = member.outside(x, norm="l1", scale=RECIPE.scale)
        lost = masses[np.arange(len(labels)), labels, 0] >= needed
        share = weights[lost].sum() / weights.sum()
        exact = np.log((1 - share) / share)
        assert vote == max(1, round(UNIT * exact))
        weights[lost] *= np.exp(max(0.0, exact))


def test_a_vote_certifies_about_as_much_of_fresh_rows_as_its_first_member() -> None:
    x, labels = rows(1)
    needed = required_outside(RECIPE.radius, norm="l1", scale=RECIPE.scale)
    vote = learn_vote(*rows(0), RECIPE, 10).vote(8)
    masses = vote.outside(x, norm="l1", scale=RECIPE.scale)[:, np.arange(len(labels)), labels]
    held = np.array(vote.weights) @ (masses < needed)
    certified = (2 * held > sum(vote.weights)).mean()
    assert certified > (masses[0] < needed).mean() - 0.03 and len(vote.members) > 1
