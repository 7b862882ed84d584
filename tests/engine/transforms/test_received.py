"""What the second rotation of a received image is off by, against clean images by lot."""

from __future__ import annotations

import numpy as np
import pytest

from engine.transforms.composed import QUARTER
from engine.transforms.low_pass import filtered, low_pass
from engine.transforms.received import received
from engine.transforms.warps import ROTATION, warped
from tests.engine.transforms.test_composed import bound_at
from tests.engine.transforms.test_inverted import ROUNDING, clean, rounded

REACH = 0.9


@pytest.mark.walk
@pytest.mark.parametrize("index", range(4))
def test_no_clean_image_is_further_off_than_the_bound_of_its_cell(index):
    rng = np.random.default_rng(index)
    image = clean(rng, index)
    matrix = low_pass(image.shape[-1], 1.0)
    tightest = 0.0
    for inner in (-REACH, 0.13, rng.uniform(0, REACH)):
        given = rounded(warped(image, ROTATION, inner))
        cells = received(given, REACH, 1.0, ROUNDING, width=0.5)
        assert cells[0].low == -QUARTER / 2 and cells[-1].high == QUARTER / 2
        for outer in [*rng.uniform(-200, 200, 60), 0.25 - inner, 45.0]:
            twice = warped(given, ROTATION, outer)
            apart = twice - warped(image, ROTATION, outer + inner)
            seen = float(np.linalg.norm(filtered(apart, matrix, matrix)))
            bound = bound_at(cells, outer)
            assert seen <= bound
            tightest = max(tightest, seen / bound)
    assert tightest > 0.1


def test_a_finer_grid_and_a_smaller_reach_bound_it_closer():
    image = clean(np.random.default_rng(1), 1)
    given = rounded(warped(image, ROTATION, 0.3))
    most = [
        max(cell.error for cell in received(given, reach, 1.0, ROUNDING, width=width))
        for reach, width in ((2.0, 1.0), (0.5, 1.0), (0.5, 0.5))
    ]
    assert most == sorted(most, reverse=True) and most[-1] < most[0]


def test_an_image_of_numbers_beyond_1_has_no_bound():
    cells = received(np.full((1, 5, 5), 2.0), 1.0, 1.0, ROUNDING, width=1.0)
    assert all(cell.error == np.inf for cell in cells)
