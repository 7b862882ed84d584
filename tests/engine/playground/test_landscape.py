from __future__ import annotations

import numpy as np
import pytest

from engine.playground.landscape import LEVELS, landscape
from engine.playground.laws import LAWS


def test_lines_lie_where_the_probabilities_say(ring):
    law = LAWS[0]
    found = landscape(ring, law, 0.5)
    spots = found.border.reshape(-1, 2)
    ranked = np.sort(ring.probabilities_at(law, 0.5, spots), axis=1)
    assert len(spots) > 200 and np.quantile(ranked[:, -1] - ranked[:, -2], 0.99) < 0.01
    for level, lines in found.levels:
        top = ring.probabilities_at(law, 0.5, lines.reshape(-1, 2)).max(axis=1)
        assert top == pytest.approx(level, abs=0.02)
    assert tuple(level for level, _ in found.levels) == LEVELS


def test_g_on_the_grid_is_g(ring):
    found = landscape(ring, LAWS[0], 0.5)
    side = np.linspace(-ring.half, ring.half, len(found.classes))
    spots = np.column_stack((side[::7], np.full_like(side[::7], side[20])))
    assert np.array_equal(ring.smoothed(LAWS[0], 0.5, spots), found.classes[20, ::7])
