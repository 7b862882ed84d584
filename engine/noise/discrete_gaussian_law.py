"""The law of exact noise on the 8-bit grid, in numbers: thresholds, reach, distance from Gaussian.

``engine.noise.discrete_gaussian`` draws from it; this module needs no torch, so that a verifier can
recompute what exactness costs a claim.
"""

from __future__ import annotations

import functools
import hashlib
import math
import struct
from collections.abc import Sequence
from fractions import Fraction

from engine.core.records import ProbabilityBounds

GENERATOR = "philox4x32-10/grid-gaussian-63bit"
GRID = 255
_TAIL = 8.5
_TAIL_MASS = 2e-17
"""P(|Z| > 8.5) per element, counted whole."""


def reach(sigma: float, grid: int = GRID) -> int:
    """K: the largest noise value, in grid steps."""
    return math.ceil(_TAIL * sigma * grid)


def total_variation(sigma: float, elements: int, grid: int = GRID) -> float:
    """Bound on the total-variation distance between drawn and exact noise of a whole input."""
    return elements * ((2 * reach(sigma, grid) + 1) * 2.0**-63 + _TAIL_MASS)


@functools.lru_cache(maxsize=8)
def thresholds(sigma: float, grid: int = GRID) -> tuple[int, ...]:
    """T_k for k = -K .. K-1, from 40-digit arithmetic; ``sigma`` is taken as its exact value."""
    import mpmath  # deferred: slow to load, and the window lists schemes at start-up

    steps = reach(sigma, grid)
    exact = Fraction(sigma)
    with mpmath.workdps(40):
        scale = mpmath.mpf(grid) * exact.numerator / exact.denominator
        half = mpmath.mpf(1) / 2
        return tuple(
            int(mpmath.floor(mpmath.ncdf((k + half) / scale) * 2**63)) for k in range(-steps, steps)
        )


def table_sha256(sigma: float, grid: int = GRID) -> str:
    """Digest of the thresholds as little-endian 64-bit words, for the evidence."""
    values = thresholds(sigma, grid)
    return hashlib.sha256(struct.pack(f"<{len(values)}Q", *values)).hexdigest()


def tables_sha256(sigmas: Sequence[float]) -> str:
    """Digest of the tables of several parts: of the one, or of the lines of all their digests."""
    digests = [table_sha256(sigma) for sigma in sigmas]
    return (
        digests[0] if len(digests) == 1 else hashlib.sha256("\n".join(digests).encode()).hexdigest()
    )


def weakened(bounds: ProbabilityBounds, distance: float) -> ProbabilityBounds:
    """Bounds on the exact law's probabilities, from bounds on a law at most ``distance`` away."""
    if not distance:
        return bounds
    return bounds.model_copy(
        update={
            "p_lower": max(0.0, bounds.p_lower - distance),
            "p_upper": min(1.0, bounds.p_upper + distance),
            "others": tuple(min(1.0, other + distance) for other in bounds.others),
        }
    )
