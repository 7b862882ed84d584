"""Random shifts: what they do to an image, and the draws of their law."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from scipy.special import ndtri

from engine.noise.gaussian import NoiseStream
from engine.schemes import HeuristicTranslation, NestedTranslation
from engine.schemes.random_shift import shifted
from engine.transforms.low_pass import filtered, low_pass
from tests.engine.schemes.test_nested_translation import SCHEME, by_hand, images

__all__ = ["images"]


def test_shifts_are_bilinear_and_wrap_around(images):
    shifts = np.array([[0.0, 0.0], [1.0, -2.0], [0.25, 0.5], [-3.7, 11.2]])
    for image in images:
        many = np.repeat(image[None], len(shifts), 0)
        for given in (image[None], many):
            found = shifted(torch.from_numpy(given), torch.from_numpy(shifts)).numpy()
            for one, (down, right) in zip(found, shifts, strict=True):
                assert one == pytest.approx(by_hand(image, down, right), abs=1e-6)


def test_a_sample_is_the_filtered_shift_and_then_noise(images, draw):
    quiet = SCHEME.model_copy(update={"sigma": 1e-9})
    image = images[1]
    found = draw(quiet, torch.from_numpy(image), 20, batch=6).numpy()
    words = NoiseStream(7, 1).uniform63(20, 2, start=0, lane=1).to(torch.float64)
    shifts = 2.0 * ndtri(((words + 0.5) * 2.0**-63).numpy())
    rows, columns = (low_pass(side, 1.0, wrapped=True) for side in image.shape[1:])
    for sample, (down, right) in zip(found, shifts, strict=True):
        expected = filtered(by_hand(image, down, right), rows, columns)
        assert sample == pytest.approx(expected, abs=1e-5)


def test_what_is_written_of_a_scheme_keeps_its_order():
    """A run's noise key is made of the written scheme."""
    assert list(NestedTranslation().model_dump()) == [
        "key", "sigma", "error", "low_pass", "sigma_gamma"
    ]  # fmt: skip
    assert list(HeuristicTranslation().model_dump()) == ["key", "sigma", "low_pass", "sigma_gamma"]
