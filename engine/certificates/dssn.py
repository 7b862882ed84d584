"""Smoothing with splitting noise, without sampling: exact l1 certificates on the 8-bit grid.

Levine & Feizi, Improved, Deterministic Smoothing for l1 Certified Robustness, ICML 2021. The grid
{0, ..., 255} of a pixel is cut every L steps, at an offset s, and the pixel is replaced by the
middle of its cell. One number t in {0, ..., L-1} drives all pixels' offsets, (template + t) mod L,
so there are L samples in all. Changing one pixel by one grid step moves it into another cell for
exactly one t: a change of l1 norm k grid steps changes at most k of the L votes.
"""

from __future__ import annotations

import hashlib
from functools import lru_cache

import numpy as np
import numpy.typing as npt

from engine.certificates.likelihood import MARGIN

GRID = 255
"""Steps between the values 0 and 1 of a pixel."""

Steps = npt.NDArray[np.int64]
_TEMPLATE = "certiscope dssn template"


def levels(lam: float) -> int:
    """L, the number of samples and the width of a cell in grid steps: int(2 lambda 255)."""
    return int(2 * lam * GRID)


@lru_cache(maxsize=16)
def template(elements: int, width: int) -> Steps:
    """The offset that each pixel starts from: fixed once and for all, whatever the input.

    Bytes of SHA-256 over a counter, modulo L. Any template is sound that the input has no say in;
    that its offsets differ keeps the samples from being cut alike everywhere.

    Args:
        elements: pixels times channels.
        width: L.

    Returns:
        (elements,) integers in [0, L).
    """
    blocks = range(-(-elements // 4))
    data = b"".join(hashlib.sha256(f"{_TEMPLATE} {i}".encode()).digest() for i in blocks)
    words = np.frombuffer(data, dtype="<u8")[:elements]
    return (words % np.uint64(width)).astype(np.int64)


def cells(values: Steps, offsets: Steps, width: int) -> Steps:
    """Four times the middle of each pixel's cell, in grid steps.

    Cuts lie half a step above offset + L Z; cells end at 0 and 255.

    Args:
        values: pixels in grid steps, 0 .. 255.
        offsets: of the cuts, broadcast against ``values``.
        width: L.
    """
    below = 2 * (offsets + width * ((values - offsets - 1) // width)) + 1
    found: Steps = np.maximum(below, 0) + np.minimum(below + 2 * width, 2 * GRID)
    return found


def certified_steps(top: int, other: int) -> int:
    """Largest l1 norm, in grid steps, that cannot change the class; -1 if it is not ahead.

    Ties go to the lower index, so k changed votes are survived while ``n_A - k`` exceeds every
    ``n_B + k``, or equals it and B comes later.

    Args:
        top: votes of class A, of all L samples.
        other: most votes of any other class B, one more where B comes before A.
    """
    return max(-1, (top - other) // 2)


def grid_radius(p_lower: float, p_upper: float, width: int) -> float:
    """l1 norm, rounded down, below which the top class stays ahead of every other.

    A grid step moves each probability by at most 1 / L, so k steps are survived while
    ``p_lower - k / L > p_upper + k / L``: the formula of splitting noise with dependent or
    independent cuts, and of uniform noise on the grid.

    Args:
        p_lower: bound on the top class.
        p_upper: bound on every other.
        width: L.
    """
    return width / (2 * GRID) * (p_lower - p_upper) * (1 - MARGIN)


def grid_required(radius: float, width: int) -> float:
    """Smallest p_lower that certifies an l1 norm against one half; above 1 if none does."""
    return 0.5 + radius * GRID / width * (1 + MARGIN)
