import numpy as np
import pytest
import torch

from engine.evidence.settings import RunSettings
from engine.explain.examples import meaning
from engine.inputs.base import FittedInput
from engine.regions import Ball
from engine.schemes import parse_scheme
from tests.fakes import HalfSpace, fitted, identity

BALL = Ball(norm="l2", radius=0.3, unit="pixels in [0,1]")


class Told(HalfSpace):
    """The half space, for an image with an indicator or with its complement."""

    def __init__(self, encoding: str) -> None:
        super().__init__(0.9)
        self.identity = identity(encoding=encoding, input_shape=(2, 8, 8))


def settings(key: str, **parameters) -> RunSettings:
    return RunSettings(scheme=parse_scheme({"key": key, **parameters}), n=1000)


def test_the_change_has_exactly_the_certified_size():
    found = meaning(HalfSpace(0.9), fitted(0.5), RunSettings(), region=BALL, center_class=0)
    assert not found.perturbed_clipped
    change = found.perturbed - found.original
    assert float(np.linalg.norm(change)) == pytest.approx(0.3, abs=1e-5)
    assert found.perturbed_how == "adversarial direction"


def test_a_change_of_another_norm_has_that_norm():
    ball = BALL.model_copy(update={"norm": "l1"})
    found = meaning(HalfSpace(0.9), fitted(0.5), RunSettings(), region=ball, center_class=None)
    assert np.abs(found.perturbed - found.original).sum() == pytest.approx(0.3, abs=1e-4)
    assert found.perturbed_how == "random direction"


def test_three_noisy_copies_with_answers():
    found = meaning(HalfSpace(10.0), fitted(0.5), RunSettings(), region=None, center_class=None)
    assert len(found.noisy) == 3
    assert found.noisy_answers == ("class 0",) * 3
    assert found.perturbed is None and found.perturbed_norm is None
    assert all(image.min() >= 0 and image.max() <= 1 for image in found.noisy)
    assert found.attack is None and found.noisy_places == ()


def test_clipping_is_said():
    found = meaning(HalfSpace(0.3), fitted(0.0), RunSettings(), region=BALL, center_class=0)
    assert found.perturbed_clipped or found.perturbed.min() >= 0


def test_noised_pixels_are_those_the_indicator_names():
    found = meaning(
        Told("indicator"), fitted(0.5), settings("hierarchical-gaussian", p=0.6),
        region=None, center_class=0,
    )  # fmt: skip
    assert found.noisy_mark == "noised"
    for image, places in zip(found.noisy, found.noisy_places, strict=True):
        assert image.shape == (1, 8, 8) and places.shape == (8, 8)
        assert (image[0][~places] == 0.5).all()
        assert (image[0][places] != 0.5).mean() > 0.9
        assert 0 < places.sum() < 64


@pytest.mark.parametrize("encoding", ["complement", "indicator"])
def test_what_was_taken_away_is_known_from_both_encodings(encoding):
    scheme = (
        settings("ablation", entities=64, keep=20)
        if encoding == "complement"
        else settings("hierarchical-ablation", p=0.7)
    )
    found = meaning(Told(encoding), fitted(0.5), scheme, region=None, center_class=0)
    assert found.noisy_mark == "taken away"
    for image, places in zip(found.noisy, found.noisy_places, strict=True):
        assert (image[0][places] == 0).all() and (image[0][~places] == 0.5).all()
        assert encoding == "indicator" or places.sum() == 44


@pytest.mark.parametrize("encoding", ["indicator", "complement"])
def test_an_attack_starts_with_the_pixel_that_matters(encoding):
    scheme = (
        settings("ablation", entities=64, keep=40)
        if encoding == "complement"
        else settings("hierarchical-gaussian", p=0.8)
    )
    found = meaning(Told(encoding), fitted(0.5), scheme, region=None, center_class=0)
    assert found.attack.order[0] == 0 and found.attack.how.startswith("greedy")
    assert found.attack.direction[0, 0, 0] > 0  # towards class 1
    assert found.perturbed is None


def test_without_a_class_pixels_are_drawn_at_random():
    scheme = settings("hierarchical-gaussian")
    found = meaning(Told("indicator"), fitted(0.5), scheme, region=None, center_class=None)
    assert found.attack.how == "pixels at random"
    assert sorted(found.attack.order.tolist()) == list(range(64))


@pytest.mark.parametrize("kind", ["table", "text", "pair"])
def test_rows_and_texts_without_a_tokenizer_have_none(kind):
    given = fitted()
    other = FittedInput(given.identity.model_copy(update={"kind": kind}), given.arrays)
    assert meaning(HalfSpace(0.3), other, RunSettings(), region=None, center_class=None) is None
    assert torch.is_grad_enabled()


@pytest.mark.parametrize("values", [{"scheme": {"key": "dssn-l1"}}, {"noise": "exact"}])
def test_a_claim_about_8_bit_images_is_shown_on_one(values):
    settings = RunSettings.model_validate(values)
    norm = "l1" if settings.law.grid_input else "l2"
    ball = BALL.model_copy(update={"norm": norm})
    found = meaning(HalfSpace(0.9), fitted(0.1004), settings, region=ball, center_class=0)
    for image in (found.original, found.perturbed):
        steps = image.astype(np.float64) * 255
        assert np.abs(steps - np.rint(steps)).max() < 1e-4
    assert 0.29 < found.perturbed_norm <= 0.3
    assert found.perturbed_how.endswith("direction, in steps of 1/255")
    change = (found.perturbed.astype(np.float64) - found.original).ravel()
    assert np.linalg.norm(change, 1 if norm == "l1" else 2) <= 0.3 + 1e-6
