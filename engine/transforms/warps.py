"""Where each pixel of a rotated or scaled image comes from, in float64.

An image x (C, H, W) is a function of the plane: bilinear between its pixels, and falling to 0
within one pixel beyond its border. A warp moves the plane about the centre of the image; the new
image is read off at the pixels of the inscribed disc, and is 0 outside of it. So a value is a
continuous function of the warp's parameter, which is all that the bound on its change needs
(``travel``). The disc is part of what is certified: without it corners turn out of the image.
"""

from __future__ import annotations

import functools
import math
from abc import ABC, abstractmethod
from typing import Any, ClassVar, NamedTuple

import numpy as np
import numpy.typing as npt

Numbers = npt.NDArray[np.float64]


class Offsets(NamedTuple):
    """Vectors from the centre of an image, down and to the right, in pixels.

    Attributes:
        down, right: of any one shape.
    """

    down: Numbers
    right: Numbers


class Warp(ABC):
    """A family of maps of the plane with one real parameter t.

    A pixel at offset o shows what is at offset q(t) = A(t) o of the old image; t = 0 moves nothing.
    """

    term: ClassVar[str]
    """The parameter's name in a perturbation."""
    noun: ClassVar[str]
    """What is done to the image."""
    unit: ClassVar[str]

    @abstractmethod
    def sources(self, offsets: Offsets, parameters: Numbers) -> Offsets:
        """q(t) of every offset (P,) under every parameter (T,): two arrays (T, P)."""

    @abstractmethod
    def speeds(self, offsets: Offsets, middles: Numbers, half: float) -> Offsets:
        """Bounds on |dq/dt|, down and across, for all t within ``half`` of each middle.

        Args:
            offsets: (P,).
            middles: (T,).
            half: half the width of the intervals.

        Returns:
            Two arrays (T, P), in pixels per unit of the parameter.
        """


class Rotation(Warp):
    """Counter-clockwise about the centre, by degrees."""

    term: ClassVar[str] = "rotation"
    noun: ClassVar[str] = "rotation"
    unit: ClassVar[str] = "degrees"

    def sources(self, offsets: Offsets, parameters: Numbers) -> Offsets:
        """(s right + c down, c right - s down)."""
        turns = np.radians(parameters)[:, None]
        cosine, sine = np.cos(turns), np.sin(turns)
        down, right = offsets
        return Offsets(sine * right + cosine * down, cosine * right - sine * down)

    def speeds(self, offsets: Offsets, middles: Numbers, half: float) -> Offsets:
        """The velocity is the source turned by a right angle; it turns by as much as the angle."""
        source = self.sources(offsets, middles)
        slack = np.hypot(*offsets) * math.radians(half)
        each = math.radians(1.0) * _UP
        return Offsets(each * (np.abs(source.right) + slack), each * (np.abs(source.down) + slack))


class Scaling(Warp):
    """Enlarged about the centre by the factor 1 + t; below 0 it shrinks, and black comes in."""

    term: ClassVar[str] = "scale"
    noun: ClassVar[str] = "scaling"
    unit: ClassVar[str] = "of its size"

    def sources(self, offsets: Offsets, parameters: Numbers) -> Offsets:
        """o / (1 + t)."""
        factors = 1.0 + parameters[:, None]
        return Offsets(offsets.down / factors, offsets.right / factors)

    def speeds(self, offsets: Offsets, middles: Numbers, half: float) -> Offsets:
        """|o| / (1 + t)^2, most where t is least."""
        least = 1.0 + (middles - half)[:, None]
        each = np.where(least > 0, _UP / np.maximum(least, _TINY) ** 2, np.inf)
        with np.errstate(invalid="ignore"):  # 0 times infinity: the centre stays where it is
            return Offsets(*(np.nan_to_num(each * np.abs(o), posinf=np.inf) for o in offsets))


ROTATION, SCALING = Rotation(), Scaling()
_UP = 1.0 + 2.0**-40
"""More than the rounding of a few products."""
_TINY = 1e-9


