"""How far a second shift of a received image can be from one shift of the image it was made of.

x' = S_g x + r was received: x is a clean image of numbers in [0, 1], S_g a bilinear shift, wrapped
around, and r the rounding of what was stored. Neither x nor g is known. For every later shift b and
the low-pass filter L,

    L S_b x' - L S_(b + g) x = L (S_b S_g - S_(b + g)) x + L S_b r.

All of these are circulant. Along one side, at frequency w and with the fraction a of g, the symbol
of S_g has the square 1 - u q with u = a (1 - a), q = 4 sin^2(w / 2), and that of the difference
S_b S_g - S_(b + g) is at most u q, whatever b is (its fraction c gives a c q, or (1 - a)(1 - c) q
where a + c > 1). With both sides together, since no symbol is above 1,

    K = u1 q1 + u2 q2 bounds the error's symbol, and H^2 = (1 - u1 q1)(1 - u2 q2) is that of S_g.

K rises and H falls in u, so that one u, the largest, stands for all shifts. x is known only through
H: its number at w is (x'(w) - r(w)) / H. Where H is small that says nothing; there the energy of x
is bounded by what numbers in [0, 1] have, a quarter each once their mean, where K is 0, is left
out. For any set B of frequencies, with |v| the l2 norm over the others,

    |error|^2 <= (|L K x' / H| + max |L K / H| |r|)^2 + max_B |L K|^2 numbers / 4,

plus |r| for L S_b r. B is the set of all frequencies where H is below some limit; the best limit is
taken. Fischer, Baader & Vechev (NeurIPS 2020) invert the same by interval arithmetic, pixel by
pixel, for cells of shifts that are halved; in frequencies no cells are needed. NumPy alone.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import numpy.typing as npt

Numbers = npt.NDArray[np.float64]
_UP = 1.0 + 1e-9
"""More than the rounding of H above its least and of the sums."""
_LEAST_KEPT = 1e-3
"""H below it is taken for 0: its square is known to 1e-15."""


def fraction_spread(reach: float) -> float:
    """The largest a (1 - a) of the fraction a of shifts up to ``reach`` pixels along a side.

    >>> fraction_spread(0.25), fraction_spread(3.0)
    (0.1875, 0.25)
    """
    return 0.25 if reach >= 0.5 else reach * (1.0 - reach)


def received_error(
    image: npt.NDArray[Any], filters: tuple[Numbers, Numbers], reach: float, rounding: float
) -> float:
    """A bound on that error in l2 norm, over all clean images, shifts g up to ``reach`` and b.

    Args:
        image: (C, H, W), as it was received.
        filters: circulant matrices along both sides (``transforms.low_pass``, wrapped).
        reach: largest l2 norm of g, in pixels.
        rounding: of every number of the received image.
    """
    pixels = np.asarray(image, dtype=np.float64)
    most = fraction_spread(reach)
    low = np.ones(pixels.shape[-2:])
    error, kept = np.zeros_like(low), np.ones_like(low)
    for axis, matrix in enumerate(filters):
        side = pixels.shape[-2 + axis]
        spread = 4.0 * np.sin(np.pi * np.arange(side) / side) ** 2 * most
        shape = [1, 1]
        shape[axis] = side
        low = low * np.abs(np.fft.fft(matrix[:, 0])).reshape(shape)
        error = error + spread.reshape(shape)
        kept = kept * np.maximum(1.0 - spread, 0.0).reshape(shape)
    here = np.abs(np.fft.fft2(pixels)) ** 2 / low.size
    energy = here.reshape(-1, low.size).sum(axis=0)
    turned = float(rounding * math.sqrt(pixels.size))
    left = _least(energy, np.sqrt(kept).ravel(), (low * error).ravel(), turned, pixels.size / 4)
    return (left + turned) * _UP


def _least(energy: Numbers, kept: Numbers, symbol: Numbers, turned: float, numbers: float) -> float:
    """The bound at the best limit of H.

    Args:
        energy: (F,) of the received image, by frequency.
        kept: (F,) H.
        symbol: (F,) |L K|.
        turned: norm of the rounding.
        numbers: energy of all that an image may have beside its mean.
    """
    order = np.argsort(kept)
    kept, symbol, energy = kept[order], symbol[order], energy[order]
    ratio = symbol / np.maximum(kept, _LEAST_KEPT)
    # beyond place i all is known; before it, nothing is
    known = np.concatenate((np.cumsum((ratio**2 * energy)[::-1])[::-1], [0.0]))
    steepest = np.concatenate((np.maximum.accumulate(ratio[::-1])[::-1], [0.0]))
    open_ = np.concatenate(([0.0], np.maximum.accumulate(symbol)))
    found = (np.sqrt(known) + steepest * turned) ** 2 + open_**2 * numbers
    sure = np.concatenate((kept > _LEAST_KEPT, [True]))
    return math.sqrt(float(found[sure].min()))
