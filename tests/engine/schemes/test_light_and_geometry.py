"""Bad input of the schemes of light and geometry: each a sentence that says what would work."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from engine.core.errors import UserError
from engine.evidence.settings import CertifySettings, SweepSettings
from engine.noise.gaussian import NoiseStream
from engine.procedures.run import setting_warnings
from engine.schemes import SCHEMES, Blur, ContrastBrightness, Scheme, parse_scheme
from engine.schemes.rotation import Rotation
from tests.fakes import HalfSpace, fitted

FAMILY = [scheme for scheme in SCHEMES if scheme.family == "semantic"]
NOISY = [scheme for scheme in FAMILY if scheme.key != "translation-black"]
SQUARE = {"nested-rotation", "individual-rotation"}
"""Of images that a quarter turn maps to themselves."""
SMALLEST = {"rotation": 3, "scaling": 3, "nested-rotation": 3, "individual-rotation": 3}


def named(scheme: type[Scheme]) -> str:
    return scheme.key


@pytest.mark.parametrize(
    ("key", "given", "sentence"),
    [
        ("rotation", {"degrees": 181}, "degrees must be .* 180"),
        ("rotation", {"degrees": 0}, "degrees must be"),
        ("scaling", {"scale": 1.0}, "scale must be"),
        ("nested-rotation", {"reach": 181}, "reach must be .* 180"),
        ("individual-rotation", {"reach": 46}, "reach must be .* 45"),
        ("heuristic-rotation", {"sigma_gamma": 0}, "sigma_gamma must be"),
        ("translation-black", {"reach": 0}, "reach must be"),
        ("nested-translation", {"error": 0}, "error must be"),
        ("blur", {"lam": -1}, "lam must be"),
        ("contrast-brightness", {"sigma_k": 0}, "sigma_k must be"),
        ("brightness", {"sigma_b": -0.1}, "sigma_b must be"),
    ],
)
def test_parameters_that_cannot_be_are_refused(key, given, sentence):
    with pytest.raises(UserError, match=sentence):
        parse_scheme({"key": key, **given})


@pytest.mark.parametrize(
    ("scheme", "asked", "sentence"),
    [
        (ContrastBrightness(), "gain=0,brightness=0", "gain must be above 0"),
        (ContrastBrightness(), "gain=-1,brightness=0", "gain must be above 0"),
        (Blur(), "blur=-1", "blur must be a finite number >= 0"),
        (Rotation(), "rotation=nan", "rotation must be a finite number"),
        (Rotation(), "turn=3", "knows the terms rotation, brightness, radius, not 'turn'"),
    ],
)
def test_changes_that_cannot_be_are_refused(scheme, asked, sentence):
    with pytest.raises(UserError, match=sentence):
        scheme.parse_at(asked)


@pytest.mark.walk
@pytest.mark.parametrize("scheme", FAMILY, ids=named)
@pytest.mark.parametrize("shape", [(1, 8, 8), (3, 8, 8), (1, 6, 9), (3, 9, 6), (1, 2, 2)])
def test_grey_colour_oblong_and_small_images_are_drawn_or_refused_in_a_sentence(scheme, shape):
    """A picture smaller than a filter, a blur or a shift is no reason to fail."""
    made, (_, height, width) = scheme(), shape
    given = fitted().identity.model_copy(update={"shape": shape})
    if scheme.key in SQUARE and height != width:
        with pytest.raises(UserError, match=f"square images.*{width} by {height} pixels"):
            made.check_input(given)
        return
    if min(height, width) < SMALLEST.get(scheme.key, 1):
        with pytest.raises(UserError, match=r"at least 3 x 3|3 to \d+ pixels a side"):
            made.check_input(given)
        return
    made.check_input(given)
    image = torch.from_numpy(np.random.default_rng(1).random(shape).astype(np.float32))
    out = torch.empty(4, *shape)
    law = made.noise()
    law.draw(image, NoiseStream(7, 1), 0, out)
    assert torch.isfinite(out).all()


@pytest.mark.parametrize("scheme", NOISY, ids=named)
def test_a_model_that_was_trained_with_other_noise_is_warned_of(scheme):
    model = HalfSpace(0.5)
    model.identity = model.identity.model_copy(update={"training_sigma": 0.77})
    settings = SweepSettings if scheme.sweeps else CertifySettings
    warned = setting_warnings(model, settings(scheme=scheme()))
    assert any("trained" in sentence for sentence in warned)