@functools.lru_cache(maxsize=16)
def disc(height: int, width: int) -> npt.NDArray[np.bool_]:
    """(H, W): the pixels whose centres lie in the largest disc about the centre of the image.

    Its radius is (min(H, W) - 1) / 2.

    >>> disc(3, 4).astype(int).tolist()
    [[0, 0, 0, 0], [0, 1, 1, 0], [0, 0, 0, 0]]
    """
    down, right = _grid(height, width)
    # Four times the squares, which are whole numbers.
    inside = (2 * down) ** 2 + (2 * right) ** 2 <= (min(height, width) - 1) ** 2
    found = np.asarray(inside)
    found.flags.writeable = False  # it is kept for the next image of this size
    return found


@functools.lru_cache(maxsize=16)
def offsets(height: int, width: int) -> Offsets:
    """(P,) offsets of the disc's pixels from the centre, row by row."""
    inside = disc(height, width)
    return Offsets(*(part[inside] for part in _grid(height, width)))


def warped(image: npt.NDArray[Any], warp: Warp, parameter: float) -> Numbers:
    """The image under one parameter, 0 outside of the disc.

    Args:
        image: (C, H, W).
        warp: the family.
        parameter: in the warp's unit.

    Returns:
        (C, H, W) float64.
    """
    height, width = image.shape[-2:]
    source = warp.sources(offsets(height, width), np.array([parameter]))
    out = np.zeros(image.shape)
    out[:, disc(height, width)] = values(padded(image), source)[:, 0]
    return out


def padded(image: npt.NDArray[Any]) -> Numbers:
    """(C, H + 2, W + 2): the image in a frame of zeros."""
    return np.pad(np.asarray(image, dtype=np.float64), ((0, 0), (1, 1), (1, 1)))


def places(frame: Numbers, source: Offsets) -> Offsets:
    """Offsets as rows and columns of a framed image; what lies beyond the frame is put on it."""
    tall, wide = frame.shape[-2:]
    return Offsets(
        np.clip(source.down + (tall - 1) / 2, 0, tall - 1),
        np.clip(source.right + (wide - 1) / 2, 0, wide - 1),
    )


def values(frame: Numbers, source: Offsets) -> Numbers:
    """Bilinear values of a framed image at offsets of any shape S: (C, *S)."""
    tall, wide = frame.shape[-2:]
    down, right = places(frame, source)
    row = np.minimum(down.astype(np.intp), tall - 2)
    column = np.minimum(right.astype(np.intp), wide - 2)
    below, beside = down - row, right - column
    flat, first = frame.reshape(len(frame), -1), row * wide + column
    upper = flat[:, first] * (1 - beside) + flat[:, first + 1] * beside
    lower = flat[:, first + wide] * (1 - beside) + flat[:, first + wide + 1] * beside
    found: Numbers = upper * (1 - below) + lower * below
    return found


def corners(
    frame: Numbers, source: Offsets
) -> tuple[npt.NDArray[np.intp], npt.NDArray[np.float64]]:
    """The four pixels of a framed image that each offset lies between, and their weights.

    Args:
        frame: (C, H, W), of which the shape alone counts.
        source: offsets of any shape S.

    Returns:
        Places among the H W pixels, row by row, and weights, (4, *S) each.
    """
    tall, wide = frame.shape[-2:]
    down, right = places(frame, source)
    row = np.minimum(down.astype(np.intp), tall - 2)
    column = np.minimum(right.astype(np.intp), wide - 2)
    below, beside = down - row, right - column
    first = row * wide + column
    weights = (
        (1 - below) * (1 - beside),
        (1 - below) * beside,
        below * (1 - beside),
        below * beside,
    )
    return np.stack((first, first + 1, first + wide, first + wide + 1)), np.stack(weights)


def _grid(height: int, width: int) -> Offsets:
    """(H, W) offsets of all pixels."""
    down = np.arange(height) - (height - 1) / 2
    right = np.arange(width) - (width - 1) / 2
    return Offsets(*np.broadcast_arrays(down[:, None], right[None, :]))
