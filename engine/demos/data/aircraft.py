"""Drawn aircraft, seen from above, with the places of nose, tail and left wing tip.

An image's every feature follows from the SHA-256 of its number, so that it is the same on every
machine and nothing has to be shipped.
"""

from __future__ import annotations

import hashlib
import math
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

SIDE = 32
COUNT = 100_000
TEST = 200
TRAINED_FROM = 10_000
"""Images from this number on are for training; the first 200 are the test set."""
KEYPOINTS = ("nose", "tail", "left wing tip")
_SOFT = 0.7
"""Pixels over which the edge of a part fades out."""
_MARGIN = 2.0
_LEVELS = 255
_BITS = 32


@dataclass(frozen=True)
class Aircraft:
    """What is drawn.

    Attributes:
        heading: direction of flight in radians, from the image's right towards its bottom.
        length: from tail to nose, in pixels.
        span: of one wing, in pixels.
        x, y: middle of the fuselage, in pixels.
        light: brightness of the aircraft, less that of the ground; negative for a dark one.
        ground: brightness of the ground in the image's middle.
        slope: change of the ground's brightness across the image, rightwards and downwards.
    """

    heading: float
    length: float
    span: float
    x: float
    y: float
    light: float
    ground: float
    slope: tuple[float, float]

    def places(self) -> npt.NDArray[np.float64]:
        """(3, 2): x and y of nose, tail and left wing tip, in pixels from the top left corner."""
        along = np.array([math.cos(self.heading), math.sin(self.heading)])
        left = np.array([along[1], -along[0]])
        middle = np.array([self.x, self.y])
        nose, tail = middle + self.length / 2 * along, middle - self.length / 2 * along
        return np.stack([nose, tail, middle + self.span * left - 0.1 * self.length * along])


def aircraft(number: int) -> Aircraft:
    """The aircraft of a number: all of it lies inside the image."""
    digest = hashlib.sha512(f"aircraft {number}".encode()).digest()
    size = _BITS // 8
    words = (int.from_bytes(digest[i : i + size], "big") for i in range(0, len(digest), size))
    lot = (word / 2.0**_BITS for word in words)

    def between(low: float, high: float) -> float:
        return low + (high - low) * float(next(lot))

    heading, length = between(0.0, 2 * math.pi), between(15.0, 21.0)
    span = between(0.38, 0.5) * length
    reach = max(length / 2, span) + _MARGIN
    x, y = between(reach, SIDE - reach), between(reach, SIDE - reach)
    dark = next(lot) < 0.25
    ground = between(0.6, 0.8) if dark else between(0.2, 0.4)
    light = between(0.35, 0.5) * (-1 if dark else 1)
    return Aircraft(
        heading, length, span, x, y, light, ground, (between(-0.1, 0.1), between(-0.1, 0.1))
    )


def drawn(what: Aircraft) -> npt.NDArray[np.float32]:
    """(1, 32, 32) in [0, 1], on the grid of 8 bits."""
    centres = np.arange(SIDE) + 0.5
    y, x = np.meshgrid(centres, centres, indexing="ij")
    nose, tail, tip = what.places()
    middle = (nose + tail) / 2
    root = middle + (tip - middle) @ (along := (nose - tail) / what.length) * along
    other = 2 * root - tip
    fin = (tip - root) * 0.4
    parts = (
        (tail, nose, 1.5),
        (root + 0.12 * (nose - tail), tip, 1.2),
        (root + 0.12 * (nose - tail), other, 1.2),
        (tail + 0.06 * (nose - tail) - fin, tail + 0.06 * (nose - tail) + fin, 0.9),
    )
    cover = np.zeros_like(x)
    for start, end, thick in parts:
        cover = np.maximum(cover, np.clip((thick - _distance(x, y, start, end)) / _SOFT, 0, 1))
    across, down = (x - SIDE / 2) / SIDE, (y - SIDE / 2) / SIDE
    ground = what.ground + what.slope[0] * across + what.slope[1] * down
    levels = np.rint(np.clip(ground + what.light * cover, 0.0, 1.0) * _LEVELS)
    pixels: npt.NDArray[np.float32] = (levels / _LEVELS).astype(np.float32)[None]
    return pixels


def _distance(
    x: npt.NDArray[np.float64],
    y: npt.NDArray[np.float64],
    start: npt.NDArray[np.float64],
    end: npt.NDArray[np.float64],
) -> npt.NDArray[np.float64]:
    """From every pixel to the stretch between two places."""
    step = end - start
    share = ((x - start[0]) * step[0] + (y - start[1]) * step[1]) / (step @ step)
    share = np.clip(share, 0.0, 1.0)
    found: npt.NDArray[np.float64] = np.hypot(
        x - start[0] - share * step[0], y - start[1] - share * step[1]
    )
    return found
