"""The error of two rotations after one another, against rotations worked out one by one."""

import numpy as np
import pytest

from engine.transforms.composed import QUARTER, WIDTHS, Cell, composed
from engine.transforms.low_pass import filtered, low_pass
from engine.transforms.warps import ROTATION, warped

REACH = 2.0


def image_of(rng: np.random.Generator, index: int) -> np.ndarray:
    """Noise, a smooth image, one pixel, or stripes; of an even and an odd side."""
    side = (7, 8)[index % 2]
    image = rng.random((1 + index % 3, side, side))
    if index % 4 == 1:
        image = np.cumsum(np.cumsum(image, 1), 2) / image.size
    elif index % 4 == 2:
        image[:] = 0
        image[:, 3, 2] = 1
    elif index % 4 == 3:
        image[:, ::2] = 1
    return image.astype(np.float32)


def error(image, outer, inner, matrix) -> float:
    """As the classifier would see it: every image rounded to single precision."""

    def turned(pixels, angle):
        return warped(pixels, ROTATION, angle).astype(np.float32)

    apart = turned(turned(image, inner), outer).astype(float) - turned(image, outer + inner)
    return float(np.linalg.norm(filtered(apart, matrix, matrix)))


def bound_at(cells: list[Cell], outer: float) -> float:
    """Of the cell that holds the angle, quarter turns aside."""
    angle = (outer + QUARTER / 2) % QUARTER - QUARTER / 2
    return next(cell.error for cell in cells if cell.low <= angle <= cell.high)


@pytest.mark.walk
@pytest.mark.parametrize("index", range(4))
def test_no_pair_of_angles_exceeds_the_bound_of_its_cell(index):
    rng = np.random.default_rng(index)
    image = image_of(rng, index)
    matrix = low_pass(image.shape[-1], 0.7 * (index % 2))
    cells = sorted(composed(image, REACH, (matrix, matrix), enough=0.0))
    assert cells[0].low == -QUARTER / 2 and cells[-1].high == QUARTER / 2
    assert all(one.high == other.low for one, other in zip(cells, cells[1:], strict=False))
    pairs = [(rng.uniform(-200, 200), rng.uniform(-REACH, REACH)) for _ in range(120)]
    pairs += [(outer, sign * REACH) for outer in (-45.0, 0.1, 44.9) for sign in (-1, 1)]
    found = [error(image, *pair, matrix) for pair in pairs]
    bounds = [bound_at(cells, outer) for outer, _ in pairs]
    assert all(seen <= bound for seen, bound in zip(found, bounds, strict=True))
    worst = max(found)
    assert max(bounds) < 2.5 * worst  # not so far above that nothing could rest on it


def test_cells_that_are_small_enough_are_left_whole():
    image = image_of(np.random.default_rng(1), 1)
    matrix = low_pass(image.shape[-1], 1.0)
    rough = composed(image, 2.0, (matrix, matrix), enough=1e9)
    assert len(rough) == QUARTER / WIDTHS[0]
    enough = float(np.median([cell.error for cell in rough]))
    finer = composed(image, 2.0, (matrix, matrix), enough=enough)
    assert len(rough) < len(finer)
    assert sum(cell.high - cell.low for cell in finer) == pytest.approx(QUARTER)
    assert all(cell.error <= enough or cell.high - cell.low == WIDTHS[-1] for cell in finer)


def test_a_black_image_has_no_error():
    matrix = np.eye(5)
    cells = composed(np.zeros((1, 5, 5), np.float32), 5.0, (matrix, matrix), enough=0.1)
    assert max(cell.error for cell in cells) == 0.0
