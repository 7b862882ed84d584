"""Learned stumps: maximum likelihood by itself, and boosting that certifies more."""

from __future__ import annotations

import numpy as np
import pytest

from engine.certificates.stumps import required_outside
from engine.training.stumps import LEAF, StumpRecipe, learn


def rows(seed: int, count: int = 200) -> tuple[np.ndarray, np.ndarray]:
    """Two classes that differ by 1 in each of six numbers, and in no other."""
    rng = np.random.default_rng(seed)
    labels = (np.arange(count) % 2).astype(np.int64)
    x = rng.normal(0, 0.7, (count, 8))
    x[:, :6] += labels[:, None]
    return x, labels


def certified(recipe: StumpRecipe, radius: float) -> float:
    x, labels = rows(1)
    found = learn(*rows(0), recipe).ensemble(8).outside(x, norm=recipe.norm, scale=recipe.scale)
    masses = found[np.arange(len(labels)), labels, 0]
    needed = required_outside(radius, norm=recipe.norm, scale=recipe.scale)
    return float((masses < needed).mean())


def test_one_stump_of_each_number_is_the_likeliest() -> None:
    """With no noise to speak of, leaves are the shares of class 1 on both sides of the cut."""
    x = np.array([[0.0], [0.1], [0.2], [0.9], [1.0], [1.1]])
    labels = np.array([0, 0, 1, 1, 1, 1])
    learned = learn(x, labels, StumpRecipe("independent", "l2", 1e-6, candidates=23))
    (cut,), (below,), (above,) = learned.cut, learned.below, learned.above
    assert 0.1 < cut < 0.2 and (below, above) == (0, LEAF)
    assert learned.threshold == LEAF // 2


def test_numbers_that_tell_nothing_have_no_vote() -> None:
    x, labels = rows(0)
    learned = learn(
        np.concatenate([x, np.ones((len(x), 1))], axis=1),
        labels,
        StumpRecipe("independent", "l1", 0.5),
    )
    assert 8 not in learned.column and set(range(6)) <= set(learned.column.tolist())


@pytest.mark.walk
@pytest.mark.parametrize(("norm", "scale", "radius"), [("l2", 0.8, 0.5), ("l1", 1.5, 0.8)])
def test_boosting_for_a_radius_certifies_more_there(norm, scale, radius) -> None:
    at_zero = StumpRecipe("boosted", norm, scale, radius=0.0, rounds=60)
    aimed = StumpRecipe("boosted", norm, scale, radius=radius, rounds=60)
    assert certified(aimed, radius) >= certified(at_zero, radius)
    assert certified(aimed, radius) > 0.6
    learned = learn(*rows(0), aimed)
    assert max(abs(learned.below).max(), abs(learned.above).max()) == LEAF
    assert set(learned.column.tolist()) >= set(range(6))


def test_rows_that_weigh_more_are_learned_from_more() -> None:
    """Weight on one class alone makes every leaf its class."""
    x, labels = rows(0)
    heavy = np.where(labels == 1, 1.0, 1e-12)
    learned = learn(x, labels, StumpRecipe("independent", "l2", 0.5), heavy)
    assert not len(learned.cut)  # each side of each cut is class 1 alike: nothing is told
    ensemble = learn(x, labels, StumpRecipe("boosted", "l2", 0.5, rounds=5), heavy).ensemble(8)
    assert (ensemble.margins(x) > 0).all()


def test_the_same_rows_give_the_same_ensemble() -> None:
    recipe = StumpRecipe("boosted", "l2", 0.5, radius=0.3, rounds=20)
    first, again = (learn(*rows(0), recipe) for _ in range(2))
    assert (first.cut == again.cut).all() and (first.below == again.below).all()
