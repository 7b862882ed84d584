"""Changes of contrast and brightness: an image as an affine function of two parameters.

Two conventions are in use, and each is the other in other parameters: (1 + c) x + b, and
e^k (x + b). The first is affine in (c, b) for a fixed image. Of the second, with the gain g = e^k
and its cell [g0, g1] x [b0, b1] around the middle (gm, bm) with half-widths (gr, br),
g (x + b) = gm (x + bm) + gr (x + bm) t0 + gm br t1 + gr br t0 t1; the last product is a parameter
of its own in [-1, 1], whose share falls with the area of the cell.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from engine.core.late import np
from engine.exact.linear_bounds import ROUNDING, TINY, Forms
from engine.exact.network import Network
from engine.exact.operations import Clip, Floats

Convention = Literal["linear", "exponential"]
FORMULAS: dict[Convention, str] = {"linear": "(1 + c) x + b", "exponential": "e^k (x + b)"}
_EXP = 2.0**-48
"""More than the relative rounding of exp."""


@dataclass(frozen=True)
class Light:
    """All changes with |c| or |k| up to ``contrast`` and |b| up to ``brightness``.

    Attributes:
        convention: what they mean.
        contrast: largest |c|, below 1, or |k|.
        brightness: largest |b|.
        clip: pixels are clipped to [0, 1] afterwards, as an image file does.
    """

    convention: Convention
    contrast: float
    brightness: float
    clip: bool = True

    @property
    def formula(self) -> str:
        """With its clipping."""
        formula = FORMULAS[self.convention]
        return f"clip({formula})" if self.clip else formula

    @property
    def parameters(self) -> int:
        """Of the affine forms."""
        return 2 if self.convention == "linear" else 3

    def before(self, network: Network) -> Network:
        """The network behind the clipping, where there is one."""
        return network.preceded(Clip()) if self.clip else network

    def changed(self, image: Floats, points: Floats) -> Floats:
        """Images (N, C, H, W) of (C, H, W) at points (N, 2), not clipped."""
        first, shift = (points[:, i, None, None, None] for i in (0, 1))
        if self.convention == "linear":
            return (1.0 + first) * image + shift
        found: Floats = np.exp(first) * (image + shift)
        return found

    def forms(self, image: Floats, boxes: Floats) -> Forms:
        """Of all pixels over cells, before clipping; outward rounded.

        Args:
            image: (C, H, W).
            boxes: (N, 2, 2): low and high end of the first parameter, then of the brightness.
        """
        shift, shift_half = _around(boxes[:, 1])
        ones = np.ones_like(image)
        if self.convention == "linear":
            change, gain_half = _around(boxes[:, 0])
            gain = 1.0 + change
            parts = [gain * image + shift, gain_half * image, shift_half * ones]
        else:
            gains = np.exp(boxes[:, 0]) * np.array([1.0 - _EXP, 1.0 + _EXP])
            gain, gain_half = _around(gains)
            moved = image + shift
            parts = [gain * moved, gain_half * moved, gain * shift_half * ones]
            parts.append(gain_half * shift_half * ones)
        size = (gain + gain_half) * (np.abs(image) + np.abs(shift) + shift_half)
        size += np.abs(shift) + shift_half  # added last, where nothing multiplies it
        lost = 8 * ROUNDING * size + TINY
        low = np.stack(np.broadcast_arrays(*parts))
        high = low.copy()
        low[0] -= lost
        high[0] += lost
        return Forms(low, high)


def _around(ends: Floats) -> tuple[Floats, Floats]:
    """Middle and half-width (N, 1, 1, 1) of intervals (N, 2), which hold their ends."""
    middle = (ends[:, 0] + ends[:, 1]) / 2
    half = np.maximum(ends[:, 1] - middle, middle - ends[:, 0])
    half = np.nextafter(half * (1.0 + ROUNDING), np.inf)
    return middle[:, None, None, None], half[:, None, None, None]
