"""Weighted votes of smoothed ensembles, against the published values and every change on a grid."""

from __future__ import annotations

import itertools
import json
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from certiscope.functional import vote_radius
from engine.certificates.stump_vote import StumpVote, majority
from engine.certificates.stumps import Norm, Steps, StumpEnsemble, certified_radius
from engine.core.errors import UserError
from tests.engine.certificates.test_stumps import random_ensemble

GOLDEN: list[dict[str, Any]] = json.loads(
    (Path(__file__).parents[2] / "golden" / "stumps.json").read_text(encoding="utf-8")
)["adaboost"]
"""eth-sri/drs at 1071b11, main_adaboost.py: radii, weights and the radius of the vote."""


@pytest.mark.parametrize("case", GOLDEN)
def test_published_votes(case: dict[str, Any]) -> None:
    place = majority([-radius for radius in case["radii"]], case["weights"])
    assert (0.0 if place is None else case["radii"][place]) == case["ensemble_radius"]


def test_the_deciding_member_is_the_largest_radius_that_a_majority_reaches() -> None:
    """Brute force over all sets of members of more than half of the weight."""
    rng = np.random.default_rng(2)
    for _ in range(200):
        sizes, weights = rng.uniform(0, 1, 6).tolist(), rng.integers(1, 9, 6).tolist()
        best = min(
            max(sizes[i] for i in some)
            for count in range(1, 7)
            for some in itertools.combinations(range(6), count)
            if 2 * sum(weights[i] for i in some) > sum(weights)
        )
        place = majority(sizes, weights)
        assert place is not None and sizes[place] == best
    assert majority([0.1], [-1.0]) is None


def test_half_of_the_weight_is_no_majority_whatever_sums_round_to() -> None:
    weights = [1 / 3, 1e-17, 0.6, 0.6, 1 / 3, 1e-17]
    held = sum(map(Fraction, weights[:3]))
    assert 2 * held == sum(map(Fraction, weights))
    assert majority([0.0, 1.0, 2.0, 3.0, 4.0, 5.0], weights) == 3
    with pytest.raises(UserError, match="Radii must be numbers"):
        vote_radius([float("nan"), 0.5, 0.4], [1.0, 1.0, 1.0])


def named(vote: StumpVote, x: np.ndarray, norm: Norm, scale: float) -> np.ndarray:
    """(N,) the class of the vote at inputs: the definition, from each member's own class."""
    masses = vote.outside(x, norm=norm, scale=scale)
    ones = (masses[:, :, 1] < masses[:, :, 0]).T @ np.array(vote.weights)
    return (2 * ones > sum(vote.weights)).astype(int)


@pytest.mark.walk
@pytest.mark.parametrize("norm", ["l1", "l2"])
def test_no_change_within_the_radius_takes_the_vote(norm: Norm) -> None:
    """Changes at 0.999 of the radius in many directions; beyond it some vote is lost somewhere."""
    rng, lost = np.random.default_rng(5), 0
    scale = 0.5
    for _ in range(40):
        members = tuple(random_ensemble(rng, 12, 2) for _ in range(5))
        vote = StumpVote(members, tuple(map(int, rng.integers(1, 6, 5))))
        x = rng.uniform(0, 1, 2)
        masses = vote.outside(x[None], norm=norm, scale=scale)[:, 0]
        worst = [masses[place, c] for c, place in enumerate(vote.deciding(masses))]
        assert worst == [sorted(masses[:, c])[_rank(masses[:, c], vote.weights)] for c in (0, 1)]
        label = int(worst[1] < worst[0])
        radius = certified_radius(float(worst[label]), norm=norm, scale=scale)
        if radius is None:
            continue
        turn = np.linspace(0, 2 * np.pi, 73)
        away = np.stack([np.cos(turn), np.sin(turn)], axis=1)
        away /= np.linalg.norm(away, ord=1 if norm == "l1" else 2, axis=1, keepdims=True)
        assert (named(vote, x + 0.999 * radius * away, norm, scale) == label).all()
        lost += bool((named(vote, x + 3 * radius * away, norm, scale) != label).any())
    assert lost > 10


def _rank(sizes: np.ndarray, weights: tuple[int, ...]) -> int:
    """Where, among the sizes in order, more than half of the weight is held."""
    held = np.cumsum(np.array(weights)[np.argsort(sizes, kind="stable")])
    return int(np.argmax(2 * held > sum(weights)))


def test_the_vote_of_an_input_as_it_is() -> None:
    """Half of the weight is not enough for class 1."""
    one = StumpEnsemble((Steps.of([(0.0, Fraction(0), Fraction(1))]),))
    two = StumpEnsemble((Steps.of([(1.0, Fraction(0), Fraction(1))]),))
    x = np.array([[-1.0], [0.5], [2.0]])
    assert StumpVote((one, two), (3, 2)).margins(x).tolist() == [-0.5, 3 / 5 - 0.5, 0.5]
    assert (StumpVote((one, two), (1, 1)).margins(x) > 0).tolist() == [False, False, True]
    assert len(StumpVote((one, two), (1, 1)).numbers) == 1
