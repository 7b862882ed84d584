import numpy as np
import pytest
import torch

from engine.explain.image_attack import find_attack
from engine.schemes import parse_scheme
from tests.fakes import HalfSpace, Misbehaving, identity

X = torch.full((1, 8, 8), 0.5)
HIERARCHICAL = parse_scheme({"key": "hierarchical-gaussian", "sigma": 0.25, "p": 0.8})


class Weighted(HalfSpace):
    """Class 0 iff a weighted sum of the image is below the threshold; told of the noise."""

    def __init__(self, encoding: str = "indicator") -> None:
        super().__init__(100.0)
        self.identity = identity(encoding=encoding, input_shape=(2, 8, 8))
        self.weights = torch.arange(64.0).view(8, 8) * torch.tensor([1.0, -1.0]).repeat(32).view(
            8, 8
        )

    def scores(self, batch: torch.Tensor) -> torch.Tensor:
        image = batch[:, 0]
        if self.identity.encoding == "complement":
            image = (batch[:, 0] - batch[:, 1]) / 2
        margin = self.threshold - (image * self.weights).sum(dim=(1, 2))
        return torch.stack([margin, -margin], dim=1)


@pytest.mark.parametrize("encoding", ["indicator", "complement"])
def test_the_gradient_is_that_of_the_image(encoding):
    """The margin is linear, so its slope is the weights, in whatever channels they arrive."""
    key = "ablation" if encoding == "complement" else "hierarchical-gaussian"
    scheme = parse_scheme({"key": key})
    model = Weighted(encoding)
    found = find_attack(model, X, scheme, shape=(2, 8, 8), key=1, top=0)
    expected = model.weights.numpy()
    assert found.direction[0] == pytest.approx(2 * expected, rel=1e-4, abs=1e-4)
    assert found.order[:3].tolist() == [63, 62, 61]


def test_it_attacks_the_class_it_is_told():
    towards = find_attack(Weighted(), X, HIERARCHICAL, shape=(2, 8, 8), key=1, top=1)
    away = find_attack(Weighted(), X, HIERARCHICAL, shape=(2, 8, 8), key=1, top=0)
    np.testing.assert_allclose(towards.direction, -away.direction, rtol=1e-5)


def test_a_model_without_gradients_is_attacked_at_random():
    model = Misbehaving("nan", after=100)
    found = find_attack(model, X, HIERARCHICAL, shape=(1, 8, 8), key=1, top=0)
    again = find_attack(model, X, HIERARCHICAL, shape=(1, 8, 8), key=1, top=0)
    assert found.how == "pixels at random"
    assert (found.order == again.order).all() and len(set(found.order.tolist())) == 64


def test_a_flat_model_is_attacked_at_random():
    class Flat(HalfSpace):
        def scores(self, batch: torch.Tensor) -> torch.Tensor:
            return batch.flatten(1)[:, :2] * 0 + 1

    found = find_attack(Flat(0.3), X, HIERARCHICAL, shape=(1, 8, 8), key=1, top=0)
    assert found.how == "pixels at random"
