from __future__ import annotations

import numpy as np
import pytest

from engine.schemes import HeuristicTranslation, NestedTranslation


def test_it_draws_the_noise_of_nested_translation_and_shifts_as_it_does() -> None:
    scheme = HeuristicTranslation(sigma_gamma=2.0, sigma=0.3)
    assert scheme.noise() == NestedTranslation(sigma_gamma=2.0, sigma=0.3).noise()
    image = np.random.default_rng(0).random((1, 8, 8)).astype(np.float32)
    moved = scheme.transformed(image, {"shift": 1.25})
    near, far = (np.roll(image, by, axis=2) for by in (1, 2))
    assert moved == pytest.approx(0.75 * near + 0.25 * far, abs=1e-6)
