"""How far a rotation of a rotated image is from the one rotation by the sum of both angles.

T_b(T_g(x)) and T_(b + g)(x) differ by what is interpolated twice. With L a low-pass filter after
the outer rotation, :func:`composed` bounds max ||L (T_b(T_g x) - T_(b + g) x)||_2 over all
|g| <= reach, for every b in each of some cells (Fischer, Baader & Vechev, NeurIPS 2020, bound the
same by interval arithmetic for angles b that are drawn by lot).

A cell is b within h of its middle m, and g runs over middles n within k of which all of it lies.
With y = T_n x, z(t) = T_t x and rates of change r (``travel``),

    ||T_b T_g x - T_m T_n x|| <= ||(T_b - T_m) T_g x|| + ||T_m (T_g x - T_n x)||
                              <= h r_T(T_g x) + s_m k r_z(n),
    ||z(b + g) - z(m + n)||   <= (h + k) r_z(m + n),

where s_m^2, the largest sum of weights that T_m gives to one pixel, bounds its norm (its rows sum
to 1 at most), and r_T(T_g x) is bounded for a block of angles g at once, by the largest differences
of neighbouring pixels in it. L makes nothing larger. Cells whose bound is too large are halved.

A square image turned by 90 degrees is the same pixels in other places, so that all b are known from
-45 to 45 degrees.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from engine.core.stopping import heed
from engine.transforms.low_pass import filtered
from engine.transforms.travel import norms, steepest
from engine.transforms.warps import (
    ROTATION,
    Numbers,
    Offsets,
    corners,
    disc,
    offsets,
    padded,
    values,
)

QUARTER = 90.0
WIDTHS = (1.0, 0.5, 0.25, 0.125)
"""Degrees: of the cells of b, and at most of those of g."""
_BLOCK = 5.0
"""Degrees of g whose differences of neighbouring pixels are bounded together."""
_UP = 1.0 + 1e-9
_SLACK = 2.0**-20
"""Of the largest value, in every number: four roundings to single precision, and the places'."""


class Cell(NamedTuple):
    """Outer angles from ``low`` to ``high`` degrees, and a bound on their error."""

    low: float
    high: float
    error: float


def composed(
    image: npt.NDArray[Any], reach: float, filters: tuple[Numbers, Numbers], enough: float
) -> list[Cell]:
    """Bounds for cells of outer angles that cover -45 to 45 degrees.

    Args:
        image: (C, S, S).
        reach: largest inner angle either way, in degrees.
        filters: matrices along both sides (``low_pass``).
        enough: cells whose bound is no larger are left as they are.

    Raises:
        StoppedEarly: somebody stopped the run that asks (``core.stopping``).
    """
    lows = np.arange(-QUARTER / 2, QUARTER / 2, WIDTHS[0])
    found: list[Cell] = []
    for width in WIDTHS:
        errors = _Level(image, reach, width, filters).errors(lows)
        rough = (errors > enough) if width != WIDTHS[-1] else np.zeros(len(lows), bool)
        done = zip(lows[~rough].tolist(), errors[~rough].tolist(), strict=True)
        found += [Cell(low, low + width, error) for low, error in done]
        lows = (lows[rough][:, None] + np.array([0.0, width / 2])).ravel()
    return found


