import math

import numpy as np
import pytest

from engine.transforms.warps import ROTATION, SCALING, disc, offsets, warped

RNG = np.random.default_rng(3)


def by_hand(image, place):
    """One bilinear value of one channel at (row, column), by the definition."""
    total, (rows, columns) = 0.0, image.shape
    for row in range(rows):
        for column in range(columns):
            near = max(0.0, 1 - abs(place[0] - row)) * max(0.0, 1 - abs(place[1] - column))
            total += near * image[row, column]
    return total


@pytest.mark.parametrize("shape", [(1, 6, 6), (3, 5, 8), (2, 7, 4)])
@pytest.mark.parametrize(
    ("warp", "parameter"), [(ROTATION, 33.0), (ROTATION, -170.0), (SCALING, -0.4), (SCALING, 0.7)]
)
def test_every_value_is_the_bilinear_one(shape, warp, parameter):
    image = RNG.random(shape)
    found = warped(image, warp, parameter)
    centre = (shape[1] - 1) / 2, (shape[2] - 1) / 2
    turn = math.radians(parameter)
    for row in range(shape[1]):
        for column in range(shape[2]):
            down, right = row - centre[0], column - centre[1]
            if math.hypot(down, right) > (min(shape[1:]) - 1) / 2 + 1e-12:
                assert not found[:, row, column].any()
                continue
            if warp is ROTATION:
                source = (
                    math.sin(turn) * right + math.cos(turn) * down,
                    math.cos(turn) * right - math.sin(turn) * down,
                )
            else:
                source = down / (1 + parameter), right / (1 + parameter)
            place = centre[0] + source[0], centre[1] + source[1]
            expected = [by_hand(channel, place) for channel in image]
            assert found[:, row, column] == pytest.approx(expected, abs=1e-12)


def test_a_quarter_turn_is_counter_clockwise_and_exact():
    image = RNG.random((2, 7, 7))
    kept = image * disc(7, 7)
    assert warped(image, ROTATION, 90.0) == pytest.approx(np.rot90(kept, axes=(1, 2)), abs=1e-12)
    assert warped(image, ROTATION, 0.0) == pytest.approx(kept, abs=1e-15)
    assert warped(image, SCALING, 0.0) == pytest.approx(kept, abs=1e-15)


def test_the_disc_is_the_inscribed_one():
    assert disc(4, 4).sum() == 4 and disc(5, 5).sum() == 13 and disc(3, 9).sum() == 5
    assert len(offsets(5, 5).down) == 13


def test_a_wider_image_has_the_disc_of_its_short_side():
    wide = disc(5, 9)
    assert np.array_equal(wide[:, 2:7], disc(5, 5)) and wide.sum() == disc(5, 5).sum()


@pytest.mark.parametrize("warp", [ROTATION, SCALING])
def test_speeds_bound_what_sources_do(warp):
    at = offsets(9, 9)
    middles, half = np.array([0.7, 1.4]), 0.1
    speeds = warp.speeds(at, middles, half)
    for index, middle in enumerate(middles):
        times = np.linspace(middle - half, middle + half, 201)
        path = warp.sources(at, times)
        for axis in range(2):
            moved = np.abs(np.diff(path[axis], axis=0)) / np.diff(times)[:, None]
            assert (moved <= speeds[axis][index] * (1 + 1e-9) + 1e-9).all()


def test_a_range_that_reaches_scale_0_has_no_speed():
    speeds = SCALING.speeds(offsets(5, 5), np.array([-0.9]), 0.2)
    assert np.isinf(speeds.down.max()) and not np.isnan(speeds.down).any()
