import math

import numpy as np
import pytest

from engine.transforms.travel import travel
from engine.transforms.warps import ROTATION, SCALING, offsets, padded, values

MANY = 1_000


def sampled(image, warp, low, high):
    """The largest distance from the anchor among many parameters, in single precision."""
    times = np.append(np.linspace(low, high, MANY), (low + high) / 2)
    shown = values(padded(image), warp.sources(offsets(*image.shape[1:]), times))
    shown = shown.astype(np.float32).astype(np.float64)
    return float(np.sqrt(((shown[:, :-1] - shown[:, -1:]) ** 2).sum((0, 2))).max())


def image_of(rng, index):
    """Noise, a smooth image, one pixel, or stripes; grey or in colour, of several sizes."""
    channels, side, other = (1, 3)[index % 2], int(rng.integers(3, 13)), int(rng.integers(3, 13))
    image = rng.random((channels, side, other))
    kind = index % 4
    if kind == 1:
        image = np.cumsum(np.cumsum(image, 1), 2) / image.size
    elif kind == 2:
        image[:] = 0
        image[:, side // 3, other // 2] = 1
    elif kind == 3:
        image[:, ::2] = 1
    return image.astype(np.float32)


@pytest.mark.walk
@pytest.mark.parametrize("warp", [ROTATION, SCALING])
def test_no_parameter_between_anchors_moves_further_than_the_bound(warp):
    rng = np.random.default_rng(11)
    finest = []
    for index in range(100):
        image = image_of(rng, index)
        span = 10.0 ** rng.uniform(-3.0, 1.0) * (1.0 if warp is ROTATION else 0.02)
        low = rng.uniform(-40, 40) if warp is ROTATION else rng.uniform(-0.5, 0.8)
        bound, found = travel(image, warp, low, low + span), sampled(image, warp, low, low + span)
        assert found <= bound
        if span < 0.05 * (1.0 if warp is ROTATION else 0.02) and found > 1e-4:
            finest.append(bound / found)
    assert len(finest) > 20 and max(finest) < 3


def test_kinks_between_pixels_are_seen():
    """Half-way between sub-points of the range a pixel passes: the slope beside it is larger."""
    image = np.zeros((1, 9, 9), dtype=np.float32)
    image[0, 4, 8] = 1.0
    for low in np.linspace(-8.0, 8.0, 41):
        assert sampled(image, ROTATION, low, low + 1.0) <= travel(image, ROTATION, low, low + 1.0)


def test_a_range_too_wide_for_its_pieces_has_no_bound():
    image = np.ones((1, 33, 33), dtype=np.float32)
    assert math.isinf(travel(image, ROTATION, -30.0, 30.0))
    assert math.isinf(travel(image, SCALING, -0.99, 0.0))
    assert math.isfinite(travel(image, ROTATION, -0.5, 0.5))


def test_a_black_image_moves_nowhere_and_a_scaled_one_keeps_its_bound():
    assert travel(np.zeros((3, 6, 6)), ROTATION, -1.0, 1.0) == 0.0
    image = np.random.default_rng(2).random((1, 8, 8))
    one, ten = (travel(by * image, ROTATION, 3.0, 3.4) for by in (1.0, 10.0))
    assert ten == pytest.approx(10 * one, rel=1e-9)


@pytest.mark.parametrize("odd", [np.nan, np.inf, -np.inf])
def test_an_image_that_is_not_finite_has_no_bound(odd: float) -> None:
    image = np.zeros((1, 8, 8))
    image[0, 4, 4] = odd
    assert travel(image, ROTATION, -0.1, 0.1) == math.inf
