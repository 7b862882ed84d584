from __future__ import annotations

import numpy as np

from engine.report.plots.marking import hatched, outlined

PLACES = np.array([[True, False], [True, True]])
WHITE = np.full((60, 60, 3), 255, dtype=np.uint8)


def block(pixels: np.ndarray, row: int, column: int) -> np.ndarray:
    return pixels[row * 30 : row * 30 + 30, column * 30 : column * 30 + 30]


def test_hatched_pixels_have_stripes_and_others_none() -> None:
    found = hatched(WHITE, PLACES, "#ff0000")
    for row, column in np.ndindex(PLACES.shape):
        red = (block(found, row, column) == (255, 0, 0)).all(axis=-1).mean()
        assert (0.1 < red < 0.5) if PLACES[row, column] else red == 0
    assert (WHITE == 255).all()


def test_an_outline_goes_around_the_pixels_and_not_between_them() -> None:
    red = (outlined(WHITE, PLACES, "#ff0000") == (255, 0, 0)).all(axis=-1)
    assert red[0, 0] and red[59, 59] and red[15, 29]
    assert not red[15, 15] and not block(red, 0, 1).any()
    assert not red[30, 15] and not red[45, 30]  # inner borders


def test_pixels_too_small_for_a_line_stay_as_they_are() -> None:
    small = np.full((4, 4, 3), 255, dtype=np.uint8)
    assert (outlined(small, PLACES, "#ff0000") == 255).all()
