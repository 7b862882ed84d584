from __future__ import annotations

import torch

from engine.noise.discrete_gaussian_law import tables_sha256
from engine.noise.flips import Flips
from engine.noise.gaussian import NoiseStream
from engine.noise.gaussian_law import GaussianNoise
from engine.noise.law import Beside, Level
from engine.noise.streams import GENERATOR, INTEGER_GENERATOR
from engine.noise.tokens import Masking

PAIR = Beside(GaussianNoise(0.25, "pixels"), Masking(0.5, 7))


def test_parts_beside_each_other_are_drawn_as_each_alone() -> None:
    x = (torch.rand(1, 4, 4), torch.arange(5))
    out = (torch.empty(6, 1, 4, 4), torch.empty(6, 5, dtype=torch.int64))
    PAIR.draw(x, NoiseStream(1, 1), 3, out)
    first, second = torch.empty_like(out[0]), torch.empty_like(out[1])
    PAIR.first.draw(x[0], NoiseStream(1, 1), 3, first)
    PAIR.second.draw(x[1], NoiseStream(1, 1), 3, second)
    assert torch.equal(out[0], first) and torch.equal(out[1], second)


def test_a_law_says_how_it_is_drawn_in_either_mode() -> None:
    exact = PAIR.in_mode("exact")
    assert (PAIR.arithmetic, exact.arithmetic) == ("float", "exact grid")
    assert (PAIR.grid_input, exact.grid_input) == (False, True)
    assert PAIR.table_sha256 == "" and exact.table_sha256 == tables_sha256((0.25,))
    assert PAIR.total_variation(10) == 0.0 < exact.total_variation(10)
    assert PAIR.has_modes and exact.has_modes and PAIR.generator == GENERATOR != exact.generator
    flips = Flips(0.1, 0.2)
    assert flips.in_mode("exact") is flips and not flips.has_modes
    assert flips.generator == INTEGER_GENERATOR


def test_levels_are_those_of_all_parts_and_one_where_they_agree() -> None:
    assert PAIR.levels == (Level("Gaussian", 0.25, "pixels"),) and PAIR.level == 0.25
    assert GaussianNoise(1.0, "", own=(0.1, 0.2)).level is None
    assert Flips(0.1, 0.2).level is None


def test_every_input_of_a_batch_has_a_draw_of_its_own() -> None:
    """Additive noise in one call, any other input by input."""
    x = torch.rand(5, 3)
    for law in (GaussianNoise(0.5, ""), Flips(0.3, 0.3)):
        out, one = torch.empty(5, 3), torch.empty(1, 3)
        law.draw_each(x, NoiseStream(2, 1), out)
        for index in range(5):
            law.draw(x[index], NoiseStream(2, 1), index, one)
            assert torch.allclose(out[index], one[0])
