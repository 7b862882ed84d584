import numpy as np
import pytest
import torch

from engine.grid import on_grid
from engine.inputs.base import FittedInput, pixels_sha256
from engine.noise import Stream
from engine.randomness import Randomness
from engine.records import InputIdentity, ProbabilityBounds
from engine.settings import RunSettings


def randomness(mode: str) -> Randomness:
    settings = RunSettings(noise=mode)
    return Randomness(settings, key=7, elements=64, device=torch.device("cpu"))


def bounds() -> ProbabilityBounds:
    return ProbabilityBounds(
        method="live", alpha=0.01, n=1, top=0, p_lower=0.9, p_upper=0.1, valid=True, basis=""
    )


def picture(value: float) -> FittedInput:
    pixels = np.full((1, 2, 2), value, dtype=np.float32)
    identity = InputIdentity(
        name="x",
        source="x",
        sha256="0",
        pixels_sha256=pixels_sha256(pixels),
        shape=(1, 2, 2),
    )
    return FittedInput.picture(identity, pixels)


def test_float_noise_proves_nothing_about_itself_and_changes_no_bound():
    float_noise = randomness("float")
    assert float_noise.weakened(bounds()) == bounds()
    assert float_noise.record().arithmetic == "float"


def test_exact_noise_pays_its_distance_from_the_law():
    exact = randomness("exact")
    weakened = exact.weakened(bounds())
    assert weakened.p_lower == 0.9 - exact.total_variation < 0.9
    assert weakened.p_upper > 0.1
    record = exact.record()
    assert record.arithmetic == "exact grid" and len(record.table_sha256) == 64


def test_sources_differ_by_stream():
    source = randomness("exact").source
    a, b = torch.empty(4, 1, 2, 2), torch.empty(4, 1, 2, 2)
    source(Stream.SELECTION).gaussian_(a, torch.zeros(1, 2, 2), sigma=0.5, start=0)
    source(Stream.ESTIMATION).gaussian_(b, torch.zeros(1, 2, 2), sigma=0.5, start=0)
    assert not torch.equal(a, b)


def test_an_input_on_the_grid_stays_as_it_is():
    fitted = picture(128 / 255)
    assert on_grid(fitted) == (fitted, "")


def test_an_input_off_the_grid_is_rounded_and_that_is_said():
    fitted = picture(0.31)
    rounded, remark = on_grid(fitted)
    assert float(rounded.pixels[0, 0, 0]) == pytest.approx(79 / 255, abs=1e-7)
    assert rounded.identity.pixels_sha256 != fitted.identity.pixels_sha256
    assert rounded.identity.adaptation == "rounded to 8 bits per pixel"
    assert "the rounded picture is what is certified" in remark
