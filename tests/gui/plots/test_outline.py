from __future__ import annotations

import numpy as np

from gui.plots.outline import Outline


def test_a_line_encloses_what_lies_above_the_way_back_to_its_start() -> None:
    line = Outline()
    line.set_points(np.array([0.0, 0.0, 2.0, 2.0]), np.array([0.0, 1.0, 1.0, 0.0]))
    rect = line.path().boundingRect()
    assert (rect.x(), rect.y(), rect.width(), rect.height()) == (0.0, 0.0, 2.0, 1.0)
    assert line.path().elementCount() == 4
    assert line.path().contains(rect.center())


def test_without_points_nothing_is_drawn() -> None:
    line = Outline()
    line.set_points(np.array([0.0, 1.0]), np.array([0.0, 1.0]))
    line.set_points(np.zeros(0), np.zeros(0))
    assert line.path().isEmpty() and not len(line.points[0])
