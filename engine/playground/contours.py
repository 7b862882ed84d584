"""Level lines of a field over a grid, as segments."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from engine.playground.scenes import Numbers

Flags = npt.NDArray[np.bool_]
_SIDES = ((0, 1), (1, 2), (2, 3), (3, 0))
"""Corners at the ends of the sides of a square: below, right, above, left."""


def level_lines(field: Numbers, xs: Numbers, ys: Numbers, level: float) -> Numbers:
    """Segments (S, 2, 2), each two points (x, y), along which a field has a value.

    Marching squares: along each side of a square of the grid whose ends lie on two sides of the
    level, the crossing is interpolated linearly; squares with four crossings are divided as the
    mean of their corners says.

    Args:
        field: (len(ys), len(xs)).
        xs: rising, of the columns.
        ys: rising, of the rows.
        level: the value.
    """
    off = field - level
    corners = np.stack((off[:-1, :-1], off[:-1, 1:], off[1:, 1:], off[1:, :-1]))
    above = corners > 0
    mixed = above.any(axis=0) & ~above.all(axis=0)
    rows, columns = np.nonzero(mixed)
    values, signs = corners[:, rows, columns], above[:, rows, columns]
    x = np.stack((xs[columns], xs[columns + 1], xs[columns + 1], xs[columns]))
    y = np.stack((ys[rows], ys[rows], ys[rows + 1], ys[rows + 1]))
    crossings, crossed = [], []
    for one, two in _SIDES:
        crosses = signs[one] != signs[two]
        gap = np.where(crosses, values[one] - values[two], 1.0)
        share = np.where(crosses, values[one] / gap, 0.0)
        crossings.append(
            np.stack((x[one] + share * (x[two] - x[one]), y[one] + share * (y[two] - y[one])), -1)
        )
        crossed.append(crosses)
    return _joined(np.stack(crossings), np.stack(crossed), signs[0] == (values.mean(axis=0) > 0))


def _joined(places: Numbers, crossed: Flags, first_with_middle: Flags) -> Numbers:
    """Pairs of crossings: the two of a square, or of four the pairs that the middle says."""
    two = np.nonzero(crossed.sum(axis=0) == 2)[0]
    sides = np.argsort(~crossed[:, two], axis=0, kind="stable")[:2]
    found = [np.stack((places[sides[0], two], places[sides[1], two]), axis=1)]
    four = crossed.sum(axis=0) == 4
    # corner 0 with the middle: corners 1 and 3 are cut off, else corners 0 and 2
    for which, pairs in (
        (first_with_middle, ((0, 1), (2, 3))),
        (~first_with_middle, ((3, 0), (1, 2))),
    ):
        where = np.nonzero(four & which)[0]
        found += [np.stack((places[a, where], places[b, where]), axis=1) for a, b in pairs]
    return np.concatenate(found)
