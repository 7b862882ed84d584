"""Inputs rounded to the 8-bit grid, where the noise of a run lives on it."""

from __future__ import annotations

import numpy as np

from engine.core.records import Fitting
from engine.evidence.settings import RunSettings
from engine.inputs.base import FittedInput, Pixels, arrays_sha256
from engine.noise.discrete_gaussian_law import GRID

ON_GRID = 1e-4
"""Distance from the 8-bit grid, in grid steps, below which a pixel counts as on it."""


def gridded(fitted: FittedInput, settings: RunSettings) -> tuple[FittedInput, str]:
    """The input that a run under ``settings`` certifies, and a remark if that is another.

    Exact noise and schemes that count on the 8-bit grid take an image rounded to it.
    """
    if settings.law.grid_input:
        return on_grid(fitted)
    return fitted, ""


def on_grid(fitted: FittedInput) -> tuple[FittedInput, str]:
    """The input rounded to the 8-bit grid, and a remark if that changed it.

    What is certified is the rounded image; its digest replaces the original's.
    """
    steps = np.rint(fitted.pixels.astype(np.float64) * GRID)
    moved = float(np.abs(fitted.pixels.astype(np.float64) * GRID - steps).max(initial=0.0))
    if moved < ON_GRID:
        return fitted, ""
    pixels: Pixels = (steps / GRID).astype(np.float32)
    words = "rounded to 8 bits per pixel"
    adaptation = "; ".join(filter(None, (fitted.identity.adaptation, words)))
    arrays = (pixels, *fitted.arrays[1:])
    before = fitted.identity.fitting or Fitting()
    done = (*before.steps, "rounded to 8 bits")
    identity = fitted.identity.model_copy(
        update={
            "pixels_sha256": arrays_sha256(arrays),
            "adaptation": adaptation,
            "fitting": before.model_copy(update={"steps": done, "source": None}),
        }
    )
    remark = (
        f"This run needs an input on the 8-bit grid: it was {words} "
        f"(largest change {moved / GRID:.4f}), and the rounded image is what is certified."
    )
    return FittedInput(identity, arrays, fitted.context), remark
