"""Frames and dots are drawn in colours of their own, inside the image."""

from __future__ import annotations

import numpy as np

from engine.figures.places import Place
from engine.report.plots.base import hex_rgb
from engine.report.plots.frames import colour, draw_places


def test_frames_and_dots_lie_where_they_are() -> None:
    image = np.zeros((64, 64, 3), dtype=np.uint8)
    point = Place(name="nose", outer=(2, 2, 6, 6), at=(4, 4, 4, 4))
    box = Place(name="car", outer=(9, 9, 40, 14), at=(10, 10, 12, 12))
    lone = Place(name="tail", outer=None, at=None)
    draw_places(image, [point, box, lone], 4.0)
    first, second = (hex_rgb(colour(number)) for number in (0, 1))
    assert tuple(image[16, 16]) == tuple(image[8, 12]) == first
    assert tuple(image[48, 36]) == tuple(image[48, 63]) == tuple(image[40, 44]) == second
    assert not image[12, 12].any() and not image[60:].any()
    assert first != second and colour(0) != colour(0, dark=True)
