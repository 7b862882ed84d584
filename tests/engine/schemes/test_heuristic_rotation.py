from __future__ import annotations

import numpy as np

from engine.schemes import HeuristicRotation, NestedRotation
from engine.transforms.warps import ROTATION, warped


def test_it_draws_the_noise_of_nested_rotation_and_turns_as_it_does(bounds) -> None:
    scheme = HeuristicRotation(sigma_gamma=12.0, sigma=0.3)
    assert scheme.noise() == NestedRotation(sigma_gamma=12.0, sigma=0.3).noise()
    image = np.random.default_rng(0).random((1, 8, 8)).astype(np.float32)
    turned = scheme.transformed(image, {"rotation": 15.0})
    assert np.array_equal(turned, warped(image, ROTATION, 15.0).astype(np.float32))
    region = HeuristicRotation(sigma_gamma=40.0).heuristic(bounds(1 - 1e-9))
    assert region.lower == -region.upper == -180.0  # half a turn is the largest
