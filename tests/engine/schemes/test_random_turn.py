"""Random rotations: the draws of their law."""

from __future__ import annotations

import pytest
import torch

from engine.noise.gaussian import NoiseStream
from engine.schemes import HeuristicRotation, NestedRotation
from engine.transforms.low_pass import filtered, low_pass
from engine.transforms.warps import ROTATION, warped
from tests.engine.schemes.test_nested_rotation import SMALL, image

__all__ = ["image"]


def test_a_sample_is_the_filtered_rotation_by_its_own_angle_and_then_noise(image, draw):
    quiet = SMALL.model_copy(update={"sigma": 1e-9, "sigma_gamma": 20.0})
    found = draw(quiet, torch.from_numpy(image), 40, batch=7).numpy()
    words = NoiseStream(7, 1).uniform63(40, 1, start=0, lane=1)[:, 0].to(torch.float64)
    angles = 20.0 * torch.special.ndtri((words + 0.5) * 2.0**-63).numpy()
    matrix = low_pass(8, quiet.low_pass)
    for angle, sample in zip(angles, found, strict=True):
        expected = filtered(warped(image, ROTATION, angle), matrix, matrix)
        assert sample == pytest.approx(expected, abs=1e-6)


def test_what_is_written_of_a_scheme_keeps_its_order():
    """A run's noise key is made of the written scheme."""
    assert list(NestedRotation().model_dump()) == [
        "key", "sigma", "error", "low_pass", "sigma_gamma", "reach", "rho"
    ]  # fmt: skip
    assert list(HeuristicRotation().model_dump()) == ["key", "sigma", "low_pass", "sigma_gamma"]
