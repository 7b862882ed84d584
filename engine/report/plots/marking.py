"""Marks on an image: what was taken away is hatched, what was changed has an outline."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from engine.report.plots.base import RGB, hex_rgb

_PITCH, _STRIPE = 8, 2
_WIDTH = 3

Mask = npt.NDArray[np.bool_]


def hatched(pixels: RGB, places: Mask, colour: str) -> RGB:
    """Diagonal stripes over ``places`` (H, W) of an enlarged image."""
    inside = _enlarged(places, pixels)
    rows, columns = np.ogrid[: inside.shape[0], : inside.shape[1]]
    found = pixels.copy()
    found[inside & ((rows + columns) % _PITCH < _STRIPE)] = hex_rgb(colour)
    return found


def outlined(pixels: RGB, places: Mask, colour: str) -> RGB:
    """A line just inside the border of ``places`` (H, W) of an enlarged image.

    Images that were not enlarged have pixels too small for it and stay as they are.
    """
    if min(pixels.shape[0] // places.shape[0], pixels.shape[1] // places.shape[1]) <= _WIDTH:
        return pixels
    inside = _enlarged(places, pixels)
    core = np.pad(inside, _WIDTH)
    shrunk = inside.copy()
    side = 2 * _WIDTH
    for down, right in ((0, 0), (0, side), (side, 0), (side, side), (_WIDTH, 0), (_WIDTH, side),
                        (0, _WIDTH), (side, _WIDTH)):  # fmt: skip
        shrunk &= core[down : down + inside.shape[0], right : right + inside.shape[1]]
    found = pixels.copy()
    found[inside & ~shrunk] = hex_rgb(colour)
    return found


def _enlarged(places: Mask, pixels: RGB) -> Mask:
    factor = pixels.shape[0] // places.shape[0]
    return places.repeat(factor, axis=0).repeat(factor, axis=1)
