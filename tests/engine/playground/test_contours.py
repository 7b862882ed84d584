from __future__ import annotations

import numpy as np
import pytest

from engine.playground.contours import level_lines

SIDE = np.linspace(-2.0, 2.0, 81)


def test_the_level_line_of_a_distance_is_a_circle():
    x, y = np.meshgrid(SIDE, SIDE)
    lines = level_lines(np.hypot(x, y), SIDE, SIDE, 1.25)
    assert np.hypot(lines[..., 0], lines[..., 1]) == pytest.approx(1.25, abs=1e-3)
    length = np.linalg.norm(lines[:, 0] - lines[:, 1], axis=1).sum()
    assert length == pytest.approx(2 * np.pi * 1.25, rel=1e-3)


@pytest.mark.parametrize("middle", [1.0, -1.0])
def test_a_saddle_is_divided_as_its_middle_says(middle):
    corner = 1.0 + middle / 2  # the mean of the four corners has the sign of the middle
    field = np.array([[corner, -1.0], [-1.0, corner]])
    lines = level_lines(field, np.array([0.0, 1.0]), np.array([0.0, 1.0]), 0.0)
    assert len(lines) == 2
    joined = (lines.mean(axis=1) @ np.array([1.0, -1.0])).tolist()
    # corners 00 and 11 are joined when the middle is high: both lines run along that diagonal
    along = np.abs(lines[:, 0] - lines[:, 1]) @ np.array([1.0, 1.0])
    assert (
        sorted(joined)[0] < 0 < sorted(joined)[1] if middle > 0 else max(map(abs, joined)) < 1e-12
    )
    assert (along > 0).all()


def test_a_flat_field_has_no_line():
    assert level_lines(np.ones((3, 4)), np.arange(4.0), np.arange(3.0), 0.5).shape == (0, 2, 2)
