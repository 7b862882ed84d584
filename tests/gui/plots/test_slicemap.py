"""Maps of classes: images, borders, what is present, where a name has room."""

from __future__ import annotations

import numpy as np
import pytest

from gui.plots.slicemap import borders, classes_present, map_image, roomiest_cell
from gui.style.theme import THEMES

LIGHT = THEMES["light"]


def grid(*rows: list[int]) -> np.ndarray:
    return np.array(rows, dtype=np.int16)


def colors(image: np.ndarray) -> set[tuple[int, ...]]:
    return {tuple(pixel) for pixel in image.reshape(-1, 4).tolist()}


def test_an_image_has_a_colour_per_class_and_nothing_where_nothing_is_known() -> None:
    image = map_image(grid([0, 1], [-2, 1]), LIGHT, chosen=0)
    half = image.shape[0] // 2
    assert len(colors(image[:half, :half])) == 1
    assert len(colors(image[:half, half:])) == 1
    assert colors(image[half:, :half]) == {(0, 0, 0, 0)}
    assert colors(image[:half, :half]) != colors(image[:half, half:])


def test_the_chosen_class_is_a_tint_of_the_accent() -> None:
    (red, green, blue, alpha), *rest = colors(map_image(grid([3]), LIGHT, chosen=3))
    assert not rest and alpha == 255
    accent = [int(LIGHT.accent[i : i + 2], 16) for i in (1, 3, 5)]
    assert [red, green, blue] == [round(0.5 * part + 127.5) for part in accent]


@pytest.mark.parametrize("index", [6, 12, 18, -1])
def test_classes_of_one_colour_differ_by_hatch(index: int) -> None:
    assert len(colors(map_image(grid([index]), LIGHT, chosen=None))) == 2


def test_hatches_differ_from_each_other() -> None:
    masks = []
    for index in (6, 12, 18):
        image = map_image(grid([index]), LIGHT, chosen=None)
        masks.append((image[..., 0] == image[0, 0, 0]).tobytes())
    assert len(set(masks)) == 3


def segments(cells: np.ndarray, extent: float = 1.0) -> set[tuple[float, ...]]:
    x, y = borders(cells, extent)
    pairs = np.column_stack((x[::2], y[::2], x[1::2], y[1::2]))
    return {tuple(row) for row in pairs.tolist()}


def test_borders_separate_classes() -> None:
    assert segments(grid([0, 1], [0, 1])) == {(0, -1, 0, 0), (0, 0, 0, 1)}
    assert segments(grid([0, 0], [1, 1])) == {(-1, 0, 0, 0), (0, 0, 1, 0)}
    assert segments(grid([4, 4], [4, 4])) == set()


def test_cells_not_computed_have_no_border() -> None:
    assert segments(grid([0, -2], [0, -2])) == set()
    assert segments(grid([0, -1], [0, -1])) != set()


def test_classes_present_are_counted_over_all_maps() -> None:
    assert classes_present(grid([3, 3, 1, -2]), grid([1, 1, 5, -1])) == [1, 3, -1, 5]
    assert classes_present(grid([-2, -2])) == []


def test_a_name_stands_deep_in_its_class() -> None:
    cells = np.zeros((21, 21), dtype=np.int16)
    cells[5:16, 5:16] = 1
    assert roomiest_cell(cells, 1) == (10, 10)
    assert roomiest_cell(cells, 2) is None


def test_a_sliver_gets_no_name_and_the_whole_map_one_in_the_middle() -> None:
    cells = np.zeros((30, 30), dtype=np.int16)
    assert roomiest_cell(cells, 0) in {(14, 14), (15, 15), (14, 15), (15, 14)}
    cells[0, 0] = 1
    assert roomiest_cell(cells, 1) is None


def test_a_name_is_on_its_own_class() -> None:
    cells = np.random.default_rng(0).integers(0, 4, (8, 8)).repeat(5, 0).repeat(5, 1)
    for index in range(4):
        row, column = roomiest_cell(cells, index)
        assert cells[row, column] == index
