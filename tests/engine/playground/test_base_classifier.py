from __future__ import annotations

import numpy as np
import pytest

from engine.playground.base_classifier import train
from engine.playground.scenes import SCENES, by_hand, scene


@pytest.mark.parametrize("name", SCENES)
def test_it_learns_every_scene(name):
    plane, fresh = train(scene(name), sigma=0.15), scene(name, seed=2)
    assert np.mean(plane.classify(fresh.xy) == fresh.labels) > 0.95


def test_the_same_seed_gives_the_same_classifier(moons):
    assert np.array_equal(train(scene("moons"), sigma=0.25).cells, moons.cells)


def test_points_set_by_hand_are_learnt():
    plane = train(by_hand([(-1.0, 0.0, 0), (1.0, 0.0, 1)]))
    assert plane.classify(np.array([[-1.5, 0.3], [1.5, -0.2]])).tolist() == [0, 1]
