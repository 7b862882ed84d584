"""Drawn signs that stand for commands: arrows and a stop sign, made from their number.

An image's every feature follows from the SHA-256 of its number, so that it is the same on every
machine and nothing has to be shipped.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

SIDE = 16
COUNT = 100_000
TEST = 200
TRAINED_FROM = 10_000
"""Images from this number on are for training; the first 200 are the test set."""
SIGNS = ("turn left", "turn right", "go forward", "stop")
_FINE = 4
"""Points per pixel and axis; the mean over them is the pixel."""


@dataclass(frozen=True)
class Sign:
    """What is drawn.

    Attributes:
        kind: index in :data:`SIGNS`.
        reach: half its length, in pixels.
        thick: half the width of its shaft, in pixels.
        row, column: of its middle, in pixels from the image's middle.
        ink: brightness on black ground, in (0, 1].
    """

    kind: int
    reach: float
    thick: float
    row: float
    column: float
    ink: float


def sign(number: int) -> Sign:
    """The features of an image."""
    digest = hashlib.sha256(f"command picture {number}".encode()).digest()
    a, b, c, d, e = (int.from_bytes(digest[4 * i : 4 * i + 4], "big") / 2**32 for i in range(5))
    return Sign(
        kind=number % len(SIGNS),
        reach=4.0 + 3.0 * a,
        thick=0.9 + 0.7 * b,
        row=2.0 * c - 1.0,
        column=2.0 * d - 1.0,
        ink=0.8 + 0.2 * e,
    )


def drawn(what: Sign) -> npt.NDArray[np.float32]:
    """The image (1, 16, 16), float32 in [0, 1], ink on black ground."""
    axis = (np.arange(SIDE * _FINE) + 0.5) / _FINE - SIDE / 2
    down, right = np.meshgrid(axis - what.row, axis - what.column, indexing="ij")
    along = {0: -right, 1: right, 2: -down}.get(what.kind)
    across = {0: down, 1: down, 2: right}.get(what.kind)
    inside = (
        _ring(down, right, what) if along is None or across is None else _arrow(along, across, what)
    )
    fine = inside.reshape(SIDE, _FINE, SIDE, _FINE).mean(axis=(1, 3))
    pixels: npt.NDArray[np.float32] = (what.ink * fine).astype(np.float32)[None]
    return pixels


def _arrow(
    along: npt.NDArray[np.float64], across: npt.NDArray[np.float64], what: Sign
) -> npt.NDArray[np.bool_]:
    """A shaft and a triangle that ends in the direction of ``along``."""
    head = 0.9 * what.reach
    shaft = (np.abs(across) < what.thick) & (along > -what.reach) & (along < what.reach - head / 2)
    tip = what.reach - along
    found: npt.NDArray[np.bool_] = shaft | ((tip > 0) & (tip < head) & (np.abs(across) < 0.8 * tip))
    return found


def _ring(
    down: npt.NDArray[np.float64], right: npt.NDArray[np.float64], what: Sign
) -> npt.NDArray[np.bool_]:
    """A ring with a bar in it."""
    distance = np.hypot(down, right)
    ring = np.abs(distance - (what.reach - what.thick)) < what.thick
    bar = (np.abs(down) < what.thick) & (np.abs(right) < what.reach / 2)
    found: npt.NDArray[np.bool_] = ring | bar
    return found
