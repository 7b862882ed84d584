from __future__ import annotations

import torch

from engine.noise.discrete_gaussian import ExactNoiseStream
from engine.noise.gaussian import NoiseStream
from engine.noise.gaussian_law import FINEST, GaussianNoise


def test_one_sigma_for_all_or_one_for_each_part() -> None:
    x, out = torch.zeros(2, 50, 50), torch.empty(20, 2, 50, 50)
    GaussianNoise(9.0, "", own=(0.1, 0.4)).draw(x, NoiseStream(1, 1), 0, out)
    assert abs(out[:, 0].std() - 0.1) < 0.002 and abs(out[:, 1].std() - 0.4) < 0.008
    alone = torch.empty_like(out)
    GaussianNoise(0.1, "").draw(x, NoiseStream(1, 1), 0, alone)
    assert torch.equal(out[:, 0], alone[:, 0])


def test_words() -> None:
    assert GaussianNoise(0.25, "pixels").in_words() == "Gaussian, sigma 0.25 (pixels)"
    several = GaussianNoise(1.0, "pixels", own=(0.1, 0.2)).in_words()
    assert several == "Gaussian, sigmas 0.1, 0.2 (pixels; one for each colour channel)"


def test_numbers_that_are_on_no_grid_have_no_exact_noise() -> None:
    assert GaussianNoise(0.25, "", gridded=False).exact() is None
    exact = GaussianNoise(0.25, "").exact()
    assert exact is not None and exact.on_grid and exact.exact() == exact


def test_a_sigma_too_small_to_see_is_tested_with_a_larger_one() -> None:
    for law in (GaussianNoise(1e-6, ""), GaussianNoise(1e-6, "", on_grid=True)):
        (probe,) = law.probes()
        assert isinstance(probe.law, GaussianNoise) and probe.law.sigma == FINEST


def test_every_part_on_the_grid_is_tested() -> None:
    law = GaussianNoise(1.0, "", own=(0.1, 0.2, 0.1), on_grid=True)
    least, *each = law.probes()
    assert least.law == GaussianNoise(0.1, "", on_grid=True) and len(each) == 3
    out = torch.empty(4, *each[1].shape)
    law.draw(torch.zeros(each[1].shape), ExactNoiseStream(1, 1), 0, out)
    steps = each[1].read((out.numpy(),))
    assert (steps == (out[:, 1] * 255).round().numpy()).all()
