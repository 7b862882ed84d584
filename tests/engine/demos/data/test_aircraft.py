from __future__ import annotations

import math
from dataclasses import replace

import numpy as np

from engine.demos.data.aircraft import SIDE, TEST, TRAINED_FROM, aircraft, drawn


def test_every_aircraft_lies_inside_the_image_and_on_the_grid():
    for number in range(50):
        what = aircraft(number)
        pixels, places = drawn(what), what.places()
        assert pixels.shape == (1, SIDE, SIDE) and pixels.dtype == np.float32
        assert pixels.min() >= 0 and pixels.max() <= 1
        assert np.array_equal(np.rint(pixels * 255) / np.float32(255), pixels)
        assert places.shape == (3, 2) and places.min() > 0 and places.max() < SIDE


def test_a_keypoint_is_drawn_and_its_surroundings_beyond_are_not():
    what = replace(aircraft(0), heading=0.0, x=16.0, y=16.0, slope=(0.0, 0.0), light=0.4)
    nose, tail, tip = what.places()
    assert nose[0] > tail[0] and tip[1] < 16  # flying right, its left is above
    image = drawn(what)[0]
    for x, y in (nose, tail):
        assert image[int(y), int(x)] > what.ground + 0.2
    assert image[int(tip[1]), int(tip[0])] > what.ground + 0.2
    assert math.isclose(image[2, 2], what.ground, abs_tol=1 / 255)


def test_the_test_set_is_not_trained_on():
    assert TEST <= TRAINED_FROM
