from __future__ import annotations

import numpy as np
import pytest
from PySide6.QtCore import QRect
from PySide6.QtGui import QColor, QImage, QPainter

from gui.widgets.mask import Mark, edges, paint_mark

PLACES = np.array([[True, False, False], [True, True, False]])


def painted(mark: Mark, size: int = 20) -> QImage:
    image = QImage(3 * size, 2 * size, QImage.Format.Format_RGB32)
    image.fill(QColor("white"))
    painter = QPainter(image)
    paint_mark(painter, image.rect(), mark, width=2.0)
    painter.end()
    return image


def inked(image: QImage, row: int, column: int, size: int = 20) -> float:
    """Part of the inside of a cell that is not white."""
    box = QRect(column * size + 3, row * size + 3, size - 6, size - 6)
    cell = image.copy(box)
    places = np.ndindex(box.width(), box.height())
    return float(np.mean([cell.pixelColor(x, y).name() != "#ffffff" for x, y in places]))


def test_edges_go_around_the_marked_cells() -> None:
    x, y = edges(PLACES)
    pairs = zip(x.reshape(-1, 2).tolist(), y.reshape(-1, 2).tolist(), strict=True)
    segments = {((x0, y0), (x1, y1)) for (x0, x1), (y0, y1) in pairs}
    assert len(segments) == 8  # the perimeter of three cells in an L
    assert ((-0.5, -0.5), (-0.5, 0.5)) in segments  # left of the first cell
    assert ((0.5, -0.5), (0.5, 0.5)) in segments  # between it and its neighbour
    assert ((0.5, 0.5), (0.5, 1.5)) not in segments  # both sides are marked
    assert len(edges(np.zeros((2, 2), dtype=bool))[0]) == 0


def test_hatched_cells_are_hatched_and_no_others() -> None:
    image = painted(Mark(PLACES, "#000000", hatched=True))
    for row, column in np.ndindex(PLACES.shape):
        assert (inked(image, row, column) > 0.05) == PLACES[row, column]


def test_outlines_leave_the_inside_alone() -> None:
    image = painted(Mark(PLACES, "#000000"))
    assert all(inked(image, row, column) == 0 for row, column in np.ndindex(PLACES.shape))
    assert image.pixelColor(20, 10).name() == "#000000"


@pytest.mark.parametrize("size", [1])
def test_outlines_of_pixels_too_small_are_left_out(size) -> None:
    image = painted(Mark(PLACES, "#000000"), size)
    assert {image.pixelColor(x, y).name() for x in range(3) for y in range(2)} == {"#ffffff"}
