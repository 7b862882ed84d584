"""How far a second rotation of a received image can be from one rotation of what it was made of.

x' = T_g x + r was received (``inverted``): neither x nor g is known, but x has numbers in [0, 1]
on the inscribed disc, is black beyond it, and |g| <= reach. For later angles b, with a low-pass
filter L, this bounds max ||L (T_b x' - T_(b + g) x)||_2 over all such x and g.

Let b be within h of m and g within k of n, c = m + n, and y the middle of the intervals in which
the pixels of x lie:

    L (T_b x' - T_(b + g) x) = L (T_m x' - T_c y)
                               + L (T_b - T_m) x' + L T_c (y - x) + L (T_c - T_(b + g)) x.

The first is worked out. The numbers of the others are bounded one by one before L, whose weights
are not negative: the first and the last by rates of change (``travel``), those of x from its
intervals; that between by T_c of half their widths. Cells of g that cannot be are left out, and
cells whose bound is large are halved, the largest first, as Fischer, Baader & Vechev (NeurIPS 2020)
do: they take intervals for all of it, and so lose what cancels in the first part under L.
"""

from __future__ import annotations

import heapq
import math
from typing import Any

import numpy as np
import numpy.typing as npt

from engine.core.stopping import heed
from engine.transforms.composed import QUARTER, Cell, rates, rates_of_steps
from engine.transforms.inverted import Known, inverted
from engine.transforms.low_pass import filtered, low_pass
from engine.transforms.warps import ROTATION, Numbers, disc, offsets, padded, values

WIDTH = 0.25
"""Degrees: of the cells of b, and of g before they are halved."""
_HALVED = 300
"""Cells of g at most that are halved."""
_FINEST = 1 / 64
"""Degrees below which none is."""
_UP = 1.0 + 1e-9
_SLACK = 2.0**-20
"""Of the largest value, in every number: four roundings to single precision, and the places'."""


def received(
    image: npt.NDArray[Any], reach: float, spread: float, rounding: float, width: float = WIDTH
) -> list[Cell]:
    """Bounds for cells of outer angles b that cover -45 to 45 degrees.

    Args:
        image: (C, S, S), as it was received.
        reach: largest angle g either way, in degrees.
        spread: of the low-pass filter, in pixels.
        rounding: of every number of the received image.
        width: of the cells, in degrees; 90 is a multiple of it.

    Returns:
        Infinite bounds for an image that no rotation can have made.

    Raises:
        StoppedEarly: somebody stopped the run that asks (``core.stopping``).
    """
    bounds = _Bounds(image, spread, rounding, width)
    found = bounds.worst(reach)
    lows = (bounds.middles - bounds.half).tolist()
    return [Cell(low, low + width, error) for low, error in zip(lows, found.tolist(), strict=True)]


class _Bounds:
    """The bounds of one image."""

    def __init__(
        self, image: npt.NDArray[Any], spread: float, rounding: float, width: float
    ) -> None:
        side = image.shape[-1]
        self.image, self.rounding, self.width = image, rounding, width
        self.at, self.inside = offsets(side, side), disc(side, side)
        self.filter = low_pass(side, spread)
        self.half = width / 2
        frame = padded(image)
        largest = max(1.0, float(np.abs(frame).max()))
        self.slack = _SLACK * math.sqrt(image.size) * largest
        count = round(QUARTER / width)
        self.middles: Numbers = np.asarray(-QUARTER / 2 + width * (np.arange(count) + 0.5))
        self.shown = values(frame, ROTATION.sources(self.at, self.middles))
        self.turning = self.half * rates(frame, self.at, self.middles, self.half * _UP)

    def worst(self, reach: float) -> Numbers:
        """(M,) the largest bound over all angles g up to the reach, for each cell of b."""
        count = max(1, math.ceil(2 * reach / self.width))
        half = reach / count
        kept: list[tuple[float, float, float, Numbers]] = []
        for place in range(count):
            self._add(kept, -reach + half * (2 * place + 1), half)
        for _ in range(_HALVED):
            if not kept or kept[0][2] <= _FINEST / 2:
                break
            _, angle, half, _ = heapq.heappop(kept)
            for sign in (-1, 1):
                self._add(kept, angle + sign * half / 2, half / 2)
        if not kept:
            return np.full(len(self.middles), math.inf)
        worst: Numbers = np.max([found for *_, found in kept], axis=0)
        return worst * _UP + self.slack

    def _add(
        self, kept: list[tuple[float, float, float, Numbers]], angle: float, half: float
    ) -> None:
        """Bound a cell of g and keep it, unless no angle of it can be."""
        heed("the error of interpolating twice was bounded")
        half *= _UP
        known = inverted(self.image, angle, half, self.rounding)
        if known is not None:
            found = self.of_turn(known, angle, half)
            heapq.heappush(kept, (-float(found.max()), angle, half, found))

    def of_turn(self, known: Known, angle: float, half: float) -> Numbers:
        """(M,) the bounds for g within ``half`` of an angle."""
        angles, around = self.middles + angle, self.half + half
        source = ROTATION.sources(self.at, angles)
        middle, wide = (known.high + known.low) / 2, (known.high - known.low) / 2
        rate = rates_of_steps(*known.steps(), self.at, angles, around * _UP)
        unknown = self.turning + values(wide, source) + around * rate
        return self._norms(self.shown - values(middle, source)) + self._norms(unknown)

    def _norms(self, numbers: Numbers) -> Numbers:
        """(M,) norms of images (C, M, P) on the disc after the filter."""
        whole = np.zeros((*numbers.shape[:2], *self.inside.shape))
        whole[..., self.inside] = numbers
        low = filtered(whole, self.filter, self.filter)
        found: Numbers = np.sqrt(np.einsum("cmhw,cmhw->m", low, low))
        return found
