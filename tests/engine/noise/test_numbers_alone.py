"""Noise on numbers alone, and uniform noise."""

from __future__ import annotations

import pytest
import torch
from scipy.stats import kstest

from engine.noise.gaussian import NoiseStream
from engine.noise.gaussian_law import GaussianNoise
from engine.noise.numbers_alone import NumbersAlone, UniformNoise


def test_codes_stay_and_numbers_move_as_by_the_law_itself() -> None:
    law, x = GaussianNoise(0.5, "u", gridded=False), torch.tensor([1.0, 2.0, 3.0])
    codes = torch.tensor([4, 5])
    out = torch.empty(6, 3), torch.empty(6, 2, dtype=torch.int64)
    NumbersAlone(law).draw((x, codes), NoiseStream(1, 7), 10, out)
    alone = torch.empty(6, 3)
    law.draw(x, NoiseStream(1, 7), 10, alone)
    assert torch.equal(out[0], alone) and (out[1] == codes).all()
    image = torch.empty(6, 3)
    NumbersAlone(law).draw(x, NoiseStream(1, 7), 10, image)
    assert torch.equal(image, alone)
    assert NumbersAlone(law).arithmetic == "computed"
    assert NumbersAlone(law, computed=False).arithmetic == "float"


@pytest.mark.statistics
def test_uniform_noise_is_uniform() -> None:
    law, x = UniformNoise(0.7, "u"), torch.full((4,), 2.0, dtype=torch.float64)
    out = torch.empty(250_000, 4, dtype=torch.float64)
    law.draw(x, NoiseStream(3, 7), 0, out)
    noise = (out - 2.0).flatten().numpy()
    assert abs(noise).max() <= 0.7
    assert kstest(noise, "uniform", (-0.7, 1.4)).pvalue > 1e-6


def test_a_sample_depends_on_its_index_alone() -> None:
    law, x = UniformNoise(0.7, "u"), torch.zeros(3)
    whole, part = torch.empty(10, 3), torch.empty(4, 3)
    law.draw(x, NoiseStream(3, 7), 0, whole)
    law.draw(x, NoiseStream(3, 7), 6, part)
    assert torch.equal(whole[6:], part)
