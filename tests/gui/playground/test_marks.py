from __future__ import annotations

import numpy as np
import pytest
from PySide6.QtGui import QColor

from gui.playground.marks import Stamps, cells_image, color_of
from gui.style.theme import THEMES


@pytest.mark.parametrize("theme", THEMES.values(), ids=lambda theme: theme.name)
def test_classes_have_different_colours(theme):
    assert len({color_of(index, theme) for index in range(5)}) == 5


def test_cells_stand_upright():
    theme = THEMES["light"]
    image = cells_image(np.array([[0, 1], [1, 1]], dtype=np.int16), theme, 1.0)
    assert image.pixelColor(0, 1) == QColor(color_of(0, theme))
    assert image.pixelColor(0, 0) == QColor(color_of(1, theme))


def test_each_class_has_a_mark_of_its_own_and_nothing_is_stamped_outside():
    theme, looks = THEMES["light"], set()
    for index in range(5):
        stamps = Stamps(21, 1)
        stamps.add(np.array([[10.0, 10.0], [400.0, -3.0]]), np.full(2, index, np.int16), theme)
        image = stamps.image()
        looks.add(tuple(image.pixelColor(x, y).alpha() for x in range(21) for y in range(21)))
        assert image.pixelColor(10, 10).alpha() or index == 3
        stamps.clear()
        assert stamps.image().pixelColor(10, 10).alpha() == 0
    assert len(looks) == 5
