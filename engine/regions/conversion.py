"""What the fitting of an image does to a change: how each norm grows, how far pixels spread.

Cropping, repeating grey, luma and Pillow's bilinear resizing of floats are linear, so a change of
the image in the file is at most ``gain`` times as large, in the same norm, in the image that the
model takes, plus what single precision rounds.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from engine.core.late import np
from engine.core.records import Fitting

if TYPE_CHECKING:
    import numpy.typing as npt

LUMA = (0.299, 0.587, 0.114)
"""Weights of red, green and blue in ITU-R BT.601 luma."""

_UP = 1.0 + 1e-9
"""More than double precision loses on the way to a gain."""
_REACHED = 1e-12
"""The least weight within a triangle's reach, so that none is 0 by rounding here alone."""
_ROUNDED = 2.0**-24
"""Two images each rounded to single precision in [0, 1] once: so much more, per value."""


@dataclass(frozen=True)
class Conversion:
    """From the image in a file to the one that a model takes.

    Attributes:
        gain: by norm (``l1``, ``l2``, ``linf``), an upper bound.
        slack: by norm, an upper bound on what rounding adds.
        spread: most pixels that one pixel of the file reaches.
        grid: whether images of 8 bits per channel stay such images.
    """

    gain: Mapping[str, float]
    slack: Mapping[str, float]
    spread: int
    grid: bool

    def size_before(self, size: float, norm: str) -> float:
        """A size in the file below which a change stays below ``size`` in the model's image."""
        return max(0.0, (size - self.slack[norm]) / self.gain[norm] * (1.0 - 1e-9))


def conversion(fitting: Fitting, shape: tuple[int, ...]) -> Conversion | None:
    """How a change of the file's image reaches the one of ``shape``; None where nothing is known.

    Args:
        fitting: how the image was fitted.
        shape: (channels, height, width) as the model takes it.
    """
    if fitting.source is None or len(shape) != 3:
        return None
    gain, (channels, *_) = {"l1": 1.0, "l2": 1.0, "linf": 1.0}, fitting.source
    if channels < shape[0]:
        gain = {"l1": 3.0, "l2": math.sqrt(3.0), "linf": 1.0}
    elif channels > shape[0]:
        gain = {"l1": max(LUMA), "l2": math.hypot(*LUMA), "linf": 1.0}
    spread, rounded = 1, 1 + (channels > shape[0])
    cropped = crop(*fitting.source[1:], *shape[1:])
    for old, new in zip(cropped, shape[1:], strict=True):
        if old == new:
            continue
        weights, rounded = bilinear(old, new), rounded + 1
        rows, columns = float(weights.sum(axis=1).max()), float(weights.sum(axis=0).max())
        gain["l1"] *= columns
        gain["l2"] *= math.sqrt(rows * columns)  # Schur's test
        gain["linf"] *= rows
        spread *= int((weights > 0).sum(axis=0).max())
    values, least = math.prod(shape), rounded * _ROUNDED
    return Conversion(
        gain={norm: value * _UP for norm, value in gain.items()},
        slack={"l1": values * least, "l2": math.sqrt(values) * least, "linf": least},
        spread=spread,
        grid=fitting.levels == 255 and channels <= shape[0] and cropped == tuple(shape[1:]),
    )


def crop(old_height: int, old_width: int, height: int, width: int) -> tuple[int, int]:
    """The largest part with the proportions ``height`` to ``width``, in whole pixels."""
    if old_height * width >= old_width * height:
        return max(1, old_width * height // width), old_width
    return old_height, max(1, old_height * width // height)


def bilinear(old: int, new: int) -> npt.NDArray[np.float64]:
    """(new, old) weights of Pillow's bilinear resizing along one axis; each row sums to 1.

    A triangle as wide as a step of the coarser grid on either side, cut off at the border.
    """
    scale = old / new
    support = max(1.0, scale)
    weights = np.zeros((new, old))
    for row in range(new):
        centre = (row + 0.5) * scale
        first = max(0, int(centre - support + 0.5))
        last = min(old, int(centre + support + 0.5))
        places = np.arange(first, last) + 0.5
        triangle = np.maximum(_REACHED, 1.0 - np.abs(places - centre) / support)
        weights[row, first:last] = triangle / triangle.sum()
    return weights
