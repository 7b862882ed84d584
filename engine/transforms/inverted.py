"""What is known of an image from one rotation of it: an interval for every pixel.

x' = T_g x + r was received: x has numbers in [0, 1] on the inscribed disc and is black beyond it,
T_g is the bilinear rotation on that disc (``warps``) by an angle g within h of n, and r is the
rounding of what was stored, at most ``rounding`` in every number. With a_j the weights that T_n
gives to the four pixels j under one pixel of the disc and c a bound on how fast its value changes,

    |sum_j a_j x_j - x'| <= rounding + h c,

so that each of the four lies within what the intervals of the other three leave. From [0, 1] on
the intervals are narrowed in rounds; c comes from the intervals and falls with them. An empty one
shows that no angle of the cell can be (Fischer, Baader & Vechev, NeurIPS 2020, invert an
interpolation so).
"""

from __future__ import annotations

import math
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from engine.transforms.composed import rates_of_steps
from engine.transforms.warps import ROTATION, Numbers, corners, disc, offsets, padded

_ROUNDS, _WORTH = 30, 0.99
"""At most; another one follows while it narrows the intervals to this share."""
_LEAST = 0.02
"""Pixels of a smaller weight learn nothing: rounding in double precision stays far below it."""
_ROOM = 1e-9
"""Added to every interval: more than the rounding of sums of four products over a weight."""
_EMPTY = 1e-6


class Known(NamedTuple):
    """Intervals of the clean image's pixels.

    Attributes:
        low, high: (C, S + 2, S + 2), in a frame of zeros.
    """

    low: Numbers
    high: Numbers

    def steps(self) -> tuple[Numbers, Numbers]:
        """The largest differences of neighbours, down and across."""
        low, high = self

        def apart(one: Numbers, other: Numbers) -> Numbers:
            return np.maximum(one, other)

        return (
            apart(high[:, 1:] - low[:, :-1], high[:, :-1] - low[:, 1:]),
            apart(high[..., 1:] - low[..., :-1], high[..., :-1] - low[..., 1:]),
        )


def inverted(image: npt.NDArray[Any], angle: float, half: float, rounding: float) -> Known | None:
    """Intervals of all images that a rotation within ``half`` of an angle may have made this of.

    Args:
        image: (C, S, S), as it was received; what lies outside of the disc is not looked at.
        angle, half: degrees.
        rounding: of every number that was received.

    Returns:
        None where there is no such image.
    """
    side, inside = image.shape[-1], disc(*image.shape[-2:])
    at, angles = offsets(side, side), np.array([angle])
    received = np.asarray(image, dtype=np.float64)[:, inside]
    known = Known(
        np.zeros((len(image), side + 2, side + 2)), padded(np.broadcast_to(inside, image.shape))
    )
    places, weights = corners(known.low, ROTATION.sources(at, angles))
    under = places[:, 0], weights[:, 0]
    wide = math.inf
    for _ in range(_ROUNDS):
        rate = rates_of_steps(*known.steps(), at, angles, half)[:, 0]
        off = rounding + half * rate + _ROOM
        for lows, highs, seen, most in zip(*known, received, off, strict=True):
            _narrow(lows.reshape(-1), highs.reshape(-1), seen, most, under)
        if (known.low > known.high + _EMPTY).any():
            return None
        known = Known(np.minimum(*known), np.maximum(*known))
        before, wide = wide, float((known.high - known.low).sum())
        if wide > _WORTH * before:
            break
    return known


def _narrow(
    low: Numbers,
    high: Numbers,
    seen: Numbers,
    off: Numbers,
    under: tuple[npt.NDArray[np.intp], Numbers],
) -> None:
    """One round for one channel, in place.

    Args:
        low, high: (F,) of the framed image.
        seen, off: (P,) what was received, and how far from it the rotated image may be.
        under: places and weights, (4, P) each.
    """
    places, weights = under
    least, most = weights * low[places], weights * high[places]
    all_least, all_most = least.sum(axis=0), most.sum(axis=0)
    for place, weight, lower, upper in zip(places, weights, least, most, strict=True):
        used = weight >= _LEAST
        top = (seen + off - (all_least - lower))[used] / weight[used] + _ROOM
        bottom = (seen - off - (all_most - upper))[used] / weight[used] - _ROOM
        np.minimum.at(high, place[used], top)
        np.maximum.at(low, place[used], bottom)
