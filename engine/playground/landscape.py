"""g over the whole plane, without sampling: its border, and level lines of the largest p_A."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from engine.playground.contours import level_lines
from engine.playground.laws import PlaneLaw
from engine.playground.plane import Plane
from engine.playground.scenes import Classes, Numbers

LEVELS = (0.6, 0.8, 0.95, 0.999)
"""Probabilities of the predicted class along whose level lines g is drawn."""
_GRID = 97


@dataclass(frozen=True, eq=False)
class Landscape:
    """The smoothed classifier over the plane.

    Attributes:
        classes: (G, G) g on a grid, row 0 at the bottom.
        border: (S, 2, 2) segments between its classes.
        levels: for each of :data:`LEVELS` its segments.
    """

    classes: Classes
    border: Numbers
    levels: tuple[tuple[float, Numbers], ...]


def landscape(plane: Plane, law: PlaneLaw, sigma: float) -> Landscape:
    """g over the plane, by quadrature; lines are interpolated between the points of a grid."""
    side = np.linspace(-plane.half, plane.half, _GRID)
    found = plane.probabilities(law, sigma, side, side)
    ranked = np.sort(found, axis=0)
    top, classes = ranked[-1], found.argmax(axis=0)
    lead = [
        field - np.delete(found, index, axis=0).max(axis=0) for index, field in enumerate(found)
    ]
    edges = [level_lines(field, side, side, 0.0) for field in lead]
    return Landscape(
        classes.astype(np.int16),
        np.concatenate(edges),
        tuple((level, level_lines(top, side, side, level)) for level in LEVELS),
    )
