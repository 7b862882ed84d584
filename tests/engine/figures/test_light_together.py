"""Smoothing certificates over an exact map: borders in its parameters, and whose they are."""

from __future__ import annotations

import math

import numpy as np
import pytest

from engine.core.generators import result_of
from engine.evidence.attack import AttackRecord
from engine.evidence.evidence import Evidence
from engine.evidence.settings import CertifySettings, ExactSettings
from engine.exact.light import Convention
from engine.figures.light_together import lights_together, outline, parameters
from engine.inputs import load_input
from engine.models import ModelRequest, fitted, load_model
from engine.procedures.certify import certify
from engine.regions import GainBrightness, LightMap
from engine.report.plots.region import draw
from engine.schemes import ContrastBrightness, ExactMap

REGION = GainBrightness(sigma_k=0.2, sigma_b=0.2, p_lower=0.8)


def exact(convention: Convention, half: float = 0.5) -> LightMap:
    return LightMap(contrast=half, brightness=half, convention=convention, clip=True, cells="c")


@pytest.mark.walk
@pytest.mark.parametrize("convention", ["linear", "exponential"])
def test_the_border_is_that_of_the_certificate(convention: Convention) -> None:
    found = exact(convention)
    line = np.array(outline(REGION, found))
    assert (line[0] == line[-1]).all() and len(line) > 60
    for first, shift in line[5:-5:7].tolist():
        gain = 1 + first if convention == "linear" else math.exp(first)
        brightness = shift / gain if convention == "linear" else shift
        for share, held in ((0.99, True), (1.01, False)):
            change = {"gain": 1 + share * (gain - 1), "brightness": share * brightness}
            assert REGION.contains(change) == held, (change, share)
        back = parameters({"gain": gain, "brightness": brightness}, found)
        assert back == pytest.approx((first, shift))


def test_a_border_ends_at_the_box() -> None:
    line = np.array(outline(REGION, exact("linear", 0.05)))
    assert np.abs(line).max() == pytest.approx(0.05)


@pytest.fixture(scope="module")
def runs() -> tuple[Evidence, Evidence]:
    model = load_model(ModelRequest("demo:digits-0.25"))
    given = fitted(model, load_input("digits:52"))
    scheme = ExactMap(contrast=0.2, brightness=0.1, cells=7, samples=20)
    mapped = result_of(certify(model, given, ExactSettings(scheme=scheme)))
    smooth = CertifySettings(scheme=ContrastBrightness(), n=200)
    return mapped, result_of(certify(model, given, smooth))


@pytest.mark.thorough
def test_runs_of_one_image_and_model_are_drawn_together(runs) -> None:
    mapped, smoothed = runs
    assert mapped.region is not None and smoothed.region is not None
    attack = AttackRecord(outcome="found", how="x", perturbation={"gain": 1.1, "brightness": 0.05})
    attacked = smoothed.model_copy(update={"attack": attack})
    figure = lights_together([("s", attacked), ("e", mapped)])
    assert figure is not None
    (one,) = figure.beside
    assert one.words == "s: smoothing, unclipped, and an attack on it"
    assert one.attack == pytest.approx((0.1, 0.055))
    (drawn,) = draw(figure).data["beside"]
    assert drawn["attack"] == pytest.approx([0.75, 0.775])
    far = attack.model_copy(update={"perturbation": {"gain": 2.0, "brightness": 0.05}})
    figure = lights_together([("e", mapped), ("s", smoothed.model_copy(update={"attack": far}))])
    assert figure is not None and figure.beside[0].attack is None
    assert figure.beside[0].words.endswith("outside the box")


def test_other_images_and_models_are_not_mixed(runs) -> None:
    mapped, smoothed = runs
    pixels = smoothed.input.model_copy(update={"pixels_sha256": "0"})
    model = smoothed.model.model_copy(update={"sha256": "0"})
    for other in ({"input": pixels}, {"model": model}):
        changed = smoothed.model_copy(update=other)
        assert lights_together([("e", mapped), ("s", changed)]) is None
    assert lights_together([("e", mapped)]) is None and lights_together([("s", smoothed)]) is None
