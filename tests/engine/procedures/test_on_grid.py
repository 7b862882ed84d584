import numpy as np
import pytest

from engine.core.records import InputIdentity
from engine.inputs.base import FittedInput, pixels_sha256
from engine.procedures.on_grid import on_grid


def image(value: float) -> FittedInput:
    pixels = np.full((1, 2, 2), value, dtype=np.float32)
    identity = InputIdentity(
        name="x",
        source="x",
        sha256="0",
        pixels_sha256=pixels_sha256(pixels),
        shape=(1, 2, 2),
    )
    return FittedInput.image(identity, pixels)


def test_an_input_on_the_grid_stays_as_it_is():
    fitted = image(128 / 255)
    assert on_grid(fitted) == (fitted, "")


def test_an_input_off_the_grid_is_rounded_and_that_is_said():
    fitted = image(0.31)
    rounded, remark = on_grid(fitted)
    assert float(rounded.pixels[0, 0, 0]) == pytest.approx(79 / 255, abs=1e-7)
    assert rounded.identity.pixels_sha256 != fitted.identity.pixels_sha256
    assert rounded.identity.adaptation == "rounded to 8 bits per pixel"
    assert "the rounded image is what is certified" in remark
