"""The frames that a tolerance leaves, on the input and on what noise and changes make of it."""

from __future__ import annotations

import math

import numpy as np
import pytest
import torch

from engine.core.generators import result_of
from engine.evidence.settings import ExactSettings
from engine.explain.examples import examples
from engine.explain.frames import framed
from engine.explain.illustrations import counterexample, illustrate
from engine.figures.examples import Example, ExamplesFigure
from engine.figures.media import ImageMedium
from engine.figures.places import within_tolerance
from engine.inputs import load_input
from engine.models import ModelRequest, fitted, load_model
from engine.procedures.certify import certify
from engine.regions import LightMap
from engine.schemes import ExactMap


def image(example: Example) -> ImageMedium:
    (found,) = example.media
    assert isinstance(found, ImageMedium)
    return found


@pytest.fixture(scope="module")
def detector():
    return load_model(ModelRequest("demo:aircraft"))


@pytest.mark.parametrize("half", [0.3, 0.9])
def test_frames_and_a_violating_image_beside_a_map(detector, half: float) -> None:
    """Whether or not anything of the box is certified."""
    given = fitted(detector, load_input("aircraft:1"))
    scheme = ExactMap(contrast=half, brightness=half, cells=1 if half > 0.5 else 31, samples=20)
    evidence = result_of(certify(detector, given, ExactSettings(scheme=scheme)))
    figure = illustrate(evidence, detector, given).examples
    assert isinstance(figure, ExamplesFigure)
    bound = detector.bound_to(given)
    frames = image(figure.original).frames
    assert [one.name for one in frames] == ["nose", "tail", "left wing tip"]
    x, y = bound.outputs.reference[:2]
    assert frames[0].outer == (4 * (x - 1), 4 * (y - 1), 4 * (x + 2), 4 * (y + 2))
    assert frames[0].at == (4 * x + 2, 4 * y + 2, 4 * x + 2, 4 * y + 2)
    assert all(image(one).frames[0].outer == frames[0].outer for one in figure.samples)
    change = counterexample(evidence)
    assert (change is None) == (figure.violated is None)
    if change is None:
        return
    assert figure.violated is not None and figure.violated.answer.startswith("not all 3 keypoints")
    moved = torch.from_numpy(scheme.transformed(given.pixels, change))[None]
    assert bound.classify(moved).item() != 0
    seen = evidence.region or scheme.known(evidence.facts).drawn
    assert isinstance(seen, LightMap) and seen.status(change) == "v"


def test_of_other_models_nothing_is_framed(detector) -> None:
    model = load_model(ModelRequest("demo:digits-0.25"))
    given = fitted(model, load_input("digits:52"))
    media = [(ImageMedium.of(given.pixels),)]
    assert framed(model, media) == media
    assert framed(detector, media) == media  # bound to no input


def test_an_answer_that_is_not_finite_has_a_frame_alone(detector) -> None:
    bound = detector.bound_to(fitted(detector, load_input("aircraft:0")))
    places = within_tolerance(bound.outputs, (1, 32, 32), [math.nan] * 6)
    assert all(place.at is None and place.outer is not None for place in places)
    image = ImageMedium(pixels=np.zeros((1, 32, 32), dtype=np.float32), frames=places)
    assert image.key().startswith("frames: within the tolerance") and not image.told()


def test_examples_without_a_map_violate_nothing(detector) -> None:
    given = fitted(detector, load_input("aircraft:0"))
    settings = ExactSettings(scheme=ExactMap(samples=20))
    found = examples(detector, given, settings, region=None, center_class=0)
    assert found is not None and found.violated is None
