from fractions import Fraction

import pytest

from engine.certificates.anchors import (
    LEVELS,
    alpha_of_cell,
    anchor,
    around_zero,
    ends,
    halves,
    known,
    level,
)


def test_the_shares_of_all_cells_are_alpha_together():
    shares = [Fraction(1, (LEVELS + 1) * 2**of) for of in range(LEVELS + 1)]
    assert sum(2**of * share for of, share in enumerate(shares)) == 1
    for cell in (1, 2, 3, 1000, (2 << LEVELS) - 1):
        assert alpha_of_cell(0.001, cell) == pytest.approx(0.001 * float(shares[level(cell)]))


def test_the_cells_of_a_level_tile_the_range_and_meet_exactly():
    for of in range(6):
        found = [ends(cell, -0.3, 0.3) for cell in range(1 << of, 2 << of)]
        assert found[0][0] == -0.3 and found[-1][1] == 0.3
        assert all(one[1] == other[0] for one, other in zip(found, found[1:], strict=False))
    for cell in range(1, 200):
        low, high = ends(cell, -10.0, 10.0)
        lower, upper = (ends(half, -10.0, 10.0) for half in halves(cell))
        assert (lower[0], upper[1]) == (low, high) and lower[1] == upper[0]
        assert low < anchor(cell, -10.0, 10.0) < high
    assert anchor(0, -10.0, 10.0) == 0.0


def test_numbers_that_are_no_cell():
    assert known(1) and known((2 << LEVELS) - 1)
    assert not known(0) and not known(2 << LEVELS) and not known(-3)


@pytest.mark.parametrize(
    ("cells", "found"),
    [
        ([], None),
        ([(0.5, 1.0)], None),
        ([(-1.0, 1.0)], (-1.0, 1.0)),
        ([(0.0, 1.0)], (0.0, 1.0)),
        ([(1.0, 2.0), (-1.0, 0.0), (0.0, 1.0)], (-1.0, 2.0)),
        ([(0.0, 1.0), (1.5, 2.0), (-3.0, -2.0), (-2.0, 0.0)], (-3.0, 1.0)),
        ([(-1.0, 0.5), (0.25, 0.75)], (-1.0, 0.75)),
    ],
)
def test_a_stretch_about_zero_ends_at_the_first_gap(cells, found):
    assert around_zero(cells) == found
