"""A Gaussian low-pass filter along both sides of an image, as a matrix for each side."""

from __future__ import annotations

import math

import numpy as np
import numpy.typing as npt

Numbers = npt.NDArray[np.float64]
_CUT = 3.0
"""Standard deviations at which the filter ends."""


def low_pass(side: int, spread: float, *, wrapped: bool = False) -> Numbers:
    """(side, side) matrix A: A x A^T is the image x filtered, black beyond its border.

    No number of A is negative and no row or column has a sum above 1, so that neither A nor
    A x A^T is larger than x in l2 norm.

    Args:
        side: pixels.
        spread: standard deviation in pixels; 0 changes nothing.
        wrapped: what leaves at one end comes in at the other, in place of black.
    """
    if not spread:
        return np.eye(side)
    reach = min(math.ceil(_CUT * spread), side - 1) if not wrapped else math.ceil(_CUT * spread)
    offsets = np.arange(-reach, reach + 1)
    weights = np.exp(-(offsets**2) / (2.0 * spread**2))
    weights /= weights.sum() * (1.0 + 2.0**-40)
    found, rows = np.zeros((side, side)), np.arange(side)
    for offset, weight in zip(offsets, weights, strict=True):
        columns = rows + offset
        kept = np.ones(side, bool) if wrapped else (columns >= 0) & (columns < side)
        np.add.at(found, (rows[kept], columns[kept] % side), weight)
    return found


def filtered(images: Numbers, rows: Numbers, columns: Numbers) -> Numbers:
    """A x B^T of every image (..., H, W), with A (H, H) and B (W, W)."""
    found: Numbers = rows @ images @ columns.T
    return found
