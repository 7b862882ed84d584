import threading

import numpy as np
import pytest
import torch

from engine.evidence.settings import CertifySettings
from engine.explain.examples import MOST_TRIES, affordable, answers, examples, named
from engine.inputs.base import FittedInput
from engine.noise.gaussian import NoiseStream, Stream
from engine.procedures.run import run_key
from engine.regions import Ball, GainBrightness, Interval
from engine.schemes import parse_scheme
from tests.factories import make_region_run, make_settings
from tests.fakes import HalfSpace, Misbehaving, fitted, identity

BALL = Ball(norm="l2", radius=0.3, unit="pixels in [0,1]")


class Told(HalfSpace):
    """The half space, for an image with an indicator or with its complement."""

    def __init__(self, encoding: str) -> None:
        super().__init__(0.9)
        self.identity = identity(encoding=encoding, input_shape=(2, 8, 8))


def settings(key: str, **parameters) -> CertifySettings:
    return CertifySettings(scheme=parse_scheme({"key": key, **parameters}), n=1000)


def image(example) -> np.ndarray:
    return example.media[0].pixels


def test_samples_are_those_of_the_preview_stream() -> None:
    model, given, settings = HalfSpace(0.3), fitted(0.5), CertifySettings()
    found = examples(model, given, settings, region=None, center_class=None)
    wanted = torch.empty((3, *given.pixels.shape))
    key = run_key(model, given, settings)
    stream = NoiseStream(key, int(Stream.PREVIEW), torch.device("cpu"))
    settings.scheme.noise().draw(torch.from_numpy(given.pixels), stream, 0, wanted)
    for sample, noisy in zip(found.samples, wanted.clamp(0, 1).numpy(), strict=True):
        assert (image(sample) == noisy).all() and sample.media[0].places is None


def test_answers_come_by_name_and_failures_have_none() -> None:
    model, batch = HalfSpace(0.3), torch.zeros((4, 1, 8, 8))
    assert set(answers(model, batch)) <= set(model.identity.class_names)
    assert answers(Misbehaving("nan"), batch) == ["no class"] * 4
    assert named(model, 0) == model.identity.class_names[0] and named(model, -1) == "no class"


def test_the_change_has_exactly_the_certified_size():
    found = examples(HalfSpace(0.9), fitted(0.5), CertifySettings(), region=BALL, center_class=0)
    changed = found.middle()
    assert not changed.media[0].clipped and changed.media[0].places is None
    change = image(changed) - image(found.original)
    assert float(np.linalg.norm(change)) == pytest.approx(0.3, abs=1e-5)
    assert found.attack.how == "adversarial direction"
    assert found.changes == ({"radius": 0.3},) and found.answers == (changed.answer,) != ("",)


def test_a_change_of_another_norm_has_that_norm():
    ball = BALL.model_copy(update={"norm": "l1"})
    found = examples(HalfSpace(0.9), fitted(0.5), CertifySettings(), region=ball, center_class=None)
    assert np.abs(image(found.middle()) - image(found.original)).sum() == pytest.approx(
        0.3, abs=1e-4
    )
    assert found.attack.how == "random direction"


def test_without_a_certificate_there_are_three_noisy_samples_with_answers():
    found = examples(
        HalfSpace(10.0), fitted(0.5), CertifySettings(), region=None, center_class=None
    )
    assert [sample.caption for sample in found.samples] == ["noisy: class 0"] * 3
    assert found.original.caption == "without noise: class 0"
    assert found.attack is None and found.changes == () and found.middle() is None
    empty = BALL.model_copy(update={"radius": 0.0})
    found = examples(HalfSpace(10.0), fitted(0.5), CertifySettings(), region=empty, center_class=0)
    assert found.attack is None


def test_a_region_that_speaks_of_something_else_has_no_attack():
    shift = Interval(term="brightness", lower=-0.2, upper=0.2, unit="brightness in [0,1]")
    found = examples(HalfSpace(0.9), fitted(0.5), CertifySettings(), region=shift, center_class=0)
    assert found.attack is None and found.changes == () and len(found.samples) == 3


def test_what_is_certified_of_a_transformation_is_shown():
    """Both ends of the interval, every pixel moved by as much, of a scheme that moves pixels."""
    shift = Interval(term="brightness", lower=-0.2, upper=0.1236, unit="brightness in [0,1]")
    given = fitted(0.5)
    found = examples(HalfSpace(0.9), given, settings("brightness"), region=shift, center_class=0)
    moved = [found.changed(change) for change in found.changes]
    assert [round(one["brightness"], 3) for one in found.changes] == [
        -0.199, -0.099, 0.061, 0.123,
    ]  # fmt: skip
    for example, by in zip(moved[::3], (-0.199, 0.123), strict=True):
        expected = np.clip(given.pixels + np.float32(by), 0, 1)
        np.testing.assert_allclose(example.media[0].pixels, expected, atol=1e-6)
    assert moved[3].caption == "changed: class 0 (brightness +0.123)"
    assert [one.caption for one in found.strip()] == [one.caption for one in moved]


