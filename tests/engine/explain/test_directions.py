import pytest
import torch

from engine.explain.directions import (
    adversarial_direction,
    orthonormal,
    random_direction,
    slope,
    two_numbers,
)
from engine.schemes import Gaussian
from tests.fakes import SHAPE, HalfSpace, Misbehaving


def test_orthonormal():
    e1, e2 = orthonormal(torch.rand(SHAPE), torch.rand(SHAPE))
    assert float((e1 * e2).sum()) == pytest.approx(0, abs=1e-5)
    assert float(e1.norm()) == pytest.approx(1, abs=1e-5)
    assert float(e2.norm()) == pytest.approx(1, abs=1e-5)


def test_random_directions_are_unit_and_reproducible():
    one = random_direction(torch.Size(SHAPE), 3, 0, torch.device("cpu"))
    assert float(one.norm()) == pytest.approx(1, abs=1e-5)
    assert torch.equal(one, random_direction(torch.Size(SHAPE), 3, 0, torch.device("cpu")))
    assert not torch.equal(one, random_direction(torch.Size(SHAPE), 3, 1, torch.device("cpu")))


def first_pixel_share(classifier) -> float:
    found = adversarial_direction(
        classifier, torch.zeros(SHAPE), Gaussian(sigma=0.5), key=1, top=0, size=0.5
    )
    return float(found.flatten()[0])


def test_by_gradient_finds_the_normal_of_a_half_space():
    assert first_pixel_share(HalfSpace(0.3)) > 0.999


def test_by_votes_finds_it_roughly_without_gradients():
    class Blind(HalfSpace):
        @property
        def differentiable(self) -> bool:
            return False

    assert first_pixel_share(Blind(0.1)) > 0.7


def test_none_where_no_vote_is_ever_lost():
    found = adversarial_direction(
        Misbehaving("none"), torch.zeros(SHAPE), Gaussian(sigma=0.01), key=1, top=0, size=0.5
    )
    assert found is None


def test_the_slope_of_a_half_space_points_across_it():
    class Pair(HalfSpace):
        def scores(self, batch):
            return super().scores(batch[0])

    x = (torch.zeros(SHAPE), torch.tensor([3]))
    found = slope(Pair(0.3), x, 0)
    assert found.shape == SHAPE
    assert float(found.flatten()[0]) > 0 and float(found.flatten()[1:].abs().sum()) == 0

    class Flat(Pair):
        def scores(self, batch):
            return super().scores(batch) * 0.0

    assert slope(Flat(0.3), x, 0) is None


def test_two_numbers_are_two_of_the_input_and_others_under_another_index():
    shape = torch.Size((1, 4, 4))
    pairs = [two_numbers(shape, 3, index, torch.device("cpu")) for index in range(20)]
    for first, second in pairs:
        assert first.shape == shape and float((first * second).sum()) == 0.0
        assert sorted(first.flatten().tolist()) == [0.0] * 15 + [1.0]
    assert len({int(first.argmax()) for first, _ in pairs}) > 5
