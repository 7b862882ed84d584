import numpy as np
import pytest
import torch

from engine.evidence.settings import CertifySettings
from engine.explain.image_examples import ImagePresenter, PixelAttack, in_steps, pixel_order
from engine.explain.presenter import Ready
from engine.regions.region import Budget
from engine.schemes import parse_scheme
from tests.factories import make_settings
from tests.fakes import HalfSpace, Misbehaving, identity


def found_by(model, scheme, top, shape=(2, 8, 8)) -> PixelAttack:
    return pixel_order(Ready(model, X, CertifySettings(scheme=scheme), shape, 1), top)


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
    found = found_by(model, scheme, 0)
    expected = model.weights.numpy()
    assert found.direction[0] == pytest.approx(2 * expected, rel=1e-4, abs=1e-4)
    assert found.order[:3].tolist() == [63, 62, 61]


def test_it_attacks_the_class_it_is_told():
    towards = found_by(Weighted(), HIERARCHICAL, 1)
    away = found_by(Weighted(), HIERARCHICAL, 0)
    np.testing.assert_allclose(towards.direction, -away.direction, rtol=1e-5)


def test_a_model_without_gradients_is_attacked_at_random():
    model = Misbehaving("nan", after=100)
    found = found_by(model, HIERARCHICAL, 0, (1, 8, 8))
    again = found_by(model, HIERARCHICAL, 0, (1, 8, 8))
    assert found.how == "pixels at random"
    assert (found.order == again.order).all() and len(set(found.order.tolist())) == 64


def test_a_flat_model_is_attacked_at_random():
    class Flat(HalfSpace):
        def scores(self, batch: torch.Tensor) -> torch.Tensor:
            return batch.flatten(1)[:, :2] * 0 + 1

    found = found_by(Flat(0.3), HIERARCHICAL, 0, (1, 8, 8))
    assert found.how == "pixels at random"


def attack(channels: int = 1, **changes) -> PixelAttack:
    """Pixel 5 first, then 6, 7, ...; upwards in even and downwards in odd ones."""
    pixels = np.arange(16)
    sign = np.where(pixels % 2 == 0, 1.0, -1.0).reshape(1, 4, 4).repeat(channels, axis=0)
    facts = {
        "original": np.full((channels, 4, 4), 0.5, dtype=np.float32),
        "direction": (sign * (1 + pixels.reshape(1, 4, 4) / 10)).astype(np.float32),
        "order": np.roll(pixels, -5),
        "how": "greedy",
    }
    return PixelAttack(**{**facts, **changes})


def places(one: PixelAttack, changed: np.ndarray) -> list[int]:
    return (changed != one.original).any(axis=0).ravel().nonzero()[0].tolist()


@pytest.mark.parametrize("count", [0, 1, 3, 16])
@pytest.mark.parametrize(("norm", "order"), [("l1", 1), ("l2", 2), ("linf", np.inf)])
def test_a_move_touches_so_many_pixels_and_has_exactly_this_norm(count, norm, order):
    one = attack(channels=3)
    found = one.moved(count, 0.3, norm)
    assert len(places(one, found)) == count
    change = (found - one.original).ravel()
    assert np.linalg.norm(change, order) == pytest.approx(0.3 if count else 0.0, rel=1e-5)


def test_the_first_in_order_move_in_their_direction():
    found = attack().moved(2, 0.2, "l2")
    assert places(attack(), found) == [5, 6]
    change = (found - 0.5).ravel()
    assert change[5] < 0 < change[6]


def test_large_moves_are_clipped_for_the_eye():
    changed = attack().moved(1, 3.0, "l2")
    (medium,) = ImagePresenter(attack().original, "plain").show((changed,))
    assert medium.clipped and medium.pixels.min() == 0.0 and changed.min() < 0
    assert medium.places.sum() == 1 and medium.touch == "changed"


def test_overwritten_pixels_are_black_or_white():
    found = attack(channels=3).overwritten(3)
    assert places(attack(channels=3), found) == [5, 6, 7]
    assert found[:, 1, 1].tolist() == [0.0] * 3 and found[:, 1, 2].tolist() == [1.0] * 3


def test_flips_set_zeros_and_ones_each_by_their_order():
    one = attack(original=(np.arange(16).reshape(1, 4, 4) >= 8).astype(np.float32))
    found = one.flipped(2, 1)
    assert places(one, found) == [5, 6, 8]
    assert found.ravel()[[5, 6, 8]].tolist() == [1.0, 1.0, 0.0]
    assert not places(one, one.flipped(0, 0))


def test_a_budget_says_which_kind_of_change_it_is():
    one = attack()
    for budget, wanted in (
        (Budget(things=3), one.overwritten(3)),
        (Budget(things=2, strength=0.2, norm="l2"), one.moved(2, 0.2, "l2")),
        (Budget(strength=0.2, norm="l1"), one.moved(16, 0.2, "l1")),
        (Budget(additions=1, deletions=2), one.flipped(1, 2)),
    ):
        assert (one.change(budget)[0] == wanted).all()
    assert one.change(Budget(additions=1, deletions=2, strength=0.1, norm="l2")) is None


@pytest.mark.parametrize(("norm", "order"), [("l1", 1), ("l2", 2), ("linf", np.inf)])
@pytest.mark.parametrize("size", [64, 50_000])
@pytest.mark.parametrize("radius", [0.1, 127 / 255, 2.0])
def test_whole_steps_within_the_radius(norm, order, size, radius):
    """However many numbers there are, most of the norm is kept and none of it exceeded."""
    direction = torch.from_numpy(np.random.default_rng(size).normal(size=size)).float()
    change = radius * direction / torch.linalg.vector_norm(direction, ord=order)
    found = in_steps(change, norm=norm, radius=radius)
    steps = found.double() * 255
    assert (steps - steps.round()).abs().max() < 1e-4
    reached = float(torch.linalg.vector_norm(found.double(), ord=order))
    assert reached <= radius * (1 + 1e-6)
    assert reached >= radius - 1 / 255 * 1.01 - 1e-9
    assert (found * change >= 0).all()


def test_only_claims_about_8_bit_images_are_shown_in_steps():
    ablation = {"scheme": {"key": "ablation", "entities": 64, "keep": 6}, "noise": "exact"}
    for values, expected in (
        ({}, False),
        ({"noise": "exact"}, True),
        ({"scheme": {"key": "dssn-l1"}}, True),
        ({"scheme": {"key": "uniform-l1"}}, True),
        (ablation, False),
    ):
        assert make_settings(values).law.grid_input is expected
