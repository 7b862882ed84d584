"""What a rotated image tells of the one before, against rotations of images by lot."""

from __future__ import annotations

import numpy as np
import pytest

from engine.transforms.inverted import inverted
from engine.transforms.warps import ROTATION, disc, padded, warped
from tests.engine.transforms.test_composed import image_of

ROUNDING = 1.0 / 510


def clean(rng: np.random.Generator, index: int) -> np.ndarray:
    """Numbers in [0, 1], black outside of the disc."""
    image = np.clip(image_of(rng, index).astype(float), 0.0, 1.0)
    return image * disc(*image.shape[1:])


def rounded(image: np.ndarray) -> np.ndarray:
    """As 8 bits keep it."""
    return np.rint(image * 255) / 255


@pytest.mark.parametrize("index", range(4))
def test_the_clean_image_lies_in_the_intervals_of_the_cell_of_its_angle(index):
    rng = np.random.default_rng(index)
    image = clean(rng, index)
    narrowest = 1.0
    for _ in range(25):
        angle, half = rng.uniform(-40, 40), rng.choice([0.0, 0.02, 0.2])
        made = angle + rng.uniform(-half, half)
        known = inverted(rounded(warped(image, ROTATION, made)), angle, half, ROUNDING)
        assert known is not None
        framed = padded(image)
        assert (known.low <= framed + 1e-12).all() and (framed <= known.high + 1e-12).all()
        steps = [np.abs(np.diff(framed, axis=axis)) for axis in (1, 2)]
        assert all(
            (seen <= most + 1e-12).all() for seen, most in zip(steps, known.steps(), strict=True)
        )
        narrowest = min(narrowest, float((known.high - known.low).mean()))
    assert narrowest < 0.4


def test_what_is_black_is_known_to_be_black():
    known = inverted(np.zeros((1, 9, 9)), 10.0, 0.05, ROUNDING)
    assert known is not None
    assert known.high.max() < 0.2 and known.low.max() == 0.0
    assert known.high[0, 3:8, 3:8].max() < 0.02


def test_an_image_that_no_rotation_makes_is_told():
    spot = np.zeros((1, 9, 9))
    spot[0, 4, 3] = 1.0
    assert inverted(spot, 0.0, 0.01, ROUNDING) is not None
    assert inverted(spot, 17.0, 0.01, ROUNDING) is None  # it would have spread over two pixels
    assert inverted(spot + 0.5, 0.0, 0.01, ROUNDING) is None  # above 1
