"""A rigorous bound on how far an image moves between an anchor and the parameters around it.

The parameters within half a width w of the anchor a are cut into short intervals with middles m and
half-widths h. For t in one of them the triangle inequality gives

    ||x(t) - x(a)||_2 <= ||x(m) - x(a)||_2 + h sup ||x'(s)||_2,

and a value of x(t) is the bilinear image at the place q(t), so that |dv/dt| <= G_down |dq_down/dt|
+ G_right |dq_right/dt| with G the largest differences of neighbouring pixels in the squares that
the path crosses (inside a square a bilinear function's slopes lie between the differences along
opposite sides). TSS (Li et al., CCS 2021) bounds the same distance with Lipschitz constants of its
square; the slopes by pixel and direction used here are much less than those.

In floating point: places are off by less than 2^-35 pixels up to sides of 2^14, which changes
values by less than 2^-32 of the largest; an image at the anchor and one at t, both rounded to
single precision, are off by 2^-24 of it each. A slack of 2^-22 in every number covers all of that,
so that the bound holds for the images as stored too.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import numpy.typing as npt

from engine.transforms.warps import Numbers, Offsets, Warp, offsets, padded, places, values

PIECES = 16
"""Intervals that a range around an anchor is cut into."""
_SLACK = 2.0**-22
_UP = 1.0 + 1e-9
"""More than the rounding of a sum of squares of any image."""
_APART = 1e-6
"""Pixels by which paths are widened."""
_LONGEST = 0.99
"""Of a path, in pixels: then it crosses two rows and two columns of squares at most."""


def travel(image: npt.NDArray[Any], warp: Warp, low: float, high: float) -> float:
    """At least max ||x(t) - x(a)||_2 over t in [low, high], with a half-way between.

    Args:
        image: (C, H, W).
        warp: the family of maps.
        low, high: the ends, in the warp's unit.

    Returns:
        In the image's unit; infinite where the range is so wide that paths are longer than a
        pixel, and for an image that is not finite.
    """
    anchor = (low + high) / 2
    # The ends themselves, whatever the rounding of the middle.
    half = max(high - anchor, anchor - low) * _UP / PIECES
    middles: Numbers = np.asarray(anchor + half * (2.0 * np.arange(PIECES) + 1.0 - PIECES))
    at = offsets(*image.shape[-2:])
    speeds = warp.speeds(at, middles, half)
    lengths = Offsets(*(half * speed + _APART for speed in speeds))
    if max(2 * length.max() for length in lengths) > _LONGEST:
        return math.inf
    frame = padded(image)
    if not np.isfinite(frame).all():
        return math.inf
    source = warp.sources(at, np.append(middles, anchor))
    shown = values(frame, source)
    moved = shown[:, :-1] - shown[:, -1:]
    steep = _slopes(frame, Offsets(*(part[:-1] for part in source)), lengths)
    rates = steep.down * speeds.down + steep.right * speeds.right
    most = float(np.max(norms(moved) + half * norms(rates)))
    numbers = len(frame) * len(at.down)
    return most * _UP + _SLACK * math.sqrt(numbers) * float(np.abs(frame).max())


def _slopes(frame: Numbers, source: Offsets, lengths: Offsets) -> Offsets:
    """Bounds on |dv/d down| and |dv/d right| along each path: two arrays (C, T, P).

    Args:
        frame: the image in its frame.
        source: (T, P) middles of the paths.
        lengths: (T, P) how far they go to either side, in pixels.
    """
    across, along = np.abs(np.diff(frame, axis=1)), np.abs(np.diff(frame, axis=2))
    return steepest(across, along, source, lengths)


def steepest(across: Numbers, along: Numbers, source: Offsets, lengths: Offsets) -> Offsets:
    """The same for all framed images whose neighbouring pixels differ by no more than stated.

    Args:
        across: (C, H - 1, W) differences of a pixel and the one below it.
        along: (C, H, W - 1) differences of a pixel and the one beside it.
        source, lengths: the paths, which cross two rows and two columns of squares at most.
    """
    tall, wide = along.shape[1], across.shape[2]
    shape = np.broadcast_to(0.0, (1, tall, wide))
    ends = [
        places(shape, Offsets(*(s + way * by for s, by in zip(source, lengths, strict=True))))
        for way in (-1, 1)
    ]
    rows, columns = (
        [np.minimum(end[axis].astype(np.intp), side - 2) for end in ends]
        for axis, side in ((0, tall), (1, wide))
    )
    squares = [row * (wide - 1) + column for row in rows for column in columns]
    down = np.maximum(across[:, :, :-1], across[:, :, 1:]).reshape(len(across), -1)
    right = np.maximum(along[:, :-1], along[:, 1:]).reshape(len(along), -1)
    return Offsets(
        *(np.maximum.reduce([slope[:, square] for square in squares]) for slope in (down, right))
    )


def norms(numbers: Numbers) -> Numbers:
    """(T,) l2 norms of (C, T, P)."""
    found: Numbers = np.sqrt(np.einsum("ctp,ctp->t", numbers, numbers))
    return found