class _Level:
    """The bounds with cells of one width."""

    def __init__(
        self,
        image: npt.NDArray[Any],
        reach: float,
        width: float,
        filters: tuple[Numbers, Numbers],
    ) -> None:
        self.at, self.inside = offsets(*image.shape[-2:]), disc(*image.shape[-2:])
        self.filters, self.half = filters, width / 2 * _UP
        count = math.ceil(2 * reach / width)
        self.inner: Numbers = np.asarray(-reach + 2 * reach / count * (np.arange(count) + 0.5))
        self.step = reach / count * _UP
        self.frame = padded(image)
        self.slack = _SLACK * math.sqrt(image.size) * float(np.abs(self.frame).max())
        # rates of z over a grid of its angles, each interval a little wider than the grid
        reached = QUARTER / 2 + reach + width
        self.first, self.width = -reached, width
        grid: Numbers = np.asarray(np.arange(-reached, reached + width, width) + width / 2)
        self.rates = norms(rates(self.frame, self.at, grid, self.half * _UP))
        turned = values(self.frame, ROTATION.sources(self.at, self.inner))
        self.turned = np.zeros((len(self.frame), count, *self.inside.shape))
        self.turned[..., self.inside] = turned
        self.changes = np.zeros_like(self.turned)
        self.changes[..., self.inside] = rates(self.frame, self.at, self.inner, self.step)
        self.changes *= self.step

    def errors(self, lows: Numbers) -> Numbers:
        """A bound for the cell that begins at each of ``lows``."""
        middles: Numbers = np.asarray(lows + self.width / 2)
        found = np.zeros(len(lows))
        for block in self._blocks():
            heed("the error of interpolating twice was bounded")
            frames = np.pad(self.turned[:, block], ((0, 0), (0, 0), (1, 1), (1, 1)))
            changes = np.pad(self.changes[:, block], ((0, 0), (0, 0), (1, 1), (1, 1)))
            turning = self.half * norms(
                rates_of_steps(
                    _most(frames, changes, 2), _most(frames, changes, 3), self.at, middles,
                    self.half)
            )  # fmt: skip
            inner = self.inner[block]
            own = self.step * self._rate(inner, self.step)
            flat = frames.reshape(-1, *frames.shape[2:])
            for place, middle in enumerate(middles.tolist()):
                apart = self._apart(flat, middle, inner)
                both = (self.half + self.step) * self._rate(middle + inner, self.half + self.step)
                total = apart + self._norm(middle) * own + both + turning[place]
                found[place] = max(found[place], float(total.max()))
        return found * _UP + self.slack

    def _blocks(self) -> Iterator[slice]:
        each = max(1, round(_BLOCK / (2 * self.step)))
        for first in range(0, len(self.inner), each):
            yield slice(first, first + each)

    def _apart(self, frames: Numbers, middle: float, inner: Numbers) -> Numbers:
        """(G,) ||L (T_m T_n x - T_(m + n) x)|| for every inner angle n of a block."""
        twice = values(frames, ROTATION.sources(self.at, np.array([middle])))[:, 0]
        once = values(self.frame, ROTATION.sources(self.at, middle + inner))
        apart = np.zeros((len(self.frame), len(inner), *self.inside.shape))
        apart[..., self.inside] = twice.reshape(once.shape) - once
        low = filtered(apart, *self.filters)
        found: Numbers = np.sqrt(np.einsum("cghw,cghw->g", low, low))
        return found

    def _rate(self, angles: Numbers, half: float) -> Numbers:
        """Bounds on the rates of z within ``half`` of some angles."""
        first = np.floor((angles - half - self.first) / self.width).astype(int)
        last = np.floor((angles + half - self.first) / self.width).astype(int)
        most = max(int((last - first).max()), 0)
        each = [self.rates[np.minimum(first + more, last)] for more in range(most + 1)]
        found: Numbers = np.max(each, axis=0)
        return found

    def _norm(self, middle: float) -> float:
        """A bound on the norm of T_m: the root of the largest sum of a column."""
        source = ROTATION.sources(self.at, np.array([middle]))
        pixels, weights = corners(self.frame, source)
        sums = np.bincount(pixels.ravel(), weights.ravel(), self.frame[0].size)
        return math.sqrt(float(sums.max())) * _UP


def rates(frame: Numbers, at: Offsets, middles: Numbers, half: float) -> Numbers:
    """(C, T, P) bounds on how fast values change, by degree, within ``half`` of each middle."""
    across, along = np.abs(np.diff(frame, axis=1)), np.abs(np.diff(frame, axis=2))
    return rates_of_steps(across, along, at, middles, half)


def rates_of_steps(
    across: Numbers, along: Numbers, at: Offsets, middles: Numbers, half: float
) -> Numbers:
    """The same from the differences of neighbours, (C, H - 1, W) and (C, H, W - 1)."""
    speeds = ROTATION.speeds(at, middles, half)
    lengths = Offsets(*(half * speed + _SLACK for speed in speeds))
    steep = steepest(across, along, ROTATION.sources(at, middles), lengths)
    return steep.down * speeds.down + steep.right * speeds.right


def _most(frames: Numbers, changes: Numbers, axis: int) -> Numbers:
    """The largest differences of neighbours among images (C, G, H, W) that may change so much."""
    length = frames.shape[axis]
    one, other = (changes.take(range(first, length - 1 + first), axis) for first in (0, 1))
    found: Numbers = (np.abs(np.diff(frames, axis=axis)) + one + other).max(axis=1)
    return found