def test_pairs_of_gain_and_brightness_are_shown_at_their_ends():
    scheme = settings("contrast-brightness")
    region = GainBrightness(sigma_k=0.2, sigma_b=0.2, p_lower=0.9)
    found = examples(HalfSpace(0.9), fitted(0.5), scheme, region=region, center_class=0)
    assert len(found.strip()) == 4 and all(len(one.media) == 1 for one in found.strip())
    darker = found.changes[0]
    pixels = found.strip()[0].media[0].pixels
    np.testing.assert_allclose(pixels, darker["gain"] * 0.5, atol=1e-6)


def test_a_stop_leaves_out_the_attack():
    stop = threading.Event()
    stop.set()
    found = examples(
        HalfSpace(0.9), fitted(0.5), CertifySettings(), region=BALL, center_class=0, stop=stop
    )
    assert found.attack is None and len(found.samples) == 3


def test_noised_pixels_are_those_the_indicator_names():
    found = examples(
        Told("indicator"), fitted(0.5), settings("hierarchical-gaussian", p=0.6),
        region=None, center_class=0,
    )  # fmt: skip
    for sample in found.samples:
        pixels, places = image(sample), sample.media[0].places
        assert sample.media[0].touch == "noised"
        assert pixels.shape == (1, 8, 8) and places.shape == (8, 8)
        assert (pixels[0][~places] == 0.5).all()
        assert (pixels[0][places] != 0.5).mean() > 0.9
        assert 0 < places.sum() < 64


@pytest.mark.parametrize("encoding", ["complement", "indicator"])
def test_what_was_taken_away_is_known_from_both_encodings(encoding):
    scheme = (
        settings("ablation", entities=64, keep=20)
        if encoding == "complement"
        else settings("hierarchical-ablation", p=0.7)
    )
    found = examples(Told(encoding), fitted(0.5), scheme, region=None, center_class=0)
    for sample in found.samples:
        pixels, places = image(sample), sample.media[0].places
        assert sample.media[0].touch == "taken away"
        assert (pixels[0][places] == 0).all() and (pixels[0][~places] == 0.5).all()
        assert encoding == "indicator" or places.sum() == 44


@pytest.mark.parametrize("encoding", ["indicator", "complement"])
def test_an_attack_starts_with_the_pixel_that_matters(encoding):
    scheme = (
        settings("ablation", entities=64, keep=40)
        if encoding == "complement"
        else settings("hierarchical-gaussian", p=0.8)
    )
    region = make_region_run("count").region
    found = examples(Told(encoding), fitted(0.5), scheme, region=region, center_class=0)
    assert found.changes == region.changes() and len(found.answers) == len(found.changes)
    assert found.attack.how.startswith("greedy")
    first = found.changed({"entities": 1.0}).media[0]
    assert first.places[0, 0] and first.places.sum() == 1
    assert first.pixels[0, 0, 0] == 1.0  # towards class 1


@pytest.mark.parametrize("kind", ["table", "text", "pair"])
def test_rows_and_texts_without_a_tokenizer_have_none(kind):
    given = fitted()
    other = FittedInput(given.identity.model_copy(update={"kind": kind}), given.arrays)
    assert (
        examples(HalfSpace(0.3), other, CertifySettings(), region=None, center_class=None) is None
    )
    assert torch.is_grad_enabled()


@pytest.mark.parametrize("values", [{"scheme": {"key": "dssn-l1"}}, {"noise": "exact", "seed": 1}])
def test_a_claim_about_8_bit_images_is_shown_on_one(values):
    settings = make_settings(values)
    norm = "l1" if settings.law.grid_input else "l2"
    ball = BALL.model_copy(update={"norm": norm})
    found = examples(HalfSpace(0.9), fitted(0.1004), settings, region=ball, center_class=0)
    for one in (found.original, found.middle()):
        steps = image(one).astype(np.float64) * 255
        assert np.abs(steps - np.rint(steps)).max() < 1e-4
    assert 0.29 < found.changes[0]["radius"] <= 0.3
    assert found.attack.how.endswith("direction, in steps of 1/255")
    change = (image(found.middle()).astype(np.float64) - image(found.original)).ravel()
    assert np.linalg.norm(change, 1 if norm == "l1" else 2) <= 0.3 + 1e-6


def test_what_there_is_time_for():
    assert affordable(1e-4) == affordable(0.002) == MOST_TRIES
    assert affordable(0.0301) == 16 and affordable(0.009) == 64
    assert affordable(2.0) == 1
